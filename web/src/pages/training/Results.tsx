import { Button, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me, Training } from "@/api/types";
import { useText } from "@/text";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { minute, today } from "@/util/day";

interface Draft {
  account?: string;
  name: string;
  identity?: string;
  title: string;
  day: string;
  result: "attended" | "passed";
  score?: number;
  paper?: string;
}

export function ResultTag({ result }: { result: Training }) {
  const t = useText();
  if (result.passed) return <Tag color={result.until && result.until < today() ? "warning" : "success"}>{t.training.passedWord}</Tag>;
  return <Tag color={result.course ? "error" : undefined}>{result.course ? t.training.failedWord : t.training.attended}</Tag>;
}

/** 培训记录: the exams and trainings of an organization's people. */
export function Results({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/trainings", { path: { id: org } });
  const accounts = useItem("/v1/organizations/{id}/accounts", { path: { id: org } });
  const [asking, setAsking] = useState(false);
  const own = me.org === org;
  const examiner = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator") && !own;
  const people = accounts.data?.items?.filter((a) => !a.closed) ?? [];
  return (
    <>
      <Typography.Paragraph type="secondary" style={{ margin: "8px 0" }}>
        {t.training.resultsLead}
      </Typography.Paragraph>
      {(own || examiner) && (
        <Button type="primary" style={{ marginBottom: 12 }} onClick={() => setAsking(true)}>
          {t.training.record}
        </Button>
      )}
      <FileTable
        list={list}
        width={900}
        empty={{ title: t.training.noResults, hint: t.training.noResultsHint }}
        columns={[
          { title: t.people.realName, width: 130, render: (_, r) => <b style={{ fontWeight: 500 }}>{r.name}</b> },
          { title: t.training.course, dataIndex: "title" },
          { title: t.training.day, dataIndex: "day", width: 120 },
          { title: t.training.score, dataIndex: "score", width: 80, align: "end" },
          { title: t.training.result, width: 100, render: (_, r) => <ResultTag result={r} /> },
          { title: t.training.until, width: 130, render: (_, r) => (r.passed ? (r.until ?? t.training.unlimited) : t.common.none) },
          { title: t.training.paper, width: 170, render: (_, r) => r.paper && <Typography.Text copyable={{ text: r.paper }}>{r.paper.slice(0, 16)}…</Typography.Text> },
        ]}
      />
      {asking && (
        <FormModal<Draft>
          title={t.training.record}
          lead={<p>{t.training.recordLead}</p>}
          close={() => setAsking(false)}
          run={({ result, ...v }) => {
            const person = people.find((a) => a.id === v.account);
            return post("/v1/trainings", {}, { ...v, name: person?.name ?? v.name, org, passed: result === "passed" });
          }}
          fields={[
            { name: "account", label: t.training.account, kind: "select", extra: t.training.accountHint, options: people.map((a) => ({ value: a.id, label: `${a.name} (${a.login})` })) },
            { name: "name", label: t.people.realName, need: true, max: 60 },
            { name: "identity", label: t.people.identity, extra: t.people.identityHint, max: 18 },
            { name: "title", label: t.training.recordTitle, need: true },
            { name: "day", label: t.training.day, kind: "day", need: true },
            {
              name: "result",
              label: t.training.result,
              kind: "select",
              need: true,
              initial: "attended",
              options: [{ value: "attended", label: t.training.attended }, ...(examiner ? [{ value: "passed", label: t.training.passedWord }] : [])],
            },
            { name: "score", label: t.training.score, kind: "number" },
            { name: "paper", label: t.training.paper, kind: "file" },
          ]}
        />
      )}
    </>
  );
}

/** 签署情况: every account of the organization, signed or not. */
export function Signatures({ org }: { org: string }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/undertakings", { path: { id: org } });
  const accounts = useItem("/v1/organizations/{id}/accounts", { path: { id: org } });
  const signed = list.data?.items ?? [];
  const missing = list.data ? (accounts.data?.items ?? []).filter((a) => !a.closed && !signed.some((u) => u.account === a.id)) : [];
  const rows = [...signed, ...missing.map((a) => ({ id: a.id, account: a.id, name: a.name, signed: "", text: "", text_sm3: "", until: undefined as string | undefined }))];
  return (
    <>
      {list.error && <ProblemView problem={list.error} />}
      {!list.error && (
        <Table
          style={{ marginTop: 8 }}
          size="middle"
          rowKey="id"
          loading={list.isPending}
          pagination={false}
          scroll={{ x: 800 }}
          dataSource={rows}
          locale={{ emptyText: list.isPending ? " " : <EmptyState title={t.training.noSigned} hint={t.training.noSignedHint} /> }}
          expandable={{ rowExpandable: (u) => Boolean(u.text), expandedRowRender: (u) => <div className="document-text">{u.text}</div> }}
          columns={[
            { title: t.people.realName, width: 160, render: (_, u) => <b style={{ fontWeight: 500 }}>{u.name}</b> },
            { title: t.common.state, width: 110, render: (_, u) => <Tag color={u.signed ? "success" : "warning"}>{u.signed ? t.admission.pledged : t.training.unsigned}</Tag> },
            { title: t.training.signedTime, width: 170, render: (_, u) => minute(u.signed) },
            { title: t.training.until, width: 130, render: (_, u) => (u.signed ? (u.until ?? t.training.unlimited) : t.common.none) },
            { title: t.training.digest, render: (_, u) => u.text_sm3 && <Typography.Text copyable={{ text: u.text_sm3 }}>{u.text_sm3.slice(0, 24)}…</Typography.Text> },
          ]}
        />
      )}
    </>
  );
}
