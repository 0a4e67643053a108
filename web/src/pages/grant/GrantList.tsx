import { Tabs, Tag } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";

function Grants() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <ResourceTable
      id="grants"
      endpoint="/v1/grants"
      rowKey="id"
      empty={{ title: t.grant.empty, hint: t.grant.emptyHint }}
      onRow={(g) => void navigate(path.grant(g.id))}
      columns={[
        { key: "title", title: t.scenario.name, render: (g) => <b style={{ fontWeight: 500 }}>{g.title}</b> },
        { key: "models", title: t.model.title, render: (g) => g.models?.map((m) => <Tag key={m.version}>{`${m.name}（${wordFor(t.model.classes, m.class)}）`}</Tag>), value: (g) => g.models?.length },
        { key: "term", title: t.grant.term, width: 220, render: (g) => `${g.from} – ${g.until}`, value: (g) => `${g.from} ${g.until}` },
        { key: "budget", title: t.grant.budget, width: 130, align: "end", render: (g) => (g.budget ? rho(g.budget) : t.common.none) },
      ]}
    />
  );
}

function Agreements() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <ResourceTable
      id="agreements"
      endpoint="/v1/agreements"
      rowKey="id"
      empty={{ title: t.grant.noAgreements, hint: t.grant.noAgreementsHint }}
      onRow={(a) => void navigate(path.agreement(a.id))}
      columns={[
        { key: "id", title: t.common.code, width: 250 },
        { key: "term", title: t.grant.term, width: 220, render: (a) => `${a.from} – ${a.until}` },
        { key: "signatures", title: t.grant.signatures, render: (a) => a.signatures?.map((s) => s.name).join("、"), value: (a) => a.signatures?.length },
        { key: "opened", title: t.common.created, width: 150, render: (a) => minute(a.opened) },
        { key: "state", title: t.common.state, width: 110, render: (a) => <StateTag state={a.state} /> },
      ]}
    />
  );
}

export default function GrantList() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const tab = search.get("tab") === "agreements" ? "agreements" : "grants";
  return (
    <>
      <PageHead title={t.shell.menuGrants} lead={t.grant.lead} />
      <Tabs
        activeKey={tab}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "grants", label: t.grant.title, children: <Grants /> },
          { key: "agreements", label: t.grant.agreements, children: <Agreements /> },
        ]}
      />
    </>
  );
}
