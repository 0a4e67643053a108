import { DatePicker, Flex, Typography } from "antd";
import dayjs from "dayjs";
import { Link, useSearchParams } from "react-router";
import { useText, wordFor } from "@/text";
import { Receipt } from "@/ui/Receipt";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute, today } from "@/util/day";
import { path } from "@/util/path";
import { actName } from "../ledger/names";

/** Every time the data of one resource was touched between two days. */
export function UseRecord({ resource, reachable }: { resource: string; reachable: (org?: string) => boolean }) {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const until = search.get("until") ?? today();
  const from = search.get("from") ?? dayjs(until).subtract(90, "day").format("YYYY-MM-DD");
  const basis = (r: { kind: string; id: string }) => {
    const word = wordFor(t.trace.kinds, r.kind);
    if (r.kind === "grant" && reachable()) return <Link to={path.grant(r.id)}>{word}</Link>;
    if (r.kind === "matter" && reachable()) return <Link to={path.matter(r.id)}>{word}</Link>;
    return word;
  };
  return (
    <>
      <Typography.Paragraph type="secondary">{t.uses.lead}</Typography.Paragraph>
      <Flex style={{ marginBottom: 12 }}>
        <DatePicker.RangePicker
          aria-label={t.trace.period}
          allowClear={false}
          value={[dayjs(from), dayjs(until)]}
          onChange={(v) =>
            setSearch(
              (before) => {
                if (v?.[0] && v[1]) {
                  before.set("from", v[0].format("YYYY-MM-DD"));
                  before.set("until", v[1].format("YYYY-MM-DD"));
                }
                return before;
              },
              { replace: true },
            )
          }
        />
      </Flex>
      <ResourceTable
        id="uses"
        endpoint="/v1/catalog/{id}/uses"
        params={{ path: { id: resource }, query: { from, until, limit: 100 } as never }}
        rowKey="id"
        title={t.uses.title}
        empty={{ title: t.uses.none, hint: t.uses.noneHint }}
        columns={[
          { key: "at", title: t.uses.when, render: (a) => minute(a.at), value: (a) => a.at, width: 150 },
          { key: "org_name", title: t.uses.who, render: (a) => (a.org_name ? [a.org_name, a.person].filter(Boolean).join(" · ") : t.uses.anybody), value: (a) => [a.org_name ?? t.uses.anybody, a.person].filter(Boolean).join(" · ") },
          {
            key: "what",
            title: t.uses.what,
            render: (a) => `${a.act ? actName(t, a.act) : t.trace.openTaken}：${a.what}${a.count ? `（${t.trace.times(a.count)}）` : ""}`,
            value: (a) => `${a.act ? actName(t, a.act) : t.trace.openTaken}：${a.what}`,
          },
          { key: "purpose", title: t.common.purpose },
          {
            key: "basis",
            title: t.uses.basis,
            render: (a) =>
              a.basis?.map((r, i) => (
                <span key={r.id} title={r.id}>
                  {i > 0 && "、"}
                  {basis(r)}
                </span>
              )),
            value: (a) => a.basis?.map((r) => `${wordFor(t.trace.kinds, r.kind)} ${r.id}`).join("、"),
          },
          { key: "seq", title: t.uses.ledger, render: (a) => a.seq !== undefined && (reachable(a.org) ? <Receipt seq={a.seq} /> : `#${a.seq}`), value: (a) => a.seq },
        ]}
      />
    </>
  );
}
