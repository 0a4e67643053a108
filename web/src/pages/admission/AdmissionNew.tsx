import "./admission.css";
import { FileTextOutlined, QrcodeOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Form, Radio, Upload, type UploadFile } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { keepFile, post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useText } from "@/text";
import { Citations } from "@/ui/Citation";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

const papers = ["business-license", "representative-proof", "organization-profile", "pledge"] as const;

export default function AdmissionNew() {
  const t = useText();
  const navigate = useNavigate();
  const [method, setMethod] = useState<"qr" | "paper">("qr");
  const [files, setFiles] = useState<Record<string, UploadFile>>({});
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: "party.admission" } });
  const apply = useAct(
    async () => {
      const documents =
        method === "qr"
          ? []
          : await Promise.all(
              papers
                .filter((kind) => files[kind])
                .map(async (kind) => {
                  const file = files[kind]!;
                  return { kind, name: file.name, blob: await keepFile(file.originFileObj ?? (file as unknown as File)) };
                }),
            );
      return post("/v1/admissions", {}, { method, documents });
    },
    (page) => void navigate(path.admission(page.admission.id)),
  );
  return (
    <>
      <PageHead title={t.admission.apply} lead={t.admission.applyLead} extra={<Citations cites={procedure.data ? [procedure.data.cite] : []} />} />
      {apply.error && <ProblemView problem={apply.error} />}
      <Panel title={t.admission.method}>
        <Radio.Group value={method} onChange={(e) => setMethod(e.target.value as "qr" | "paper")} className="method-cards">
          <Radio.Button value="qr">
            <QrcodeOutlined />
            <b>{t.admission.methods.qr}</b>
            <span>{t.admission.qrHint}</span>
          </Radio.Button>
          <Radio.Button value="paper">
            <FileTextOutlined />
            <b>{t.admission.methods.paper}</b>
            <span>{t.admission.paperHint}</span>
          </Radio.Button>
        </Radio.Group>
      </Panel>
      {method === "paper" && (
        <Panel title={t.file.documents}>
          <Form layout="vertical">
            {papers.map((kind) => (
              <Form.Item key={kind} label={t.admission.papers[kind]}>
                <Upload
                  maxCount={1}
                  beforeUpload={() => false}
                  fileList={files[kind] ? [files[kind]] : []}
                  onChange={({ fileList }) => {
                    const next = { ...files };
                    if (fileList[0]) next[kind] = fileList[0];
                    else delete next[kind];
                    setFiles(next);
                  }}
                >
                  <Button icon={<UploadOutlined />}>{t.common.upload}</Button>
                </Upload>
              </Form.Item>
            ))}
          </Form>
        </Panel>
      )}
      <Button type="primary" size="large" loading={apply.isPending} onClick={() => apply.mutate(undefined)}>
        {t.admission.file}
      </Button>
    </>
  );
}
