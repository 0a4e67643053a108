import { useNavigate } from "react-router";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { path } from "@/util/path";
import { GapTags } from "./Security";

/** Everybody in the register, in the reader's sight. */
export default function OrgList() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={t.shell.menuOrganizations} lead={t.org.lead} />
      <ResourceTable
        id="organizations"
        endpoint="/v1/organizations"
        rowKey="id"
        filters={[{ name: "incomplete", label: t.org.gaps, options: [{ value: "true", label: t.org.onlyIncomplete }], tabs: true }]}
        empty={{ title: t.org.empty, hint: t.org.emptyHint }}
        onRow={(o) => void navigate(path.organization(o.id))}
        columns={[
          { key: "name", title: t.common.name, render: (o) => <b style={{ fontWeight: 500 }}>{o.name}</b> },
          { key: "uscc", title: t.admission.uscc, width: 200 },
          { key: "kind", title: t.admission.kind, width: 140, render: (o) => wordFor(t.admission.kinds, o.kind) },
          { key: "roles", title: t.org.roles, width: 240, render: (o) => o.roles?.map((r) => wordFor(t.roles, r)).join("、"), value: (o) => o.roles?.join("、") },
          { key: "gaps", title: t.org.gaps, width: 260, render: (o) => <GapTags gaps={o.gaps} />, value: (o) => o.gaps?.map((g) => g.title).join("、") },
          { key: "contact", title: t.admission.contact, width: 180, render: (o) => `${o.contact} ${o.phone}` },
        ]}
      />
    </>
  );
}
