import { SafetyCertificateOutlined } from "@ant-design/icons";
import { Alert, Button, Descriptions, Flex, Tag, Typography } from "antd";
import { useNavigate, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";
import { actName, actorName } from "./names";

/** The whole ledger recomputed on the server: both trees, every object version, every current row. */
function Fsck() {
  const t = useText();
  const check = useAct(() => post("/v1/ledger/fsck", {}));
  const faults = check.data?.items ?? [];
  return (
    <Panel
      title={t.ledger.fsck}
      extra={
        <Button type="primary" ghost icon={<SafetyCertificateOutlined aria-hidden />} loading={check.isPending} onClick={() => check.mutate(undefined)}>
          {t.ledger.fsckRun}
        </Button>
      }
    >
      <Typography.Text type="secondary">{t.ledger.fsckLead}</Typography.Text>
      {check.error && <ProblemView problem={check.error} />}
      {check.data && faults.length === 0 && <Alert style={{ marginTop: 12 }} type="success" showIcon title={t.ledger.fsckOk} />}
      {faults.length > 0 && (
        <Alert
          style={{ marginTop: 12 }}
          type="error"
          showIcon
          title={t.ledger.fsckBad(faults.length)}
          description={
            <ul className="problem-spots">
              {faults.map((f) => (
                <li key={f.where + f.message}>
                  <Typography.Text code>{f.where}</Typography.Text> {f.message}
                </li>
              ))}
            </ul>
          }
        />
      )}
    </Panel>
  );
}

function Head() {
  const t = useText();
  const head = useItem("/v1/ledger/checkpoint", {}, { refetchInterval: 15_000 });
  if (!head.data) return null;
  const [origin, size, root] = head.data.checkpoint.split("\n");
  return (
    <Panel title={t.ledger.head}>
      <Descriptions
        column={{ xs: 1, md: 2 }}
        size="small"
        items={[
          { label: t.ledger.origin, children: <code>{origin}</code> },
          { label: t.ledger.size, children: grouped(Number(size)) },
          { label: t.ledger.root, children: <Typography.Text copyable={{ text: root }}>{root}</Typography.Text>, span: "filled" },
          { label: t.ledger.key, children: <Typography.Text copyable={{ text: head.data.key }}>{head.data.key}</Typography.Text>, span: "filled" },
        ]}
      />
    </Panel>
  );
}

export default function LedgerList() {
  const t = useText();
  const me = useOutletContext<Me>();
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={t.shell.menuLedger} lead={t.ledger.lead} />
      <Flex gap={16} wrap align="stretch" className="ledger-top">
        <div style={{ flex: "1 1 420px", minWidth: 0 }}>
          <Head />
        </div>
        {me.roles?.some((r) => r === "auditor" || r === "data-bureau") && (
          <div style={{ flex: "1 1 420px", minWidth: 0 }}>
            <Fsck />
          </div>
        )}
      </Flex>
      <ResourceTable
        id="ledger"
        endpoint="/v1/ledger/entries"
        rowKey="seq"
        filters={[
          {
            name: "outcome",
            label: t.ledger.outcome,
            tabs: true,
            options: ["done", "refused"].map((value) => ({ value, label: wordFor(t.outcomes, value) })),
          },
          { name: "act", label: t.ledger.act, options: Object.entries(t.ledger.acts).map(([value, label]) => ({ value, label })) },
        ]}
        empty={{ title: t.ledger.empty, hint: t.ledger.emptyHint }}
        onRow={(e) => void navigate(path.entry(e.seq))}
        columns={[
          { key: "seq", title: "#", width: 80, align: "end" },
          { key: "recorded", title: t.ledger.recorded, width: 150, render: (e) => minute(e.recorded), value: (e) => e.recorded },
          { key: "act", title: t.ledger.act, render: (e) => actName(t, e.act), value: (e) => e.act },
          {
            key: "outcome",
            title: t.ledger.outcome,
            width: 90,
            render: (e) => <Tag color={e.outcome === "refused" ? "error" : "success"}>{wordFor(t.outcomes, e.outcome)}</Tag>,
          },
          { key: "actor", title: t.ledger.actor, width: 240, render: (e) => actorName(t, e), value: (e) => e.actor },
          {
            key: "verdicts",
            title: t.ledger.verdicts,
            width: 120,
            render: (e) => {
              const refusing = e.verdicts?.filter((v) => v.outcome === "error").length ?? 0;
              return refusing > 0 ? <Tag color="error">{t.ledger.refusing(refusing)}</Tag> : t.ledger.passing(e.verdicts?.length ?? 0);
            },
            value: (e) => e.verdicts?.length,
          },
          { key: "changes", title: t.ledger.changes, width: 90, align: "end", render: (e) => e.changes?.length ?? 0, value: (e) => e.changes?.length },
          { key: "leaf", title: t.ledger.leaf, width: 90, align: "end", render: (e) => e.leaf ?? t.ledger.sealing },
          { key: "occurred", title: t.ledger.occurred, width: 120, hidden: true },
        ]}
      />
    </>
  );
}
