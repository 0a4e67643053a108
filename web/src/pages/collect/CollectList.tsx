import { useNavigate, useOutletContext } from "react-router";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";

/** Published resources with the freshness of their data: what is to be supplied, and when it last came. */
export default function CollectList() {
  const t = useText();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  return (
    <>
      <PageHead title={t.shell.menuCollect} lead={t.collect.lead} />
      <ResourceTable
        id="collect"
        endpoint="/v1/catalog"
        params={{ query: { state: "published", holder: me.roles?.includes("data-provider") ? me.org : undefined, area: me.area } }}
        rowKey="id"
        searchable
        empty={{ title: t.collect.empty, hint: t.collect.emptyHint }}
        onRow={(e) => void navigate(path.collection(e.id))}
        columns={[
          { key: "title", title: t.catalog.resource, render: (e) => <b style={{ fontWeight: 500 }}>{e.title}</b> },
          { key: "cycle", title: t.portal.cycle, width: 110, render: (e) => wordFor(t.catalog.cycles, e.cycle) },
          { key: "rows", title: t.portal.rowsLabel, width: 130, align: "end", render: (e) => (e.supply.snapshot ? grouped(e.supply.rows) : t.common.none), value: (e) => e.supply.rows },
          { key: "at", title: t.portal.updatedAt, width: 170, render: (e) => (e.supply.snapshot ? minute(e.supply.at) : t.common.none), value: (e) => e.supply.at },
          { key: "state", title: t.common.state, width: 120, render: (e) => (e.supply.snapshot ? <StateTag state="activated" /> : t.catalog.noData) },
        ]}
      />
    </>
  );
}
