import { Button, Drawer, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Drawn, InspectionPage, Me, Remark } from "@/api/types";
import { useText, wordFor } from "@/text";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { type Ask, Evidence, FileActs } from "./files";

const color: Record<Remark["state"], string> = { open: "warning", handled: "processing", closed: "success", clean: "success" };

/** One act on one item of the file, with its form. */
interface Doing {
  title: string;
  fields: NonNullable<Ask["fields"]>;
  run: Ask["run"];
}

function useDoing(file: InspectionPage) {
  const t = useText();
  const [doing, setDoing] = useState<Doing>();
  const params = (item: string) => ({ path: { id: file.id, item } });
  const texted: Doing["fields"] = [
    { name: "text", label: t.file.content, kind: "area", need: true },
    { name: "evidence", label: t.org.evidence, kind: "files" },
  ];
  return {
    modal: doing && <FormModal title={doing.title} fields={doing.fields} run={doing.run} close={() => setDoing(undefined)} />,
    answer: (item: string) =>
      setDoing({ title: wordFor(t.ledger.acts, "watch.inspect.answer"), fields: texted, run: (v) => post("/v1/inspections/{id}/requests/{item}/answer", params(item), { text: v.text ?? "", evidence: v.evidence }) }),
    handle: (item: string) =>
      setDoing({ title: wordFor(t.ledger.acts, "watch.inspect.handle"), fields: texted, run: (v) => post("/v1/inspections/{id}/findings/{item}/handle", params(item), { text: v.text ?? "", evidence: v.evidence }) }),
    close: (item: string) =>
      setDoing({
        title: wordFor(t.ledger.acts, "watch.inspect.close"),
        fields: [
          { name: "verdict", label: t.inspect.verdict, kind: "select", need: true, options: [{ value: "yes", label: t.inspect.accepted }, { value: "no", label: t.inspect.sentBack }] },
          { name: "opinion", label: t.inspect.opinion, kind: "area", need: true },
          { name: "due", label: t.watch.dueDay, kind: "day", extra: t.inspect.againHint },
        ],
        run: (v) => post("/v1/inspections/{id}/findings/{item}/close", params(item), { accept: (v.verdict as string) === "yes", opinion: v.opinion ?? "", due: v.due }),
      }),
    decide: (item: string) =>
      setDoing({ title: wordFor(t.ledger.acts, "watch.inspect.return"), fields: [{ name: "decision", label: t.inspect.decision, kind: "area", need: true }], run: (v) => post("/v1/inspections/{id}/transfers/{item}/return", params(item), { decision: v.decision ?? "" }) }),
  };
}

/** What was drawn: who did what and when, and the agreements. */
function DrawnView({ drawn, close }: { drawn: Drawn; close: () => void }) {
  const t = useText();
  const orgName = useOrgName();
  return (
    <Drawer open size={820} title={t.inspect.drawnOf(orgName(drawn.org))} onClose={close}>
      <Typography.Paragraph type="secondary">{t.inspect.drawnHint(drawn.agreements?.length ?? 0)}</Typography.Paragraph>
      <Table
        size="small"
        rowKey="seq"
        dataSource={drawn.entries ?? []}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: <EmptyState title={t.inspect.noEntries} /> }}
        columns={[
          { title: t.portal.time, width: 150, render: (_, e) => minute(e.recorded) },
          { title: t.common.actions, render: (_, e) => wordFor(t.ledger.acts, e.act) },
          { title: t.common.state, width: 90, render: (_, e) => wordFor(t.outcomes, e.outcome) },
          { title: t.common.code, width: 90, dataIndex: "seq" },
        ]}
      />
    </Drawer>
  );
}

/** 监督案卷: who inspects whom, what was asked and answered, what was found, who sees to it until when, what was handed on. */
export default function InspectionFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/inspections/{id}", { path: { id } });
  return <Loaded query={query}>{(x) => <InspectionView file={x} me={me} title={t.inspect.title} />}</Loaded>;
}

