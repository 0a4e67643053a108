import { Alert, Flex, Form, Select, Space, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Openness, SpecialItem } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citation } from "@/ui/Citation";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";

const color: Record<SpecialItem["state"], string | undefined> = { recorded: "processing", confirmed: "success", ending: "warning", ended: undefined, declined: "error" };

interface Draft {
  law: string;
  number?: string;
  article: string;
  quote: string;
  from: string;
  until?: string;
  int?: number;
  words?: string[];
}

/** What a setting looks like depends on the value, so that one is chosen above the form. */
function RecordModal({ entry, open, close }: { entry: string; open: Openness[]; close: () => void }) {
  const t = useText();
  const [name, setName] = useState(open[0]?.value.name);
  const chosen = open.find((o) => o.value.name === name);
  if (!chosen) return null;
  return (
    <FormModal<Draft>
      title={t.special.record}
      lead={
        <Form layout="vertical">
          <Form.Item label={t.special.value} htmlFor="special-value" extra={t.special.recordLead}>
            <Select id="special-value" value={name} onChange={setName} options={open.map((o) => ({ value: o.value.name, label: o.value.title }))} />
          </Form.Item>
          <Alert
            type="info"
            showIcon
            style={{ marginBottom: 16 }}
            title={t.special.instead(chosen.setting)}
            description={
              <>
                {chosen.cite.quote} <Citation cite={chosen.cite} />
              </>
            }
          />
        </Form>
      }
      fields={[
        chosen.choice?.length
          ? { name: "words", label: t.special.setting, kind: "multiple", need: true, options: chosen.choice.map((w) => ({ value: w.slug, label: w.title })) }
          : { name: "int", label: t.special.setting, kind: "number", need: true, extra: t.special.unit(wordFor(t.law.units, chosen.value.unit ?? "")) },
        { name: "law", label: t.special.law, need: true, max: 200 },
        { name: "number", label: t.special.number, max: 100 },
        { name: "article", label: t.special.article, need: true, max: 50 },
        { name: "quote", label: t.special.quote, kind: "area", need: true, extra: t.special.quoteHint },
        { name: "from", label: t.special.from, kind: "day", need: true },
        { name: "until", label: t.special.until, kind: "day", extra: t.special.untilHint },
      ]}
      run={({ int, words, ...draft }) => post("/v1/catalog/{id}/specials", { path: { id: entry } }, { ...draft, value: chosen.value.name, ...(chosen.choice?.length ? { words } : { int }) })}
      close={close}
    />
  );
}

/** 特别规定: what other laws set for this entry in place of the general values. */
export function Specials({ entry }: { entry: string }) {
  const t = useText();
  const query = useItem("/v1/catalog/{id}/specials", { path: { id: entry } });
  const [recording, setRecording] = useState(false);
  const [ending, setEnding] = useState<SpecialItem>();
  const on = (s: SpecialItem) => ({ path: { id: s.id } });
  return (
    <Loaded query={query}>
      {(page) => (
        <>
          <Flex justify="space-between" align="flex-start" gap={16} style={{ marginBottom: 12 }}>
            <Typography.Text type="secondary">{t.special.lead}</Typography.Text>
            {page.acts?.map((o) => <ActButton key={o.act} state={o} primary label={t.special.record} run={async () => {}} onOpen={() => setRecording(true)} />)}
          </Flex>
          <Table<SpecialItem>
            size="middle"
            rowKey="id"
            pagination={false}
            scroll={{ x: "max-content" }}
            aria-label={t.special.title}
            dataSource={page.items ?? []}
            locale={{ emptyText: <EmptyState title={t.special.none} hint={page.open?.length ? t.special.noneHint : t.special.closed} /> }}
            columns={[
              {
                title: t.special.cite,
                render: (_, s) => (
                  <>
                    《{s.law}》 <Citation cite={{ rule: s.id, pack: "", law: s.law, article: s.article, quote: s.quote }} />
                    {s.number && <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>{s.number}</Typography.Text>}
                  </>
                ),
              },
              {
                title: t.special.sets,
                render: (_, s) => (
                  <>
                    {s.title}：{s.setting}
                    {s.general && <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>{t.special.instead(s.general)}</Typography.Text>}
                  </>
                ),
              },
              { title: t.special.days, width: 210, render: (_, s) => t.special.term(s.from, s.until ?? "") },
              {
                title: t.common.state,
                width: 130,
                render: (_, s) => (
                  <>
                    <Tag color={color[s.state]}>{wordFor(t.special.states, s.state)}</Tag>
                    {s.in_force && <Tag color="success">{t.special.inForce}</Tag>}
                    {s.reason && <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>{s.ends ? t.special.endsOn(s.ends, s.reason) : s.reason}</Typography.Text>}
                  </>
                ),
              },
              {
                title: t.common.actions,
                render: (_, s) => (
                  <Space>
                    {s.acts?.map((o) => {
                      switch (o.act) {
                        case "catalog.special.confirm":
                          return ["recorded", "ending"].includes(s.state) && <ActButton key={o.act} size="small" primary state={o} label={t.special.confirm} run={() => post("/v1/specials/{id}/confirm", on(s))} />;
                        case "catalog.special.decline":
                          return ["recorded", "ending"].includes(s.state) && <ActButton key={o.act} size="small" dangerous state={o} label={t.special.decline} run={({ reason }) => post("/v1/specials/{id}/decline", on(s), { reason: reason ?? "" })} />;
                        default:
                          return s.state === "confirmed" && <ActButton key={o.act} size="small" state={o} label={t.special.end} run={async () => {}} onOpen={() => setEnding(s)} />;
                      }
                    })}
                  </Space>
                ),
              },
            ]}
          />
          {recording && <RecordModal entry={entry} open={page.open ?? []} close={() => setRecording(false)} />}
          {ending && (
            <FormModal<{ last: string; reason: string }>
              title={`${t.special.end}：《${ending.law}》${ending.article}`}
              fields={[
                { name: "last", label: t.special.last, kind: "day", need: true },
                { name: "reason", label: t.act.reason, kind: "area", need: true },
              ]}
              run={(body) => post("/v1/specials/{id}/end", on(ending), body)}
              close={() => setEnding(undefined)}
            />
          )}
        </>
      )}
    </Loaded>
  );
}
