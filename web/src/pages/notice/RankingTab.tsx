import { Tag, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Candidate, Notice } from "@/api/types";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { StateTag } from "@/ui/StateTag";
import { path } from "@/util/path";

/** Who chooses among the candidates or supervises the choice. */
const readers = ["data-bureau", "coordination-mechanism", "mechanism-member", "expert", "authorizing-department", "government", "platform-operator", "auditor"];

export function ranks(notice: Notice, roles: readonly string[] | null | undefined): boolean {
  return Boolean(notice.call?.criteria?.length) && readers.some((r) => roles?.includes(r));
}

const points = (hundredths: number) => (hundredths / 100).toFixed(2);

/** 候选场景排序: the candidates of a call in the order of its published criteria, and the form in which they are scored. */
export function RankingTab({ call }: { call: string }) {
  const t = useText();
  const orgName = useOrgName();
  const query = useItem("/v1/notices/{id}/ranking", { path: { id: call } });
  const [rating, setRating] = useState<Candidate>();
  const criteria = query.data?.criteria ?? [];
  return (
    <>
      <Typography.Paragraph type="secondary">{t.ranking.lead}</Typography.Paragraph>
      {query.data && query.data.limit > 0 && <Typography.Paragraph>{t.ranking.sentOf(query.data.sent, query.data.limit)}</Typography.Paragraph>}
      <FileTable<Candidate>
        list={query}
        rowKey="scenario"
        width={900 + criteria.length * 110}
        empty={{ title: t.ranking.empty, hint: t.ranking.emptyHint }}
        columns={[
          { title: t.ranking.rank, width: 80, render: (_, c) => (c.rank ? <b>{c.rank}</b> : <Typography.Text type="secondary">{t.ranking.unrated}</Typography.Text>) },
          { title: t.ranking.candidate, render: (_, c) => <Link to={path.scenario(c.scenario)}>{c.title}</Link> },
          { title: t.common.org, width: 200, render: (_, c) => orgName(c.org) },
          ...criteria.map((k) => ({ title: `${k.title} ${t.ranking.weight(k.weight)}`, width: 110, align: "end" as const, render: (_: unknown, c: Candidate) => (c.raters ? points(c.scores[k.title] ?? 0) : "") })),
          { title: t.ranking.total, width: 90, align: "end", render: (_, c) => (c.raters ? <b>{points(c.total)}</b> : "") },
          { title: t.ranking.raters, width: 90, align: "end", dataIndex: "raters" },
          { title: t.common.state, width: 130, render: (_, c) => (c.sent ? <Tag color="processing">{t.ranking.sent}</Tag> : <StateTag state={c.state} />) },
          {
            title: t.common.actions,
            width: 110,
            fixed: "end",
            render: (_, c) => c.rate && <ActButton size="small" state={c.rate} primary={!c.mine && c.rate.allowed} label={c.mine ? t.ranking.again : t.ranking.rate} run={async () => {}} onOpen={() => setRating(c)} />,
          },
        ]}
      />
      {rating && (
        <FormModal<Record<string, number>>
          title={t.ranking.rateOf(rating.title)}
          lead={<p>{t.ranking.rateLead}</p>}
          close={() => setRating(undefined)}
          run={(scores) => post("/v1/scenarios/{id}/rate", { path: { id: rating.scenario } }, { scores })}
          fields={criteria.map((k) => ({ name: k.title, label: `${k.title} ${t.ranking.weight(k.weight)}`, kind: "number", need: true, extra: t.ranking.range, initial: rating.mine?.[k.title] }))}
        />
      )}
    </>
  );
}
