import { Descriptions, Table, Tag, Typography } from "antd";
import { Link, useParams } from "react-router";
import { useItem } from "@/api/hooks";
import { Problem } from "@/api/problem";
import { useLanguage, useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { FilePage } from "@/ui/FilePage";
import { Loaded, ProblemPage } from "@/ui/ProblemView";
import { ReceiptProof } from "@/ui/Receipt";
import { dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";
import { actName, actorName } from "./names";

export default function LedgerEntry() {
  const t = useText();
  const { language } = useLanguage();
  const seq = Number(useParams().seq);
  // The list, entered just above this number: its first row is the entry.
  const query = useItem("/v1/ledger/entries", { query: { cursor: seq + 1, limit: 1 } });
  return (
    <Loaded query={query}>
      {(page) => {
        const entry = page.items?.[0];
        if (!entry || entry.seq !== seq) return <ProblemPage problem={new Problem({ code: "not_found" }, 404)} />;
        return (
          <FilePage
            trail={[{ title: t.shell.menuLedger, to: path.ledger() }, { title: `#${entry.seq}` }]}
            title={`#${entry.seq} ${actName(t, entry.act)}`}
            state={<Tag color={entry.outcome === "refused" ? "error" : "success"}>{wordFor(t.outcomes, entry.outcome)}</Tag>}
            facts={[
              { label: t.ledger.recorded, value: minute(entry.recorded) },
              { label: t.ledger.occurred, value: dayWithWeekday(entry.occurred, language) },
              { label: t.ledger.actor, value: actorName(t, entry) },
              { label: t.matter.title, value: entry.matter && <Link to={path.matter(entry.matter)}>{entry.matter}</Link> },
              { label: t.ledger.start, value: entry.start ? <Link to={path.entry(entry.start)}>#{entry.start}</Link> : undefined },
            ]}
            tabs={[
              { key: "proof", label: t.receipt.verify, content: <ReceiptProof seq={entry.seq} /> },
              {
                key: "verdicts",
                label: `${t.ledger.verdicts} ${entry.verdicts?.length ?? 0}`,
                content: (
                  <Table
                    size="small"
                    rowKey="rule"
                    pagination={false}
                    dataSource={entry.verdicts ?? []}
                    columns={[
                      { title: t.cite.rule, dataIndex: "rule", render: (v: string) => <code>{v}</code> },
                      {
                        title: t.matter.outcome,
                        dataIndex: "outcome",
                        render: (v: string) => <Tag color={v === "error" ? "error" : v === "pass" ? "success" : undefined}>{wordFor(t.law.outcomes, v)}</Tag>,
                      },
                    ]}
                  />
                ),
              },
              ...(entry.special?.length
                ? [
                    {
                      key: "special",
                      label: `${t.special.applied} ${entry.special.length}`,
                      content: (
                        <Table
                          size="small"
                          rowKey={(s) => s.id + s.value}
                          pagination={false}
                          dataSource={entry.special}
                          columns={[
                            { title: t.special.cite, render: (_, s) => <>《{s.law}》 <Citation cite={{ rule: s.id, pack: "", law: s.law, article: s.article, quote: s.quote }} /></> },
                            { title: t.special.quote, dataIndex: "quote" },
                            { title: t.special.sets, dataIndex: "setting" },
                          ]}
                        />
                      ),
                    },
                  ]
                : []),
              {
                key: "changes",
                label: `${t.ledger.changes} ${entry.changes?.length ?? 0}`,
                content: (
                  <Table
                    size="small"
                    rowKey={(c) => c.kind + c.id}
                    pagination={false}
                    dataSource={entry.changes ?? []}
                    columns={[
                      { title: t.ledger.object, render: (_, c) => `${wordFor(t.ledger.kinds, c.kind)} ${c.id}` },
                      { title: t.ledger.before, dataIndex: "before", render: (v?: string) => <Digest value={v} /> },
                      { title: t.ledger.after, dataIndex: "after", render: (v: string) => <Digest value={v} /> },
                    ]}
                  />
                ),
              },
              {
                key: "more",
                label: t.common.details,
                content: (
                  <Descriptions
                    bordered
                    size="small"
                    column={1}
                    items={[
                      { label: t.ledger.act, children: <code>{entry.act}</code> },
                      { label: t.matter.law, children: entry.regimes?.map((r) => <div key={r}>{r}</div>) },
                      { label: t.ledger.request, children: entry.request },
                      { label: t.common.note, children: entry.note },
                    ]}
                  />
                ),
              },
            ]}
          />
        );
      }}
    </Loaded>
  );
}

function Digest({ value }: { value?: string }) {
  const t = useText();
  if (!value) return <Typography.Text type="secondary">{t.common.none}</Typography.Text>;
  return (
    <Typography.Text code copyable={{ text: value }}>
      {value.slice(0, 16)}…
    </Typography.Text>
  );
}
