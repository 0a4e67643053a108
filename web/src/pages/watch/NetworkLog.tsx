import { SearchOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Alert, Button, DatePicker, Descriptions, Flex, Form, Input, Progress, Segmented, Skeleton, Table, Tag, Typography } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { type AnswerOf, get, post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { asProblem } from "@/api/problem";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citations } from "@/ui/Citation";
import { FormModal } from "@/ui/FormModal";
import { OrgSelect } from "@/ui/OrgSelect";
import { Panel } from "@/ui/FilePage";
import { EmptyState, ProblemPage, ProblemView } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { size } from "@/util/bytes";

interface Query {
  days: [Dayjs, Dayjs];
  org?: string;
  account?: string;
  route?: string;
  status?: string;
  system?: string;
  reason: string;
}

const filters = ["org", "account", "route", "status", "system"] as const;

/** How long the law keeps the log, what there is, and why it may not be purged yet. */
function Keeping({ state: s }: { state: AnswerOf<"/v1/network-log", "get"> }) {
  const t = useText();
  const [purging, setPurging] = useState(false);
  const purge = s.acts?.find((a) => a.act === "watch.log.purge");
  return (
    <Panel
      title={t.netlog.keeping}
      extra={<ActButton state={purge} dangerous label={t.netlog.purge} run={() => Promise.resolve()} onOpen={() => setPurging(true)} />}
    >
      {s.lost > 0 && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={t.netlog.lost(s.lost)} description={t.netlog.lostHint} />}
      <Descriptions
        column={2}
        items={[
          {
            key: "keep",
            label: t.netlog.period,
            children: s.keep?.length ? (
              <Flex vertical>
                {s.keep.map((k) => (
                  <span key={k.name}>
                    {k.title}：{t.netlog.span(k.int, k.unit ?? "")} <Citations cites={[k.cite]} />
                  </span>
                ))}
              </Flex>
            ) : (
              t.netlog.noPeriod
            ),
          },
          { key: "days", label: t.netlog.closed, children: s.days ? t.netlog.stock(s.oldest ?? "", s.newest ?? "", s.days, s.lines, size(s.packed)) : t.netlog.nothingClosed },
          {
            key: "purge",
            label: t.netlog.purge,
            span: 2,
            children: purge?.allowed ? (
              t.netlog.mayPurge(s.purgeable ?? "")
            ) : (
              <span>
                {purge?.reason} {s.first_day && <b style={{ fontWeight: 500 }}>{t.netlog.firstDay(s.first_day)}</b>} <Citations cites={purge?.cites} />
              </span>
            ),
          },
        ]}
      />
      {purging && (
        <FormModal<{ through: string; reason: string }>
          title={t.netlog.purge}
          danger
          ok={t.netlog.purge}
          close={() => setPurging(false)}
          lead={<p>{t.netlog.purgeLead}</p>}
          run={(v) => post("/v1/network-log/purge", {}, v)}
          fields={[
            { name: "through", label: t.netlog.through, kind: "day", need: true, initial: s.purgeable },
            { name: "reason", label: t.common.reason, kind: "area", need: true, max: 500, extra: t.netlog.reasonHint },
          ]}
        />
      )}
    </Panel>
  );
}

