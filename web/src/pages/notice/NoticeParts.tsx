import { Button, Descriptions, Table, Tag, Typography } from "antd";
import { Link } from "react-router";
import { useItem } from "@/api/hooks";
import { useRegime } from "@/api/law";
import type { Notice } from "@/api/types";
import { useLanguage, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Deadline } from "@/ui/Deadline";
import { StateTag } from "@/ui/StateTag";
import { dayOf, dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";
import { applyPath } from "./apply";

export function NoticeTags({ notice, open }: { notice: Notice; open?: boolean }) {
  const t = useText();
  const day = useRegime().data?.today;
  const over = Boolean(day && notice.call && dayOf(notice.call.closes) < day);
  return (
    <>
      <Tag>{wordFor(t.portal.noticeKinds, notice.kind)}</Tag>
      {notice.edition && <Tag color="blue">{t.notice.version(notice.edition.version)}</Tag>}
      {notice.revoked ? <StateTag state="revoked" /> : notice.call && <Tag color={open ? "success" : "default"}>{open ? t.notice.taking : over ? t.notice.takingOver : t.notice.notTaking}</Tag>}
    </>
  );
}

/** The title that the law in force gives a kind of matter. */
export function useKindTitle(): (kind: string) => string {
  const t = useText();
  const procedures = useItem("/v1/regime/procedures");
  return (kind) => procedures.data?.items?.find((p) => p.kind === kind)?.title ?? wordFor(t.law.matterKinds, kind);
}

/** What a call calls for, its window, and the way to apply while it is open. */
export function CallWindow({ notice, open }: { notice: Notice; open?: boolean }) {
  const t = useText();
  const kindTitle = useKindTitle();
  const today = useRegime().data?.today;
  const { call } = notice;
  if (!call) return null;
  const apply = applyPath(call.for);
  const closes = dayOf(call.closes);
  return (
    <div className="call-window">
      <Descriptions
        size="small"
        column={{ xs: 1, md: 2 }}
        items={[
          { label: t.notice.callFor, children: kindTitle(call.for) },
          ...(call.field ? [{ label: t.notice.field, children: call.field }] : []),
          ...(call.limit ? [{ label: t.notice.limit, children: t.notice.limitOf(call.limit) }] : []),
          ...(call.criteria?.length ? [{ label: t.notice.criteria, children: call.criteria.map((k) => `${k.title} ${t.ranking.weight(k.weight)}`).join("、") }] : []),
          { label: t.notice.opens, children: minute(call.opens) },
          {
            label: t.notice.closes,
            children: (
              <span>
                {minute(call.closes)} {open && today && <Deadline compact value={{ due: closes, explain: t.notice.windowExplain(minute(call.opens), minute(call.closes)) }} />}
              </span>
            ),
          },
        ]}
      />
      {apply && <ActButton state={{ act: "", allowed: Boolean(open), reason: t.notice.closedHint(minute(call.opens), minute(call.closes)) }} primary label={t.notice.apply} run={async () => {}} to={`${apply}?call=${encodeURIComponent(notice.id)}`} />}
    </div>
  );
}

export function Entries({ notice }: { notice: Notice }) {
  const t = useText();
  if (!notice.edition?.entries?.length) return null;
  return (
    <Table
      size="small"
      rowKey="name"
      pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
      dataSource={notice.edition.entries}
      columns={[
        { title: t.notice.entry, dataIndex: "name" },
        { title: t.common.note, dataIndex: "note" },
      ]}
    />
  );
}

/** All versions under one name, the one in force marked. */
export function Versions({ notice }: { notice: Notice }) {
  const t = useText();
  const { language } = useLanguage();
  const series = notice.edition?.series;
  const list = notice.kind === "list" ? "/v1/notices/lists" : "/v1/notices/rules";
  const versions = useItem(list, { query: { series } }, { enabled: Boolean(series) });
  if (!series) return null;
  return (
    <Table
      size="small"
      rowKey={(v) => v.notice.id}
      loading={versions.isPending}
      pagination={false}
      dataSource={versions.data?.items ?? []}
      columns={[
        { title: t.notice.versions, width: 110, render: (_, v) => t.notice.version(v.notice.edition?.version ?? 0) },
        { title: t.common.name, render: (_, v) => (v.notice.id === notice.id ? v.notice.title : <Link to={path.notice(v.notice.id)}>{v.notice.title}</Link>) },
        { title: t.law.inForce, width: 180, render: (_, v) => v.notice.edition && dayWithWeekday(v.notice.edition.from, language) },
        { title: t.common.state, width: 110, render: (_, v) => (v.notice.revoked ? <StateTag state="revoked" /> : <Tag color={v.in_force ? "success" : undefined}>{v.in_force ? t.notice.inForce : t.notice.notInForce}</Tag>) },
      ]}
    />
  );
}

/** One notice in a list. */
export function NoticeCard({ notice, open, orgName }: { notice: Notice; open?: boolean; orgName: string }) {
  const t = useText();
  const { language } = useLanguage();
  return (
    <article className={notice.revoked ? "open-card notice-revoked" : "open-card"}>
      <h3>
        <Link to={path.notice(notice.id)}>{notice.title}</Link> <NoticeTags notice={notice} open={open} />
      </h3>
      <Typography.Paragraph ellipsis={{ rows: 3 }} style={{ whiteSpace: "pre-wrap" }}>
        {notice.text}
      </Typography.Paragraph>
      {notice.call && <CallWindow notice={notice} open={open} />}
      <div className="open-facts">
        <span>{orgName}</span>
        <span>{minute(notice.published)}</span>
        {notice.document && <span>{notice.document}</span>}
        {notice.edition && <span>{`${t.law.inForce} ${dayWithWeekday(notice.edition.from, language)}`}</span>}
        {notice.until && <span>{`${t.law.until} ${dayWithWeekday(notice.until, language)}`}</span>}
        {notice.revocation && <span>{notice.revocation}</span>}
      </div>
    </article>
  );
}

export function MoreButton({ more, loading }: { more?: () => void; loading: boolean }) {
  const t = useText();
  if (!more) return null;
  return (
    <Button onClick={more} loading={loading}>
      {t.common.more}
    </Button>
  );
}
