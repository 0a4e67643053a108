import { Button, Drawer, Space, Table, Tag, Typography } from "antd";
import { lazy, Suspense, useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Me, Template, TemplatePage } from "@/api/types";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { minute } from "@/util/day";
import { paper } from "@/util/paper";

const TextDiff = lazy(() => import("@/ui/TextDiff"));

/** What the version came after: the one before it, or the text of the rules while that is in force. */
function before(page: TemplatePage, v: Template): string | undefined {
  return page.versions?.find((o) => o.version === v.version - 1)?.text ?? (v.version === 1 && page.version === 0 ? page.text : undefined);
}

/** One standard text: its words, what changed from version to version, and what may be done with each. */
function Versions({ page, close }: { page: TemplatePage; close: () => void }) {
  const t = useText();
  const orgName = useOrgName();
  const [filing, setFiling] = useState<Template>();
  const option = (act: string, on: string) => page.acts?.find((o) => o.act === act && o.on === on);
  return (
    <Drawer open size={860} title={paper(page.title)} onClose={close}>
      <Table<Template>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={page.versions ?? []}
        locale={{ emptyText: t.template.onlyRules }}
        expandable={{
          defaultExpandedRowKeys: page.versions?.slice(0, 1).map((v) => v.id),
          expandedRowRender: (v) => {
            const earlier = before(page, v);
            return earlier === undefined ? (
              <div className="document-text">{v.text}</div>
            ) : (
              <Suspense fallback={<div className="document-text">{v.text}</div>}>
                <TextDiff plain before={earlier} after={v.text ?? ""} label={t.template.changes(v.version)} />
              </Suspense>
            );
          },
        }}
        columns={[
          { title: t.notice.versions, width: 90, render: (_, v) => t.notice.version(v.version) },
          { title: t.template.note, dataIndex: "note" },
          { title: t.template.drafted, width: 160, render: (_, v) => <>{v.org && orgName(v.org)}<br />{minute(v.drafted)}</> },
          { title: t.template.filed, width: 160, render: (_, v) => v.filed && <>{v.number}<br />{minute(v.filed)}</> },
          { title: t.common.state, width: 100, render: (_, v) => <StandingTag page={page} version={v} /> },
          {
            title: t.common.actions,
            width: 130,
            render: (_, v) => {
              const file = option("party.template.file", v.id);
              const start = option("party.template.start", v.id);
              return (
                <Space>
                  {file && <ActButton size="small" state={file} primary={file.allowed} label={t.template.file} run={async () => {}} onOpen={() => setFiling(v)} />}
                  {start && <ActButton size="small" state={start} label={t.template.start} run={() => post("/v1/templates/{id}/start", { path: { id: v.id } })} />}
                </Space>
              );
            },
          },
        ]}
      />
      <Typography.Title level={5} style={{ marginTop: 24 }}>
        {page.version === 0 ? t.template.rulesText : t.template.inForceText(page.version)}
      </Typography.Title>
      <div className="document-text">{page.text || t.template.noText}</div>
      {filing && (
        <FormModal<{ number: string }>
          title={t.template.fileOf(paper(page.title), filing.version)}
          lead={<p>{t.template.fileLead}</p>}
          ok={t.template.file}
          close={() => setFiling(undefined)}
          run={(v) => post("/v1/templates/{id}/file", { path: { id: filing.id } }, v)}
          fields={[{ name: "number", label: t.register.number, need: true, max: 120 }]}
        />
      )}
    </Drawer>
  );
}

function StandingTag({ page, version }: { page: TemplatePage; version: Template }) {
  const t = useText();
  if (version.version === page.version) return <Tag color="success">{t.notice.inForce}</Tag>;
  return version.since ? <Tag>{t.template.replaced}</Tag> : <Tag color="warning">{t.template.waiting}</Tag>;
}

/** 范本: the standard texts that cases are made with, each with its versions. */
export function Templates() {
  const t = useText();
  const me = useOutletContext<Me>();
  const query = useItem("/v1/templates");
  const [shown, setShown] = useState<string>();
  const [drafting, setDrafting] = useState<TemplatePage>();
  const page = query.data?.items?.find((p) => p.slug === shown);
  const drafts = me.roles?.includes("platform-operator");
  return (
    <>
      <Typography.Paragraph type="secondary">{t.template.lead}</Typography.Paragraph>
      <FileTable<TemplatePage>
        // Papers that applicants bring have no text of their own: they stand behind those that have one.
        list={{ ...query, data: query.data && { items: [...(query.data.items ?? [])].sort((a, b) => Number(Boolean(b.text)) - Number(Boolean(a.text))) } }}
        rowKey="slug"
        width={760}
        empty={{ title: t.template.empty }}
        columns={[
          { title: t.common.name, render: (_, p) => <Button type="link" style={{ padding: 0 }} onClick={() => setShown(p.slug)}>{paper(p.title)}</Button> },
          { title: t.template.inForce, width: 180, render: (_, p) => (p.version === 0 ? (p.text ? t.template.ofRules : t.template.noText) : t.notice.version(p.version)) },
          { title: t.template.count, width: 110, align: "end", render: (_, p) => p.versions?.length ?? 0 },
          { title: t.common.state, width: 150, render: (_, p) => p.versions?.some((v) => !v.since) && <Tag color="warning">{t.template.waiting}</Tag> },
          {
            title: t.common.actions,
            width: 130,
            render: (_, p) =>
              drafts && (
                <Button size="small" aria-label={`${t.template.draft}：${paper(p.title)}`} onClick={() => setDrafting(p)}>
                  {t.template.draft}
                </Button>
              ),
          },
        ]}
      />
      {page && <Versions page={page} close={() => setShown(undefined)} />}
      {drafting && (
        <FormModal<{ text: string; note?: string }>
          title={t.template.draftOf(paper(drafting.title))}
          lead={<p>{t.template.draftLead}</p>}
          close={() => setDrafting(undefined)}
          run={(v) => post("/v1/templates", {}, { slug: drafting.slug, ...v })}
          fields={[
            { name: "text", label: t.template.text, kind: "area", need: true, max: 50000, initial: drafting.text },
            { name: "note", label: t.template.note, need: true, max: 500 },
          ]}
        />
      )}
    </>
  );
}