/** A search: what is looked for stands in the address, the reason in the ledger. */
function Search({ today }: { today: string }) {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const [form] = Form.useForm<Query>();
  const id = params.get("search");
  const search = useAct(
    ({ days: [from, to], ...q }: Query) => post("/v1/network-log/searches", {}, { ...q, from: from.format("YYYY-MM-DD"), to: to.format("YYYY-MM-DD") }),
    (made) =>
      setParams((before) => {
        before.set("search", made.id);
        before.set("from", made.query.from);
        before.set("to", made.query.to);
        for (const name of filters) {
          const value = made.query[name];
          if (value) before.set(name, value);
          else before.delete(name);
        }
        return before;
      }),
  );
  return (
    <>
      <Panel title={t.netlog.search}>
        <Typography.Paragraph type="secondary">{t.netlog.searchLead}</Typography.Paragraph>
        <Form<Query>
          name="network-log" // ids of its own: the dialog asks for a reason too
          form={form}
          layout="vertical"
          requiredMark
          onFinish={(q) => search.mutate(q)}
          initialValues={{
            days: [dayjs(params.get("from") ?? today), dayjs(params.get("to") ?? today)],
            ...Object.fromEntries(filters.map((name) => [name, params.get(name) ?? undefined])),
          }}
        >
          <Flex wrap gap="0 16px">
            <Form.Item name="days" label={t.netlog.days} rules={[{ required: true, message: t.common.required }]}>
              <DatePicker.RangePicker allowClear={false} />
            </Form.Item>
            <Form.Item name="org" label={t.common.org} style={{ width: 260 }}>
              <OrgSelect allowClear />
            </Form.Item>
            <Form.Item name="route" label={t.netlog.route} tooltip={t.netlog.routeHint}>
              <Input allowClear placeholder="/v1/spaces" style={{ width: 200 }} maxLength={200} />
            </Form.Item>
            <Form.Item name="status" label={t.netlog.status} tooltip={t.netlog.statusHint}>
              <Input allowClear placeholder="403" style={{ width: 90 }} maxLength={3} />
            </Form.Item>
            <Form.Item name="account" label={t.netlog.account} tooltip={t.netlog.accountHint}>
              <Input allowClear style={{ width: 200 }} maxLength={64} />
            </Form.Item>
            <Form.Item name="system" label={t.netlog.system} tooltip={t.netlog.systemHint}>
              <Input allowClear style={{ width: 200 }} maxLength={64} />
            </Form.Item>
          </Flex>
          <Flex gap={16} align="end">
            <Form.Item name="reason" label={t.netlog.reason} extra={t.netlog.reasonHint} style={{ flex: 1 }} rules={[{ required: true, whitespace: true, min: 2, message: t.netlog.reasonRequired }]}>
              <Input maxLength={500} />
            </Form.Item>
            <Form.Item extra=" ">
              <Button type="primary" htmlType="submit" icon={<SearchOutlined aria-hidden />} loading={search.isPending}>
                {t.netlog.search}
              </Button>
            </Form.Item>
          </Flex>
        </Form>
        {search.error && <ProblemView problem={search.error} />}
      </Panel>
      {id ? <Lines key={id} id={id} only={(account) => form.setFieldsValue({ account })} /> : <EmptyState title={t.netlog.notYet} hint={t.netlog.notYetHint} />}
    </>
  );
}

const enough = 50;

