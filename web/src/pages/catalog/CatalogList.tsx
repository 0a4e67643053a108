import { PlusOutlined } from "@ant-design/icons";
import { Tag, Typography } from "antd";
import { useNavigate, useOutletContext } from "react-router";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";

export default function CatalogList() {
  const t = useText();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const holder = me.roles?.includes("data-provider");
  const create = (
    <ButtonLink key="new" to={path.catalogNew()} type="primary" icon={<PlusOutlined aria-hidden />}>
      {t.catalog.create}
    </ButtonLink>
  );
  return (
    <>
      <PageHead title={t.shell.menuCatalog} lead={t.catalog.lead} />
      <ResourceTable
        id="catalog"
        endpoint="/v1/catalog"
        rowKey="id"
        searchable
        searchHint={t.catalog.searchHint}
        filters={[
          {
            name: "state",
            label: t.common.state,
            tabs: true,
            options: ["draft", "submitted", "returned", "published"].map((value) => ({ value, label: wordFor(t.states, value) })),
          },
          {
            name: "open",
            label: t.catalog.open,
            options: ["unconditional", "conditional", "no"].map((value) => ({ value, label: wordFor(t.catalog.access, value) })),
          },
        ]}
        empty={{ title: t.catalog.empty, hint: holder ? t.catalog.emptyHolder : t.catalog.emptyHint, action: holder && create }}
        actions={holder && create}
        onRow={(e) => void navigate(path.catalogEntry(e.id))}
        columns={[
          {
            key: "title",
            title: t.catalog.resource,
            render: (e) => (
              <>
                <b style={{ fontWeight: 500 }}>{e.title}</b> {e.origin && <Tag>{t.catalog.ofNode(e.origin.name)}</Tag>}
                <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>
                  {e.table}
                </Typography.Text>
              </>
            ),
          },
          { key: "holder_name", title: t.portal.holder, width: 180, render: (e) => e.holder_name ?? e.office },
          { key: "fields", title: t.common.fields, width: 80, align: "end", render: (e) => e.fields?.length ?? 0, value: (e) => e.fields?.length ?? 0 },
          { key: "share", title: t.catalog.share, width: 120, render: (e) => wordFor(t.catalog.shareAccess, e.share?.access), value: (e) => e.share?.access },
          { key: "open", title: t.catalog.open, width: 120, render: (e) => wordFor(t.catalog.access, e.open?.access), value: (e) => e.open?.access },
          { key: "operate", title: t.catalog.operate, width: 120, render: (e) => wordFor(t.catalog.operateAccess, e.operate?.access), value: (e) => e.operate?.access },
          {
            key: "rows",
            title: t.portal.rowsLabel,
            width: 110,
            align: "end",
            render: (e) => (e.supply.snapshot ? grouped(e.supply.rows) : t.catalog.noData),
            value: (e) => e.supply.rows,
          },
          { key: "updated", title: t.common.updated, width: 150, render: (e) => minute(e.updated), hidden: true },
          { key: "state", title: t.common.state, width: 100, render: (e) => <StateTag state={e.state} /> },
        ]}
      />
    </>
  );
}
