import { QrcodeOutlined } from "@ant-design/icons";
import { Alert, Descriptions, Modal, Steps, Table, Typography } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { AdmissionCode } from "@/api/types";
import { useLanguage, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";
import "./admission.css";

function CodeModal({ code, close }: { code: AdmissionCode; close: () => void }) {
  const t = useText();
  return (
    <Modal open title={t.admission.code} footer={null} onCancel={close} width={420}>
      <div className="qr">
        <img src={code.picture} alt={code.url} width={260} height={260} />
        <p>{t.admission.scan}</p>
        <p>
          <b>{t.admission.validUntil(minute(code.state.expires))}</b>
        </p>
        <Typography.Paragraph copyable={{ text: code.url }} type="secondary" style={{ wordBreak: "break-all" }}>
          <a href={code.url} target="_blank" rel="noreferrer">
            {code.url}
          </a>
        </Typography.Paragraph>
        <Alert type="info" showIcon title={t.admission.once} />
      </div>
    </Modal>
  );
}

export default function AdmissionFile() {
  const t = useText();
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const query = useItem("/v1/admissions/{id}", { path: { id } });
  // The operator's review is a matter of its own; it opens with the papers, or with the pledge.
  const matters = useItem("/v1/matters", { query: { subject: id, limit: 1 } });
  const matter = matters.data?.items?.[0];
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: "party.admission" } });
  const papers = [...(procedure.data?.needs ?? []), ...(procedure.data?.ways ?? []).flatMap((w) => w.needs ?? [])];
  const paperName = (kind: string) => papers.find((p) => p.id === kind)?.title ?? wordFor(t.admission.papers, kind);
  const [code, setCode] = useState<AdmissionCode>();
  const openCode = useAct(() => post("/v1/admissions/{id}/code", { path: { id } }), setCode);
  return (
    <Loaded query={query}>
      {({ admission, organization, acts }) => {
        const stage = admission.state !== "applied" ? 2 : admission.pledge || admission.method === "paper" ? 1 : 0;
        return (
          <>
            <FilePage
              trail={[{ title: t.shell.menuAdmissions, to: path.admissions() }, { title: organization.name }]}
              title={organization.name}
              state={<StateTag state={admission.state} />}
              facts={[
                { label: t.admission.method, value: wordFor(t.admission.methods, admission.method) },
                { label: t.admission.appliedOn, value: dayWithWeekday(admission.applied_on, language) },
                { label: t.admission.decided, value: admission.decided && minute(admission.decided) },
                { label: t.matter.title, value: matter && <Link to={path.matter(matter.id)}>{t.scenario.openMatter}</Link> },
              ]}
              acts={acts?.map((o) => (
                <ActButton key={o.act} state={o} primary icon={<QrcodeOutlined aria-hidden />} label={t.admission.openCode} run={() => openCode.mutateAsync(undefined)} />
              ))}
              banner={
                <div className="file-banner">
                  <Steps
                    size="small"
                    current={stage}
                    status={admission.state === "refused" ? "error" : undefined}
                    items={[
                      {
                        title: admission.method === "qr" ? t.admission.stageQr : t.admission.stagePaper,
                        content: admission.pledge
                          ? `${admission.pledge.signer} ${minute(admission.pledge.signed)}`
                          : admission.code && t.admission.validUntil(minute(admission.code.expires)),
                      },
                      { title: t.admission.stageVerify },
                      { title: wordFor(t.states, admission.state === "applied" ? "admitted" : admission.state), content: admission.reason },
                    ]}
                  />
                </div>
              }
              tabs={[
                {
                  key: "org",
                  label: t.admission.organization,
                  content: (
                    <Descriptions
                      bordered
                      column={{ xs: 1, md: 2 }}
                      items={[
                        { label: t.common.name, children: organization.name },
                        { label: t.admission.uscc, children: organization.uscc },
                        { label: t.admission.kind, children: wordFor(t.admission.kinds, organization.kind) },
                        { label: t.admission.registered, children: organization.registered },
                        { label: t.admission.representative, children: organization.representative },
                        { label: t.admission.contact, children: `${organization.contact} ${organization.phone}` },
                        { label: t.admission.inProvince, children: organization.in_province ? t.common.yes : t.common.no },
                        { label: "DCMM", children: organization.dcmm ? t.common.yes : t.common.no },
                      ]}
                    />
                  ),
                },
                {
                  key: "documents",
                  label: `${t.file.documents} ${(admission.documents?.length ?? 0) + (admission.pledge ? 1 : 0)}`,
                  content: (
                    <Table
                      rowKey="kind"
                      pagination={false}
                      dataSource={[
                        ...(admission.documents ?? []),
                        ...(admission.pledge ? [{ kind: "pledge", name: `${admission.pledge.signer} ${minute(admission.pledge.signed)}`, blob: admission.pledge.text_sm3 }] : []),
                      ]}
                      locale={{ emptyText: t.file.noDocuments }}
                      columns={[
                        { title: t.common.name, dataIndex: "kind", render: (v: string) => paperName(v) },
                        { title: t.common.details, dataIndex: "name" },
                        { title: t.file.digest, dataIndex: "blob", render: (v: string) => <Typography.Text code copyable={{ text: v }}>{v.slice(0, 20)}…</Typography.Text> },
                      ]}
                    />
                  ),
                },
              ]}
            />
            {code && <CodeModal code={code} close={() => setCode(undefined)} />}
          </>
        );
      }}
    </Loaded>
  );
}