/** What a search found so far, and how far it has looked. A long span with few hits goes on by itself until there is a page of them. */
function Lines({ id, only }: { id: string; only: (account: string) => void }) {
  const t = useText();
  const query = useInfiniteQuery({
    queryKey: ["/v1/network-log/searches/{id}/lines", id],
    queryFn: ({ pageParam }) => get("/v1/network-log/searches/{id}/lines", { path: { id }, query: { cursor: pageParam, limit: enough } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next || undefined,
    staleTime: Number.POSITIVE_INFINITY, // a search shows nothing that came after it
  });
  const pages = query.data?.pages ?? [];
  const lines = pages.flatMap((page) => page.items ?? []).map((line, number) => ({ ...line, number }));
  const last = pages.at(-1);
  const purged = pages.flatMap((page) => page.purged ?? []);
  const [wanted, setWanted] = useState(enough);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const on = hasNextPage && !isFetching && !query.error && lines.length < wanted;
  useEffect(() => {
    if (on) void fetchNextPage();
  }, [on, fetchNextPage]);

  if (query.error && !last) return <ProblemPage problem={asProblem(query.error)} retry={() => void query.refetch()} />;
  if (!last) return <Skeleton active />;
  const over = !hasNextPage;
  return (
    <Panel title={t.netlog.found(lines.length, over)}>
      <Flex align="center" gap={12} style={{ marginBottom: 12 }}>
        <Progress style={{ maxWidth: 320 }} percent={over ? 100 : Math.floor((100 * last.done) / last.days)} aria-label={t.netlog.progress} />
        <Typography.Text type="secondary" role="status">
          {over ? t.netlog.looked(last.days) : t.netlog.looking(last.day, last.done, last.days)}
        </Typography.Text>
      </Flex>
      {purged.length > 0 && <Alert type="info" showIcon style={{ marginBottom: 12 }} title={t.netlog.purged(purged.join("、"))} />}
      {query.error && <ProblemView problem={asProblem(query.error)} action={<Button size="small" onClick={() => void fetchNextPage()}>{t.common.retry}</Button>} />}
      <Table
        size="small"
        rowKey="number"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={lines}
        locale={{ emptyText: over ? <EmptyState title={t.netlog.none} hint={t.netlog.noneHint} /> : <Skeleton active title={false} /> }}
        columns={[
          { key: "at", title: t.netlog.at, render: (_, l) => minuteAndSecond(l.at), width: 160 },
          { key: "peer", title: t.netlog.peer, dataIndex: "peer" },
          { key: "org", title: t.common.org, render: (_, l) => l.org_name ?? l.org ?? t.netlog.public },
          {
            key: "account",
            title: t.netlog.account,
            render: (_, l) =>
              l.account && (
                <Button type="link" size="small" style={{ padding: 0 }} title={t.netlog.only} onClick={() => only(l.account ?? "")}>
                  {l.account_name ?? l.account}
                </Button>
              ),
          },
          { key: "route", title: t.netlog.route, render: (_, l) => (l.lost ? <b>{t.netlog.gap(l.lost)}</b> : <code>{`${l.method} ${l.route || t.netlog.noRoute}`}</code>) },
          { key: "status", title: t.netlog.status, align: "end", render: (_, l) => <Tag color={l.status >= 500 ? "error" : l.status >= 400 ? "warning" : undefined}>{l.status}</Tag> },
          { key: "out", title: t.netlog.bytes, align: "end", render: (_, l) => `${size(l.in)} / ${size(l.out)}` },
          { key: "us", title: t.netlog.took, align: "end", render: (_, l) => `${Math.round(l.us / 100) / 10} ms` },
          { key: "system", title: t.netlog.system, dataIndex: "system" },
        ]}
      />
      {!over && (
        <Flex justify="center" style={{ marginTop: 12 }}>
          <Button loading={isFetching} onClick={() => { setWanted(lines.length + enough); void fetchNextPage(); }}>{t.common.more}</Button>
        </Flex>
      )}
    </Panel>
  );
}

function minuteAndSecond(at: string): string {
  return `${minute(at)}:${at.slice(17, 19)}`;
}

function Days() {
  const t = useText();
  return (
    <ResourceTable
      id="network-log-days"
      endpoint="/v1/network-log/days"
      rowKey="day"
      title={t.netlog.files}
      empty={{ title: t.netlog.nothingClosed, hint: t.netlog.nothingClosedHint }}
      columns={[
        { key: "day", title: t.netlog.day, width: 120 },
        { key: "lines", title: t.netlog.lines, width: 110, align: "end" },
        { key: "lost", title: t.netlog.missing, width: 90, align: "end", render: (d) => (d.lost ? <Tag color="error">{d.lost}</Tag> : "0"), value: (d) => d.lost },
        { key: "packed", title: t.netlog.packed, width: 110, align: "end", render: (d) => size(d.packed), value: (d) => d.packed },
        { key: "digest", title: t.netlog.digest, render: (d) => <Typography.Text code copyable={{ text: d.digest }}>{`${d.digest.slice(0, 19)}…`}</Typography.Text>, value: (d) => d.digest },
        { key: "kept_until", title: t.netlog.keptUntil, width: 130, render: (d) => (d.purge ? <Tag>{t.netlog.gone}</Tag> : d.kept_until), value: (d) => (d.purge ? t.netlog.gone : d.kept_until) },
      ]}
    />
  );
}

function Searches() {
  const t = useText();
  return (
    <ResourceTable
      id="network-log-searches"
      endpoint="/v1/network-log/searches"
      rowKey="id"
      title={t.netlog.searches}
      empty={{ title: t.netlog.noSearches, hint: t.netlog.noSearchesHint }}
      columns={[
        { key: "at", title: t.netlog.at, width: 150, render: (s) => minute(s.at), value: (s) => s.at },
        { key: "who", title: t.uses.who, render: (s) => `${s.org_name} · ${s.account_name}`, value: (s) => `${s.org_name} ${s.account_name}` },
        { key: "reason", title: t.netlog.reason, render: (s) => s.query.reason, value: (s) => s.query.reason },
        { key: "days", title: t.netlog.days, width: 220, render: (s) => `${s.query.from} – ${s.query.to}`, value: (s) => `${s.query.from} ${s.query.to}` },
        { key: "query", title: t.netlog.filters, render: (s) => filters.map((name) => s.query[name]).filter(Boolean).join("、") || t.common.all, value: (s) => filters.map((name) => s.query[name]).filter(Boolean).join(" ") },
      ]}
    />
  );
}

/** 网络日志: who asked what from where, for those who supervise. */
export function NetworkLog() {
  const t = useText();
  const [params, setParams] = useSearchParams();
  const state = useItem("/v1/network-log");
  const view = params.get("view") ?? "search";
  if (state.error) return <ProblemPage problem={state.error} retry={() => void state.refetch()} />;
  if (!state.data) return <Skeleton active />;
  return (
    <>
      <Keeping state={state.data} />
      <Segmented
        aria-label={t.netlog.title}
        style={{ margin: "12px 0" }}
        value={view}
        onChange={(next) =>
          setParams((before) => {
            before.set("view", next);
            return before;
          }, { replace: true })
        }
        options={[
          { value: "search", label: t.netlog.search },
          { value: "days", label: t.netlog.files },
          { value: "searches", label: t.netlog.searches },
        ]}
      />
      {view === "days" ? <Days /> : view === "searches" ? <Searches /> : <Search today={state.data.today} />}
    </>
  );
}
