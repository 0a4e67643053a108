import { Button, Flex, Statistic, Typography } from "antd";
import { Link, useNavigate, useOutletContext } from "react-router";
import { useList } from "@/api/hooks";
import { useKinds, useRoleTitle } from "@/api/law";
import type { Me } from "@/api/types";
import { useText } from "@/text";
import { tone } from "@/theme";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { path } from "@/util/path";
import { Delegations } from "./Delegations";
import { Inbox, useCounts } from "./Inbox";
import { OwedPanel } from "./OwedPanel";
import { shortcutsFor } from "./shortcuts";
import "./desk.css";

function Recent() {
  const t = useText();
  const navigate = useNavigate();
  const matters = useList("/v1/matters", { query: { limit: 8 } });
  return (
    <Panel title={t.matter.title} extra={<Link to={path.matters()}>{t.portal.all}</Link>} flush>
      {matters.problem && <ProblemView problem={matters.problem} />}
      {matters.items?.length === 0 && <EmptyState title={t.matter.empty} hint={t.matter.emptyHint} />}
      <ul className="inbox">
        {matters.items?.slice(0, 8).map((m) => (
          <li key={m.id}>
            <Button type="text" className="recent-row" onClick={() => void navigate(path.matter(m.id))}>
              <span>{m.title}</span>
              <Typography.Text type="secondary">{m.step || m.kind_title}</Typography.Text>
            </Button>
            <StateTag state={m.state} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A number that reached what is counted at most is as many or more. */
function Count({ title, value, cap, loading, color }: { title: string; value?: number; cap?: number; loading: boolean; color?: string }) {
  return <Statistic title={title} value={value ?? 0} suffix={value !== undefined && cap !== undefined && value >= cap ? "+" : undefined} loading={loading} styles={{ content: { color } }} />;
}

export default function Desk() {
  const t = useText();
  const me = useOutletContext<Me>();
  const roleTitle = useRoleTitle();
  const kinds = useKinds();
  const counts = useCounts();
  const c = counts.data;
  return (
    <>
      <PageHead
        title={t.desk.hello(me.name)}
        lead={[me.org_name, ...(me.roles ?? []).map((r) => roleTitle(r) ?? t.roles[r])].filter(Boolean).join(" · ")}
      />
      <div className="desk-counts">
        <Count title={t.desk.views.mine} value={c?.mine} cap={c?.cap} loading={counts.isPending} />
        <Count title={t.desk.views.organization} value={c?.organization} cap={c?.cap} loading={counts.isPending} />
        <Count title={t.desk.overdueTitle} value={c?.overdue} cap={c?.cap} loading={counts.isPending} color={c?.overdue ? tone.bad : undefined} />
      </div>
      <div className="desk-grid">
        <div>
          <Inbox />
          <OwedPanel />
          <Recent />
        </div>
        <div>
          <Panel title={t.desk.shortcuts}>
            <Flex gap={10} vertical>
              {shortcutsFor(me.roles ?? [], t, kinds ?? []).map((s) => (
                <Link key={s.to} to={s.to} className="shortcut">
                  {s.icon}
                  <span>
                    <b>{s.label}</b>
                    <small>{s.hint}</small>
                  </span>
                </Link>
              ))}
            </Flex>
          </Panel>
          <Delegations />
        </div>
      </div>
    </>
  );
}
