import { Button, Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Me, Staff } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { useClosed } from "./closed";

interface Draft {
  duty: Staff["duty"];
  unit: string;
  name: string;
  post: string;
  from: string;
}

const acknowledge = (id: string) => post("/v1/staff/{id}/acknowledge", { path: { id } });

/** 专人专岗: who of a body answers for its public data, and since when. */
export function StaffList({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/staff", { path: { id: org } });
  const closed = useClosed();
  const [filing, setFiling] = useState(false);
  const [ending, setEnding] = useState<Staff>();
  const own = me.org === org;
  const bureau = me.roles?.includes("data-bureau");
  return (
    <>
      <Typography.Paragraph type="secondary" style={{ margin: "8px 0" }}>
        {t.people.staffLead}
      </Typography.Paragraph>
      {own && !bureau && (
        <Button type="primary" style={{ marginBottom: 12 }} onClick={() => setFiling(true)}>
          {t.people.fileStaff}
        </Button>
      )}
      <FileTable
        list={list}
        width={900}
        empty={{ title: t.people.noStaff, hint: t.people.noStaffHint }}
        columns={[
          { title: t.people.realName, width: 130, render: (_, p) => <b style={{ fontWeight: 500 }}>{p.name}</b> },
          { title: t.people.duty, width: 150, render: (_, p) => wordFor(t.people.duties, p.duty) },
          { title: t.people.inCharge, dataIndex: "unit" },
          { title: t.people.post, dataIndex: "post" },
          { title: t.people.since, width: 210, render: (_, p) => (p.ended ? `${p.from} – ${p.ended}` : p.from) },
          { title: t.common.state, width: 110, render: (_, p) => <Tag color={p.state === "acknowledged" ? "success" : p.state === "filed" ? "processing" : undefined}>{wordFor(t.people.staffStates, p.state)}</Tag> },
          {
            title: t.common.actions,
            width: 130,
            render: (_, p) =>
              own ? (
                <ActButton size="small" state={closed("party.staff.end", p.state === "ended" && t.people.staffEnded)} label={t.people.endStaff} run={async () => {}} onOpen={() => setEnding(p)} />
              ) : (
                bureau && p.state === "filed" && <ActButton size="small" primary label={t.people.acknowledge} run={() => acknowledge(p.id)} />
              ),
          },
        ]}
      />
      {filing && (
        <FormModal<Draft>
          title={t.people.fileStaff}
          close={() => setFiling(false)}
          run={(v) => post("/v1/staff", {}, v)}
          fields={[
            { name: "duty", label: t.people.duty, kind: "select", need: true, options: Object.entries(t.people.duties).map(([value, label]) => ({ value, label })) },
            { name: "name", label: t.people.realName, need: true, max: 60 },
            { name: "unit", label: t.people.inCharge, need: true, max: 120 },
            { name: "post", label: t.people.post, need: true, max: 120 },
            { name: "from", label: t.people.since, kind: "day", need: true },
          ]}
        />
      )}
      {ending && (
        <FormModal<{ day: string }>
          title={`${t.people.endStaff}：${ending.name}`}
          close={() => setEnding(undefined)}
          run={({ day }) => post("/v1/staff/{id}/end", { path: { id: ending.id } }, { day })}
          fields={[{ name: "day", label: t.people.lastDay, kind: "day", need: true }]}
        />
      )}
    </>
  );
}

/** The filings that wait for the bureau's receipt, of every body. */
export function WaitingStaff({ me }: { me: Me }) {
  const t = useText();
  const orgName = useOrgName();
  return (
    <ResourceTable
      id="waiting-staff"
      endpoint="/v1/staff"
      rowKey="id"
      empty={{ title: t.people.noWaiting, hint: t.people.noWaitingHint }}
      columns={[
        { key: "org", title: t.common.org, render: (p) => <b style={{ fontWeight: 500 }}>{orgName(p.org)}</b>, value: (p) => orgName(p.org) },
        { key: "name", title: t.people.realName, width: 120 },
        { key: "duty", title: t.people.duty, width: 140, render: (p) => wordFor(t.people.duties, p.duty) },
        { key: "unit", title: t.people.inCharge, width: 180 },
        { key: "post", title: t.people.post, width: 150 },
        { key: "from", title: t.people.since, width: 120 },
        { key: "filed", title: t.people.filedAt, width: 160, render: (p) => minute(p.filed) },
        { key: "act", title: t.common.actions, width: 120, render: (p) => me.roles?.includes("data-bureau") && <ActButton size="small" primary label={t.people.acknowledge} run={() => acknowledge(p.id)} /> },
      ]}
    />
  );
}
