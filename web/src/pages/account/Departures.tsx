import { Alert, Descriptions, Skeleton, Tag, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useItem, useList } from "@/api/hooks";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { MatterStrip } from "@/ui/MatterStrip";
import { PackProcedure } from "@/ui/PackProcedure";
import { EmptyState, Loaded, ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { useClosed } from "./closed";

/** One wish to leave, with what ends by it and what does not. */
function Departure({ id }: { id: string }) {
  const t = useText();
  const query = useItem("/v1/departures/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ departure: d, ends, matters, binding }) => (
        <Panel title={`${t.people.leave} ${minute(d.filed)}`} extra={<Tag color={d.state === "filed" ? "processing" : d.state === "done" ? "success" : undefined}>{wordFor(t.people.leaveStates, d.state)}</Tag>}>
          <Descriptions
            size="small"
            column={1}
            items={[
              { label: t.people.leaveReason, children: d.reason },
              ...(d.answer ? [{ label: t.provider.conclusion, children: d.answer }] : []),
            ]}
          />
          <MatterStrip id={d.matter} />
          <Typography.Title level={5}>{t.people.ends}</Typography.Title>
          {ends?.length ? (
            <ul>
              {ends.map((p) => (
                <li key={p.id}>{`${wordFor(t.people.permitKinds, p.kind)} ${p.from} – ${p.until >= "9999" ? t.law.open : p.until}`}</li>
              ))}
            </ul>
          ) : (
            <Typography.Text type="secondary">{t.people.noEnds}</Typography.Text>
          )}
          <Typography.Title level={5}>{t.people.running}</Typography.Title>
          {matters?.length ? (
            <ul>
              {matters.map((m) => (
                <li key={m.id}>
                  <Link to={path.matter(m.id)}>{m.title}</Link>
                </li>
              ))}
            </ul>
          ) : (
            <Typography.Text type="secondary">{t.people.noRunning}</Typography.Text>
          )}
          {binding > 0 && <Alert style={{ marginTop: 12 }} type="info" showIcon title={t.people.binding(binding)} />}
        </Panel>
      )}
    </Loaded>
  );
}

/** 自愿退出: filed by the organization itself. */
export function Departures({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const closed = useClosed();
  const [asking, setAsking] = useState(false);
  const organization = useItem("/v1/organizations/{id}", { path: { id: org } });
  const matters = useList("/v1/matters", { query: { kind: "party.exit" } });
  const own = (matters.items ?? []).filter((m) => m.applicant === org);
  const pending = own.some((m) => m.state === "running" || m.state === "open" || m.state === "accepted");
  return (
    <>
      <Typography.Paragraph type="secondary" style={{ margin: "8px 0" }}>
        {t.people.leaveLead}
      </Typography.Paragraph>
      {me.org === org && organization.data && (
        <ActButton
          state={closed("party.exit", !organization.data.organization.permit && t.people.notAdmitted, pending && t.people.leaving)}
          label={t.people.applyLeave}
          run={async () => {}}
          onOpen={() => setAsking(true)}
        />
      )}
      <div style={{ height: 12 }} />
      {matters.problem && <ProblemView problem={matters.problem} />}
      {matters.loading && <Skeleton active />}
      {!matters.loading && !matters.problem && own.length === 0 && <EmptyState title={t.people.noLeave} />}
      {own.map((m) => (
        <Wish key={m.id} matter={m.id} />
      ))}
      {own.length === 0 && <PackProcedure kind="party.exit" />}
      {asking && (
        <FormModal<{ reason: string }>
          title={t.people.applyLeave}
          danger
          close={() => setAsking(false)}
          lead={<p>{t.people.leaveLead}</p>}
          run={({ reason }) => post("/v1/departures", {}, { reason })}
          fields={[{ name: "reason", label: t.people.leaveReason, kind: "area", need: true }]}
        />
      )}
    </>
  );
}

/** The departure that a matter is about. */
function Wish({ matter }: { matter: string }) {
  const file = useItem("/v1/matters/{id}", { path: { id: matter } });
  return <Loaded query={file}>{(f) => <Departure id={f.matter.subject} />}</Loaded>;
}