function InspectionView({ file: x, me, title }: { file: InspectionPage; me: Me; title: string }) {
  const t = useText();
  const orgName = useOrgName();
  const doing = useDoing(x);
  const [drawn, setDrawn] = useState<Drawn>();
  const orgs = useItem("/v1/organizations", { query: { limit: 200 } }).data?.items ?? [];
  const others = orgs.map((o) => ({ value: o.id, label: o.name }));
  const subjects = (x.subjects ?? []).map((s) => ({ value: s, label: orgName(s) }));
  const params = { path: { id: x.id } };
  const asks: Record<string, Ask> = {
    "watch.inspect.part": { fields: [{ name: "text", label: t.inspect.part, kind: "area", need: true }, { name: "evidence", label: t.org.evidence, kind: "files" }], run: (v) => post("/v1/inspections/{id}/part", params, { text: v.text ?? "", evidence: v.evidence }) },
    "watch.inspect.ask": {
      fields: [
        { name: "to", label: t.inspect.from, kind: "select", need: true, options: subjects },
        { name: "what", label: t.inspect.materials, kind: "area", need: true },
        { name: "due", label: t.watch.dueDay, kind: "day", need: true },
      ],
      run: (v) => post("/v1/inspections/{id}/ask", params, { to: v.to ?? "", what: v.what ?? "", due: v.due ?? "" }),
    },
    "watch.inspect.find": {
      fields: [
        ...(x.headings?.length ? [{ name: "heading", label: t.inspect.heading, kind: "select" as const, options: x.headings.map((h) => ({ value: h.name, label: h.title })) }] : []),
        { name: "text", label: x.kind === "resolution" ? t.inspect.task : t.inspect.finding, kind: "area", need: true },
        { name: "clean", label: t.inspect.clean, kind: "check" },
        { name: "owner", label: t.inspect.owner, kind: "select", options: others, extra: t.inspect.ownerHint },
        { name: "due", label: t.watch.dueDay, kind: "day" },
        { name: "evidence", label: t.org.evidence, kind: "files" },
      ],
      run: (v) => post("/v1/inspections/{id}/find", params, { heading: v.heading, text: v.text ?? "", clean: Boolean(v.clean), owner: v.owner, due: v.due, evidence: v.evidence }),
    },
    "watch.inspect.join": { fields: [{ name: "org", label: t.common.org, kind: "org", need: true }, { name: "duty", label: t.inspect.duty }], run: (v) => post("/v1/inspections/{id}/join", params, { org: v.org ?? "", duty: v.duty }) },
    "watch.inspect.pull": {
      fields: [
        { name: "org", label: t.inspect.from, kind: "select", need: true, options: subjects },
        { name: "from", label: t.common.from, kind: "day", need: true },
        { name: "to", label: t.common.until, kind: "day", need: true },
      ],
      run: async (v) => setDrawn(await post("/v1/inspections/{id}/pull", params, { org: v.org ?? "", from: v.from ?? "", to: v.to ?? "" })),
    },
    "watch.inspect.transfer": { fields: [{ name: "to", label: t.inspect.authority, kind: "org", need: true }, { name: "reason", label: t.common.reason, kind: "area", need: true }], run: (v) => post("/v1/inspections/{id}/transfer", params, { to: v.to ?? "", reason: v.reason ?? "" }) },
    "watch.inspect.conclude": { fields: [{ name: "text", label: t.inspect.conclusion, kind: "area", need: true }], run: (v) => post("/v1/inspections/{id}/conclude", params, { text: v.text ?? "" }) },
  };
  return (
    <>
      <FilePage
        trail={[{ title: t.shell.menuWatch, to: path.watch() }, { title, to: `${path.watch()}?tab=inspections` }, { title: x.title }]}
        title={x.title}
        state={wordFor(t.inspect.states, x.state)}
        facts={[
          { label: t.inspect.kind, value: wordFor(t.inspect.kinds, x.kind) },
          { label: t.inspect.lead, value: orgName(x.lead) },
          { label: t.inspect.subjects, value: x.subjects?.map((s) => orgName(s)).join("、") },
          { label: t.inspect.basis, value: x.basis },
          { label: t.common.created, value: minute(x.opened) },
          { label: t.inspect.conclusion, value: x.conclusion },
        ]}
        acts={<FileActs acts={x.acts} asks={asks} />}
        tabs={[
          {
            key: "findings",
            label: `${x.kind === "resolution" ? t.inspect.tasks : t.inspect.findings} ${x.findings?.length ?? 0}`,
            content: (
              <Table
                size="small"
                rowKey="id"
                pagination={false}
                dataSource={x.findings ?? []}
                locale={{ emptyText: <EmptyState title={t.inspect.noFindings} /> }}
                columns={[
                  { title: t.inspect.heading, width: 130, render: (_, f) => x.headings?.find((h) => h.name === f.heading)?.title ?? f.heading },
                  {
                    title: t.file.content,
                    render: (_, f) => (
                      <>
                        <div>{f.text}</div>
                        {f.handling?.map((h) => <div key={h.at} className="cite-meaning">{`${minute(h.at)} ${h.text}`}</div>)}
                        {f.opinion && <div className="cite-meaning">{`${t.inspect.opinion}：${f.opinion}`}</div>}
                      </>
                    ),
                  },
                  { title: t.inspect.owner, width: 180, render: (_, f) => f.owner && orgName(f.owner) },
                  { title: t.matter.due, width: 130, render: (_, f) => <>{f.due} {f.late && <Tag color="error">{t.inspect.late}</Tag>}</> },
                  { title: t.common.state, width: 100, render: (_, f) => <Tag color={color[f.state]}>{wordFor(t.inspect.findingStates, f.state)}</Tag> },
                  {
                    title: t.common.actions,
                    width: 130,
                    render: (_, f) =>
                      f.owner === me.org && f.state === "open" ? (
                        <Button size="small" type="primary" onClick={() => doing.handle(f.id)}>{t.inspect.handle}</Button>
                      ) : f.by === me.org && f.state === "handled" ? (
                        <Button size="small" type="primary" onClick={() => doing.close(f.id)}>{t.inspect.close}</Button>
                      ) : null,
                  },
                ]}
              />
            ),
          },
          {
            key: "requests",
            label: `${t.inspect.requests} ${x.requests?.length ?? 0}`,
            content: (
              <Table
                size="small"
                rowKey="id"
                pagination={false}
                dataSource={x.requests ?? []}
                locale={{ emptyText: <EmptyState title={t.inspect.noRequests} /> }}
                columns={[
                  { title: t.inspect.from, width: 180, render: (_, r) => orgName(r.to) },
                  { title: t.inspect.materials, dataIndex: "what" },
                  { title: t.matter.due, width: 140, render: (_, r) => <>{r.due} {r.late && <Tag color="error">{t.inspect.late}</Tag>}</> },
                  { title: t.inspect.answered, render: (_, r) => r.answered && <>{`${minute(r.answered)} ${r.answer}`}<Evidence digests={r.evidence} /></> },
                  { title: t.common.actions, width: 120, render: (_, r) => r.to === me.org && !r.answered && <Button size="small" type="primary" onClick={() => doing.answer(r.id)}>{t.inspect.answer}</Button> },
                ]}
              />
            ),
          },
          {
            key: "members",
            label: `${t.inspect.members} ${x.members?.length ?? 0}`,
            content: (
              <Table
                size="small"
                rowKey="org"
                pagination={false}
                dataSource={x.members ?? []}
                locale={{ emptyText: <EmptyState title={t.inspect.noMembers} /> }}
                columns={[
                  { title: t.common.org, width: 220, render: (_, m) => orgName(m.org) },
                  { title: t.inspect.duty, width: 180, dataIndex: "duty" },
                  { title: t.inspect.part, render: (_, m) => m.part ?? t.inspect.notYet },
                  { title: t.portal.time, width: 150, render: (_, m) => m.at && minute(m.at) },
                ]}
              />
            ),
          },
          {
            key: "transfers",
            label: `${t.inspect.transfers} ${x.transfers?.length ?? 0}`,
            content: (
              <Table
                size="small"
                rowKey="id"
                pagination={false}
                dataSource={x.transfers ?? []}
                locale={{ emptyText: <EmptyState title={t.inspect.noTransfers} /> }}
                columns={[
                  { title: t.inspect.authority, width: 200, render: (_, r) => orgName(r.to) },
                  { title: t.common.reason, dataIndex: "reason" },
                  { title: t.inspect.package, width: 200, render: (_, r) => <Typography.Text code copyable={{ text: r.package }}>{r.package.slice(0, 20)}…</Typography.Text> },
                  { title: t.portal.time, width: 150, render: (_, r) => minute(r.at) },
                  { title: t.inspect.decision, render: (_, r) => r.decision ?? (r.to === me.org ? <Button size="small" type="primary" onClick={() => doing.decide(r.id)}>{t.inspect.decide}</Button> : t.inspect.notYet) },
                ]}
              />
            ),
          },
          {
            key: "steps",
            label: t.inspect.steps,
            content: (
              <Table
                size="small"
                rowKey={(s) => s.at + s.act}
                pagination={false}
                dataSource={x.steps ?? []}
                columns={[
                  { title: t.portal.time, width: 150, render: (_, s) => minute(s.at) },
                  { title: t.common.org, width: 220, render: (_, s) => orgName(s.org) },
                  { title: t.common.actions, width: 180, render: (_, s) => wordFor(t.ledger.acts, s.act) },
                  { title: t.common.note, dataIndex: "note" },
                ]}
              />
            ),
          },
        ]}
      />
      {doing.modal}
      {drawn && <DrawnView drawn={drawn} close={() => setDrawn(undefined)} />}
    </>
  );
}
