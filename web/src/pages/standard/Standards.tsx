import { Button, Tabs, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate, useOutletContext, useSearchParams } from "react-router";
import { post } from "@/api/client";
import type { Me, StandardVersion } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { PageHead } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";

const color: Record<StandardVersion["standing"], string | undefined> = { "in-force": "success", coming: "processing", superseded: undefined, revoked: "error" };

function Versions() {
  const t = useText();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const bureau = me.roles?.includes("data-bureau");
  const [loading, setLoading] = useState(false);
  return (
    <>
      <ResourceTable
        id="standards"
        endpoint="/v1/standards"
        rowKey="id"
        actions={bureau && <Button key="load" type="primary" onClick={() => setLoading(true)}>{t.standard.load}</Button>}
        empty={{ title: t.standard.noVersions, hint: t.standard.noVersionsHint }}
        columns={[
          {
            key: "title",
            title: t.standard.name,
            render: (s) => (
              <>
                <Link to={path.notice(s.notice)}>{s.title}</Link> {s.sample && <Tag color="warning">{t.standard.sample}</Tag>}
                <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>{[s.number, s.source].filter(Boolean).join(" · ")}</Typography.Text>
              </>
            ),
            value: (s) => s.title,
          },
          { key: "edition", title: t.standard.edition, width: 160, render: (s) => `${s.edition}（${t.standard.version(s.version)}）`, value: (s) => s.edition },
          { key: "from", title: t.standard.from, width: 120 },
          { key: "checks", title: t.standard.checks, width: 90, align: "end", render: (s) => s.checks?.length ?? 0, value: (s) => s.checks?.length ?? 0 },
          { key: "standing", title: t.standard.standing, width: 160, render: (s) => <Tag color={color[s.standing]}>{wordFor(t.standard.standings, s.standing)}</Tag>, value: (s) => wordFor(t.standard.standings, s.standing) },
          {
            key: "act",
            title: t.common.actions,
            width: 130,
            render: (s) =>
              s.acts?.map((o) => (
                <ActButton key={o.act} size="small" state={o} label={t.standard.check} run={async () => navigate(path.conformity((await post("/v1/standards/{id}/check", { path: { id: s.id } })).id))} />
              )),
          },
        ]}
      />
      {loading && (
        <FormModal<{ text: string }>
          title={t.standard.load}
          lead={<p>{t.standard.loadLead}</p>}
          fields={[{ name: "text", label: t.standard.text, kind: "area", need: true, max: 400_000 }]}
          run={(body) => post("/v1/standards", {}, body)}
          close={() => setLoading(false)}
        />
      )}
    </>
  );
}

function Reports() {
  const t = useText();
  return (
    <ResourceTable
      id="conformity"
      endpoint="/v1/conformity"
      rowKey="id"
      empty={{ title: t.standard.noReports, hint: t.standard.noReportsHint }}
      columns={[
        { key: "title", title: t.standard.name, render: (r) => <><Link to={path.conformity(r.id)}>{r.title}</Link> {r.sample && <Tag color="warning">{t.standard.sample}</Tag>}</>, value: (r) => r.title },
        { key: "edition", title: t.standard.edition, width: 160, render: (r) => `${r.edition}（${t.standard.version(r.version)}）`, value: (r) => r.edition },
        { key: "at", title: t.standard.day, width: 170, render: (r) => minute(r.at), value: (r) => minute(r.at) },
        { key: "entries", title: t.standard.entries, width: 190, render: (r) => t.standard.entriesOf(r.entries, r.holders), value: (r) => r.entries },
        { key: "deviations", title: t.standard.deviations, width: 110, align: "end", render: (r) => r.deviations?.length ?? 0, value: (r) => r.deviations?.length ?? 0 },
        { key: "resolved", title: t.standard.resolved, width: 100, align: "end", render: (r) => r.resolved?.length ?? 0, value: (r) => r.resolved?.length ?? 0 },
      ]}
    />
  );
}

/** 标准符合性: the versions of standards, and what the catalog and the interface were found to be against them. */
export default function Standards() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  return (
    <>
      <PageHead title={t.standard.title} lead={t.standard.lead} />
      <Tabs
        activeKey={search.get("tab") ?? "versions"}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "versions", label: t.standard.versions, children: <Versions /> },
          { key: "reports", label: t.standard.reports, children: <Reports /> },
        ]}
      />
    </>
  );
}
