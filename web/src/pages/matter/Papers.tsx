import { DeploymentUnitOutlined, DownloadOutlined, EyeOutlined } from "@ant-design/icons";
import { Button, Modal, Segmented, Skeleton, Space, Table, Tag, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { useItem } from "@/api/hooks";
import { asProblem, Problem } from "@/api/problem";
import type { Difference, Matter, MatterDocument } from "@/api/types";
import { useText, wordFor } from "@/text";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { saveBlob, typeOf } from "@/util/file";
import { modelOf, paper } from "@/util/paper";
import { path } from "@/util/path";

async function fetchPaper(matter: string, digest: string): Promise<Blob> {
  const answer = await fetch(`/v1/matters/${encodeURIComponent(matter)}/documents/${encodeURIComponent(digest)}`).catch((e: unknown) => {
    throw Problem.offline(e);
  });
  if (!answer.ok) throw new Problem(await answer.json().catch(() => ({})), answer.status);
  return answer.blob();
}

/** A paper looked at without saving it. Only pictures, PDF and plain text are shown; their kind is read from the bytes, not from the name. */
function Preview({ matter, document, close }: { matter: string; document: MatterDocument; close: () => void }) {
  const t = useText();
  const file = useQuery({
    queryKey: ["paper", matter, document.digest],
    queryFn: async () => {
      const bytes = await fetchPaper(matter, document.digest ?? "");
      const type = typeOf(new Uint8Array(await bytes.slice(0, 512).arrayBuffer()));
      return { bytes, type, text: type === "text/plain" ? await bytes.text() : undefined };
    },
  });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file.data?.type || file.data.text !== undefined) return;
    const made = URL.createObjectURL(new Blob([file.data.bytes], { type: file.data.type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file.data]);
  return (
    <Modal
      open
      width={900}
      title={paper(document.title)}
      onCancel={close}
      footer={
        <Button icon={<DownloadOutlined aria-hidden />} disabled={!file.data} onClick={() => file.data && saveBlob(document.title, file.data.bytes, file.data.type)}>
          {t.common.download}
        </Button>
      }
    >
      {file.error && <ProblemView problem={asProblem(file.error)} />}
      {file.isPending && <Skeleton active />}
      {file.data?.text !== undefined && <div className="document-text paper-frame">{file.data.text}</div>}
      {url && file.data?.type?.startsWith("image/") && <img src={url} alt={document.title} style={{ maxWidth: "100%" }} />}
      {url && file.data?.type === "application/pdf" && <iframe src={url} title={document.title} className="paper-frame" />}
      {file.data && !file.data.type && <EmptyState title={t.file.noPreview} hint={t.file.noPreviewHint} />}
    </Modal>
  );
}

const mark = { same: " ", added: "+", removed: "−" } as const;
const color: Record<Difference["what"], string | undefined> = { same: undefined, added: "success", removed: "error", replaced: "warning", edited: "warning" };

/** What changed between two rounds of the same application; a file that was replaced stays to be read beside its successor. */
function Compare({ matter, show }: { matter: Matter; show: (d: MatterDocument) => void }) {
  const t = useText();
  const [from, setFrom] = useState(Math.max(0, matter.rounds - 1));
  const [to, setTo] = useState(matter.rounds);
  const rounds = Array.from({ length: matter.rounds + 1 }, (_, n) => ({ value: n, label: t.matter.round(n) }));
  const changes = useItem("/v1/matters/{id}/compare", { path: { id: matter.id }, query: { from, to } });
  return (
    <>
      <Space wrap style={{ margin: "16px 0 12px" }}>
        <b>{t.matter.compare}</b>
        <Segmented size="small" aria-label={t.common.from} value={from} onChange={setFrom} options={rounds} />
        {t.law.until}
        <Segmented size="small" aria-label={t.common.until} value={to} onChange={setTo} options={rounds} />
      </Space>
      {changes.error && <ProblemView problem={changes.error} />}
      {changes.data?.items?.map((d) => (
        <section key={d.kind} className="paper-diff">
          <header>
            {paper(d.title)} <Tag color={color[d.what]}>{wordFor(t.matter.differences, d.what)}</Tag>
          </header>
          {d.lines?.map((line, i) => (
            <div key={i} className={`diff-${line.op}`}>
              <span aria-label={wordFor(t.matter.differences, line.op)}>{mark[line.op]}</span> {line.text}
            </div>
          ))}
          {(["removed", "added"] as const).map((op) =>
            (op === "removed" ? d.old : d.new)?.map((file) => (
              <div key={op + file.digest} className={`diff-${op}`}>
                <span aria-hidden>{mark[op]}</span>{" "}
                <Button size="small" type="link" icon={<EyeOutlined aria-hidden />} onClick={() => show(file)}>
                  {op === "removed" ? t.matter.oldFile(paper(file.title)) : t.matter.newFile(paper(file.title))}
                </Button>
                <Typography.Text type="secondary" code>
                  {file.digest?.slice(0, 24)}…
                </Typography.Text>
              </div>
            )),
          )}
        </section>
      ))}
    </>
  );
}

/** The papers of a matter: read on screen, saved, and compared with what was handed in before. */
export function Papers({ matter }: { matter: Matter }) {
  const t = useText();
  const [shown, setShown] = useState<MatterDocument>();
  const documents = matter.documents ?? [];
  if (documents.length === 0) return <EmptyState title={t.file.noDocuments} />;
  return (
    <>
      <Table
        size="middle"
        rowKey={(d) => d.kind + (d.digest ?? d.title)}
        pagination={false}
        dataSource={documents}
        expandable={{ rowExpandable: (d) => Boolean(d.text) && !modelOf(d), expandedRowRender: (d) => <div className="document-text">{d.text}</div>, defaultExpandAllRows: documents.length <= 8 }}
        columns={[
          { title: t.common.name, dataIndex: "title", render: (v: string) => paper(v) },
          {
            title: t.file.digest,
            hidden: !documents.some((d) => d.digest ?? modelOf(d)),
            render: (_, d: MatterDocument) => {
              const digest = d.digest ?? modelOf(d)?.digest;
              return digest && <Typography.Text copyable={{ text: digest }}>{digest.slice(0, 24)}…</Typography.Text>;
            },
          },
          {
            title: t.common.actions,
            width: 130,
            hidden: !documents.some((d) => d.digest ?? modelOf(d)),
            render: (_, d) => {
              const model = modelOf(d);
              if (model)
                return (
                  <Link to={path.model(model.version)} target="_blank">
                    <DeploymentUnitOutlined aria-hidden /> {t.matter.readModel}
                  </Link>
                );
              return d.digest && (
                <Button size="small" icon={<EyeOutlined aria-hidden />} onClick={() => setShown(d)}>
                  {t.common.view}
                </Button>
              );
            },
          },
        ]}
      />
      {matter.rounds > 0 && <Compare matter={matter} show={setShown} />}
      {shown && <Preview matter={matter.id} document={shown} close={() => setShown(undefined)} />}
    </>
  );
}
