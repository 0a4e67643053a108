import { Tabs } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { useItem } from "@/api/hooks";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { path } from "@/util/path";
import { Areas } from "./Areas";
import { GapTags } from "./Security";

function Organizations() {
  const t = useText();
  const navigate = useNavigate();
  // The platform's own level has no code: whoever stands there stands in none of these.
  const areas = (useItem("/v1/areas").data?.items ?? []).filter((a) => a.code);
  return (
    <ResourceTable
      id="organizations"
      endpoint="/v1/organizations"
      rowKey="id"
      searchable
      searchHint={t.org.searchHint}
      filters={[
        { name: "incomplete", label: t.org.gaps, options: [{ value: "true", label: t.org.onlyIncomplete }], tabs: true },
        ...(areas.length ? [{ name: "area", label: t.area.name, options: areas.map((a) => ({ value: a.code, label: a.name })) }] : []),
      ]}
      empty={{ title: t.org.empty, hint: t.org.emptyHint }}
      onRow={(o) => void navigate(path.organization(o.id))}
      columns={[
        { key: "name", title: t.common.name, render: (o) => <b style={{ fontWeight: 500 }}>{o.name}</b> },
        { key: "uscc", title: t.admission.uscc, width: 200 },
        { key: "kind", title: t.admission.kind, width: 140, hidden: true, render: (o) => wordFor(t.admission.kinds, o.kind) },
        { key: "roles", title: t.org.roles, width: 240, render: (o) => o.roles?.map((r) => wordFor(t.roles, r)).join("、"), value: (o) => o.roles?.map((r) => wordFor(t.roles, r)).join("、") },
        ...(areas.length ? [{ key: "area", title: t.area.name, width: 130, render: (o: { area?: string }) => areas.find((a) => a.code === o.area)?.name ?? t.area.root }] : []),
        { key: "gaps", title: t.org.gaps, width: 260, render: (o) => <GapTags gaps={o.gaps} />, value: (o) => o.gaps?.map((g) => g.title).join("、") },
        { key: "contact", hidden: true, title: t.admission.contact, width: 180, render: (o) => `${o.contact} ${o.phone}`, value: (o) => `${o.contact} ${o.phone}` },
      ]}
    />
  );
}

/** Everybody in the register, in the reader's sight, and the areas in which they stand. */
export default function OrgList() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  return (
    <>
      <PageHead title={t.shell.menuOrganizations} lead={t.org.lead} />
      <Tabs
        activeKey={search.get("tab") ?? "organizations"}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "organizations", label: t.shell.menuOrganizations, children: <Organizations /> },
          { key: "areas", label: t.area.title, children: <Areas /> },
        ]}
      />
    </>
  );
}
