import { Descriptions, Flex, Steps, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { DataApplicationPage, DataPart, Me, SpaceSupply } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { EntryFields } from "@/ui/EntryName";
import { FilePage, Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { Loaded } from "@/ui/ProblemView";
import { mebibytes } from "@/util/bytes";
import { minute } from "@/util/day";
import { path } from "@/util/path";

const colors: Record<string, string> = { asked: "processing", approved: "success", refused: "error", supplying: "processing", standing: "success", failed: "error" };
const stations = { waiting: "wait", open: "process", done: "finish", skipped: "wait", closed: "error" } as const;

/** Where a part stands: each step of its own matter, and who holds it. */
function Way({ part }: { part: DataPart }) {
  const t = useText();
  return (
    <Steps
      size="small"
      items={part.steps?.map((s) => ({
        title: s.title,
        status: s.verdict === "refuse" ? "error" : stations[s.state as keyof typeof stations],
        content: s.state === "skipped" ? t.supply.skipped : s.at ? `${s.role_title} ${minute(s.at)}` : s.state === "open" ? `${s.role_title} · ${t.supply.inHand}` : s.role_title,
      }))}
    />
  );
}

function SupplyRows({ list }: { list: SpaceSupply[] }) {
  const t = useText();
  return (
    <Table<SpaceSupply>
      size="small"
      rowKey="id"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={list}
      columns={[
        { title: t.space.resource, dataIndex: "title" },
        { title: t.space.rows, align: "end", render: (_, s) => s.batches?.at(-1)?.rows },
        { title: t.space.volume, align: "end", render: (_, s) => (s.batches?.length ? `${mebibytes(s.batches.at(-1)?.bytes ?? 0)} MiB` : t.common.none) },
        { title: t.supply.at, render: (_, s) => minute(s.opened) },
        { title: t.supply.until, dataIndex: "until" },
        { title: t.space.basis, render: (_, s) => <Typography.Text code>{s.reference || s.agreement}</Typography.Text> },
        { title: t.common.state, render: (_, s) => <Tag color={colors[s.state]}>{wordFor(t.space.supplyStates, s.state)}</Tag> },
      ]}
    />
  );
}

function PartPanel({ part, page, me }: { part: DataPart; page: DataApplicationPage; me: Me }) {
  const t = useText();
  const [giving, setGiving] = useState(false);
  const [ending, setEnding] = useState<string>();
  const p = part.part;
  const standing = part.supplies?.find((s) => s.state === "standing");
  const mayEnd = me.roles?.includes("data-bureau") || (me.org && (me.org === standing?.by_org || (me.org === p.provider && me.roles?.includes("data-provider"))));
  return (
    <Panel
      title={
        <Flex gap={8} align="center" wrap>
          {page.names?.[p.provider] ?? p.provider}
          <Tag color={p.route === "raw" ? "volcano" : "default"}>{wordFor(t.space.routes, p.route)}</Tag>
          {p.returned && <Tag color="gold">{t.supply.returned}</Tag>}
          <Tag color={colors[p.state]}>{wordFor(t.supply.partStates, p.state)}</Tag>
        </Flex>
      }
      extra={
        <Flex gap={8} wrap>
          <Link to={path.matter(p.matter)}>{t.supply.openMatter}</Link>
          {standing && mayEnd && <ActButton label={t.supply.withdraw} dangerous run={async () => {}} onOpen={() => setEnding(standing.id)} />}
          {part.acts?.map((o) => (
            <ActButton key={o.act} state={o} primary label={t.supply.give} run={async () => {}} onOpen={() => setGiving(true)} />
          ))}
        </Flex>
      }
    >
      <Way part={part} />
      <Descriptions
        size="small"
        column={1}
        style={{ marginTop: 16 }}
        items={[
          ...(p.items ?? []).map((i) => ({ key: i.resource, label: i.title, children: <><EntryFields id={i.resource} fields={i.fields} />{i.reason && <div>{t.supply.rawReason}：{i.reason}</div>}</> })),
          ...(p.papers ?? []).map((r) => ({ key: r.step, label: r.title, children: <Typography.Text code>{r.number}</Typography.Text> })),
        ]}
      />
      {Boolean(part.supplies?.length) && <SupplyRows list={part.supplies ?? []} />}
      {giving && (
        <FormModal<{ until?: string }>
          title={t.supply.give}
          lead={<Typography.Paragraph type="secondary">{t.supply.giveLead}</Typography.Paragraph>}
          fields={[{ name: "until", label: t.supply.until, kind: "day", extra: t.supply.untilHint }]}
          run={(v) => post("/v1/data-parts/{id}/supply", { path: { id: p.id } }, { space: page.space ?? "", until: v.until })}
          close={() => setGiving(false)}
        />
      )}
      {ending && (
        <FormModal<{ why: string }>
          title={t.supply.withdraw}
          danger
          lead={<Typography.Paragraph type="secondary">{t.supply.withdrawLead}</Typography.Paragraph>}
          fields={[{ name: "why", label: t.supply.why, kind: "area", need: true, max: 1000 }]}
          run={(v) => post("/v1/supplies/{id}/withdraw", { path: { id: ending } }, v)}
          close={() => setEnding(undefined)}
        />
      )}
    </Panel>
  );
}

/** One application, its parts side by side: each waits for its own provider and for nobody else's. */
export default function ApplicationFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/data-applications/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {(page) => {
        const a = page.application;
        const name = (org?: string) => (org ? (page.names?.[org] ?? org) : undefined);
        const done = page.parts?.filter((p) => p.supplies?.some((s) => s.state === "standing")).length ?? 0;
        return (
          <FilePage
            trail={[{ title: t.shell.menuSupply, to: path.supply() }, { title: a.title }]}
            title={`${t.supply.application} · ${a.title}`}
            facts={[
              { label: t.supply.scenario, value: <Typography.Text code>{a.scenario}</Typography.Text> },
              { label: t.supply.applicant, value: name(a.org) },
              { label: t.roles["authorized-operator"] ?? "", value: name(a.operator) },
              { label: t.supply.filed, value: minute(a.opened) },
              { label: t.supply.progress, value: t.supply.partsDone(done, page.parts?.length ?? 0) },
            ]}
            tabs={[
              {
                key: "parts",
                label: t.supply.parts,
                content: (
                  <>
                    {page.parts?.map((p) => (
                      <PartPanel key={p.part.id} part={p} page={page} me={me} />
                    ))}
                  </>
                ),
              },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
