import { Button, Tag } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Inspection, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";

/** Roles that open a file of supervision. */
const inspectors = ["data-bureau", "platform-operator", "authorizing-department", "data-provider", "upper-authority", "regulator", "coordination-mechanism", "platform-owner"];

/** What is still open in a file, and what of it is late. */
function Left({ file }: { file: Inspection }) {
  const t = useText();
  const open = (file.requests ?? []).filter((r) => !r.answered).length + (file.findings ?? []).filter((f) => f.state === "open").length;
  const late = (file.requests ?? []).filter((r) => r.late && !r.answered).length + (file.findings ?? []).filter((f) => f.late).length;
  return (
    <>
      {open > 0 && <Tag color="processing">{t.inspect.left(open)}</Tag>}
      {late > 0 && <Tag color="error">{t.inspect.lateOf(late)}</Tag>}
      {open === 0 && t.inspect.nothingLeft}
    </>
  );
}

/** 监督案卷: inspections, day-to-day supervision, incidents and resolutions, each with what is left to do in it. */
export function Inspections() {
  const t = useText();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const [asking, setAsking] = useState(false);
  const orgs = useItem("/v1/organizations", { query: { limit: 200 } }).data?.items ?? [];
  const bodies = orgs.filter((o) => o.id !== me.org).map((o) => ({ value: o.id, label: o.name }));
  const kinds = Object.entries(t.inspect.kinds).map(([value, label]) => ({ value, label }));
  return (
    <>
      <ResourceTable
        id="inspections"
        endpoint="/v1/inspections"
        rowKey="id"
        filters={[{ name: "kind", label: t.inspect.kind, tabs: true, options: kinds }]}
        actions={me.roles?.some((r) => inspectors.includes(r)) && <Button key="new" type="primary" onClick={() => setAsking(true)}>{t.inspect.open}</Button>}
        empty={{ title: t.inspect.none, hint: t.inspect.noneHint }}
        onRow={(x) => void navigate(path.inspection(x.id))}
        columns={[
          { key: "title", title: t.common.name, render: (x) => <b style={{ fontWeight: 500 }}>{x.title}</b> },
          { key: "kind", title: t.inspect.kind, width: 120, render: (x) => wordFor(t.inspect.kinds, x.kind) },
          { key: "lead", title: t.inspect.lead, width: 190, render: (x) => orgName(x.lead), value: (x) => orgName(x.lead) },
          { key: "subjects", title: t.inspect.subjects, render: (x) => x.subjects?.map((s) => orgName(s)).join("、"), value: (x) => x.subjects?.map((s) => orgName(s)).join("、") },
          { key: "left", title: t.inspect.leftover, width: 180, render: (x) => <Left file={x} />, value: (x) => x.findings?.length },
          { key: "opened", title: t.common.created, width: 150, render: (x) => minute(x.opened) },
          { key: "state", title: t.common.state, width: 100, render: (x) => wordFor(t.inspect.states, x.state) },
        ]}
      />
      {asking && (
        <FormModal<{ kind: Inspection["kind"]; title: string; basis?: string; subjects?: string[]; members?: string[] }>
          title={t.inspect.open}
          close={() => setAsking(false)}
          run={async (v) => {
            const page = await post("/v1/inspections", {}, v);
            void navigate(path.inspection(page.id));
          }}
          fields={[
            { name: "kind", label: t.inspect.kind, kind: "select", need: true, options: kinds },
            { name: "title", label: t.common.name, need: true, max: 200 },
            { name: "basis", label: t.inspect.basis, extra: t.inspect.basisHint },
            { name: "subjects", label: t.inspect.subjects, kind: "multiple", options: bodies, extra: t.inspect.subjectsHint },
            { name: "members", label: t.inspect.members, kind: "multiple", options: bodies },
          ]}
        />
      )}
    </>
  );
}
