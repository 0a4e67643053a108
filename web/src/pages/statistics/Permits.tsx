import { Flex, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Scenario, StatisticsPermit } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { EntryName } from "@/ui/EntryName";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";

const moods: Record<StatisticsPermit["state"], string> = { applied: "processing", permitted: "success", refused: "error", withdrawn: "default", ended: "default" };

export function PermitState({ permit }: { permit: StatisticsPermit }) {
  const t = useText();
  return <Tag color={moods[permit.state]}>{wordFor(t.statistics.states, permit.state)}</Tag>;
}

type Ask = Pick<StatisticsPermit, "resources" | "ground" | "purpose" | "recipient" | "until">;

/** The application as the permit would say it: it is decided on word for word. */
function ApplyModal({ scenario, close }: { scenario: Scenario; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const needs = scenario.plan.needs ?? [];
  return (
    <FormModal<Ask>
      title={wordFor(t.ledger.acts, "statistics.apply")}
      lead={<Typography.Paragraph type="secondary">{t.statistics.applyLead}</Typography.Paragraph>}
      fields={[
        {
          name: "resources",
          label: t.statistics.resources,
          kind: "multiple",
          need: true,
          extra: t.statistics.resourcesHint,
          initial: needs.map((n) => n.resource),
          options: needs.map((n) => ({ value: n.resource, label: <EntryName id={n.resource} /> })),
        },
        { name: "ground", label: t.statistics.ground, kind: "area", need: true, max: 500, extra: t.statistics.groundHint },
        { name: "purpose", label: t.common.purpose, kind: "area", need: true, max: 500 },
        { name: "recipient", label: t.release.recipient, need: true, extra: t.statistics.recipientHint },
        { name: "until", label: t.release.until, kind: "day", need: true, extra: t.statistics.untilHint },
      ]}
      run={async (ask) => {
        const permit = await post("/v1/scenarios/{id}/statistics", { path: { id: scenario.id } }, ask);
        void navigate(path.statistics(permit.id));
      }}
      close={close}
    />
  );
}

/** What a scenario may have without noise: the permits with their state, and the application for another. */
export function ScenarioPermits({ scenario }: { scenario: Scenario }) {
  const t = useText();
  const [applying, setApplying] = useState(false);
  const query = useItem("/v1/scenarios/{id}/statistics", { path: { id: scenario.id } });
  return (
    <Loaded query={query}>
      {(page) => (
        <>
          <Flex justify="space-between" align="flex-start" gap={16} style={{ marginBottom: 12 }}>
            <Typography.Text type="secondary">{t.statistics.lead}</Typography.Text>
            {page.acts?.map((o) => (
              <ActButton key={o.act} state={o} primary label={wordFor(t.ledger.acts, o.act)} run={async () => {}} onOpen={() => setApplying(true)} />
            ))}
          </Flex>
          <Table
            size="middle"
            rowKey="id"
            pagination={false}
            aria-label={t.release.permit}
            dataSource={page.permits ?? []}
            locale={{ emptyText: <EmptyState title={t.statistics.none} hint={t.statistics.noneHint} /> }}
            columns={[
              { title: t.common.purpose, render: (_, p) => <Link to={path.statistics(p.id)}>{p.purpose}</Link> },
              { title: t.release.recipient, dataIndex: "recipient" },
              { title: t.release.until, dataIndex: "until" },
              { title: t.statistics.filed, render: (_, p) => minute(p.opened) },
              { title: t.common.state, render: (_, p) => <PermitState permit={p} /> },
            ]}
          />
          {applying && <ApplyModal scenario={scenario} close={() => setApplying(false)} />}
        </>
      )}
    </Loaded>
  );
}

/** The register of permits, for those who decide and those who supervise. */
export function PermitRegister() {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  return (
    <ResourceTable
      id="statistics"
      endpoint="/v1/statistics"
      rowKey="id"
      empty={{ title: t.statistics.none, hint: t.statistics.registerHint }}
      onRow={(p) => void navigate(path.statistics(p.id))}
      columns={[
        { key: "title", title: t.scenario.name, render: (p) => <Link to={path.statistics(p.id)}>{p.title}</Link>, value: (p) => p.title },
        { key: "org", title: t.statistics.applicant, render: (p) => orgName(p.org), value: (p) => p.org },
        { key: "purpose", title: t.common.purpose, ellipsis: true },
        { key: "recipient", title: t.release.recipient, width: 180 },
        { key: "until", title: t.release.until, width: 120 },
        { key: "opened", title: t.statistics.filed, width: 150, render: (p) => minute(p.opened) },
        { key: "state", title: t.common.state, width: 110, render: (p) => <PermitState permit={p} />, value: (p) => wordFor(t.statistics.states, p.state) },
      ]}
    />
  );
}
