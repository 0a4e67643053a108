import "./admission.css";
import { FileTextOutlined, QrcodeOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Form, Radio, Upload, type UploadFile } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type BodyOf, keepFile, post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Cite } from "@/api/problem";
import type { ProcedureOf } from "@/api/types";
import { useText, type Words } from "@/text";
import { Citations } from "@/ui/Citation";
import { PageHead, Panel } from "@/ui/FilePage";
import { PackProcedure } from "@/ui/PackProcedure";
import { Loaded, ProblemView } from "@/ui/ProblemView";
import { paper } from "@/util/paper";
import { path } from "@/util/path";

type PaperKind = NonNullable<NonNullable<BodyOf<"/v1/admissions", "post">>["documents"]>[number]["kind"];

interface Way {
  id: string;
  title: string;
  needs: { id: string; title: string }[] | null;
  cite?: Cite;
}

/** The ways to apply that the law in force offers; one without ways takes the papers of the procedure. */
function waysOf(procedure: ProcedureOf | undefined, t: Words): Way[] {
  if (!procedure) return [];
  return procedure.ways?.length ? procedure.ways : [{ id: "paper", title: t.admission.methods.paper ?? "", needs: procedure.needs }];
}

export default function AdmissionNew() {
  const t = useText();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string>();
  const [files, setFiles] = useState<Record<string, UploadFile>>({});
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: "party.admission" } });
  const ways = waysOf(procedure.data, t);
  const way = ways.find((w) => w.id === chosen) ?? ways[0];
  const apply = useAct(
    async () => {
      const documents = await Promise.all(
        (way?.needs ?? [])
          .filter((paper) => files[paper.id])
          .map(async ({ id: kind }) => {
            const file = files[kind]!;
            return { kind: kind as PaperKind, name: file.name, blob: await keepFile(file.originFileObj ?? (file as unknown as File)) };
          }),
      );
      return post("/v1/admissions", {}, { method: way?.id === "qr" ? "qr" : "paper", documents });
    },
    (page) => void navigate(path.admission(page.admission.id)),
  );
  return (
    <Loaded query={procedure}>
      {(law) => (
        <>
          <PageHead title={t.admission.apply} lead={t.admission.applyLead} extra={<Citations cites={[law.cite]} />} />
          {apply.error && <ProblemView problem={apply.error} />}
          <Panel title={t.admission.method}>
            <Radio.Group value={way?.id} onChange={(e) => setChosen(String(e.target.value))} className="method-cards">
              {ways.map((w) => (
                <Radio.Button key={w.id} value={w.id}>
                  {w.id === "qr" ? <QrcodeOutlined aria-hidden /> : <FileTextOutlined aria-hidden />}
                  <b>{t.admission.methods[w.id] ?? w.title}</b>
                  <span>{w.needs?.length ? w.needs.map((n) => paper(n.title)).join("、") : w.id === "qr" ? t.admission.qrHint : w.title}</span>
                </Radio.Button>
              ))}
            </Radio.Group>
            {way?.cite && <Citations cites={[way.cite]} />}
          </Panel>
          {Boolean(way?.needs?.length) && (
            <Panel title={t.file.documents}>
              <Form layout="vertical">
                {way?.needs?.map((need) => (
                  <Form.Item key={need.id} label={paper(need.title)}>
                    <Upload
                      maxCount={1}
                      beforeUpload={() => false}
                      fileList={files[need.id] ? [files[need.id]!] : []}
                      onChange={({ fileList }) => {
                        const next = { ...files };
                        if (fileList[0]) next[need.id] = fileList[0];
                        else delete next[need.id];
                        setFiles(next);
                      }}
                    >
                      <Button icon={<UploadOutlined aria-hidden />}>{t.common.upload}</Button>
                    </Upload>
                  </Form.Item>
                ))}
              </Form>
            </Panel>
          )}
          <PackProcedure kind="party.admission" />
          <Button type="primary" size="large" loading={apply.isPending} onClick={() => apply.mutate(undefined)}>
            {t.admission.file}
          </Button>
        </>
      )}
    </Loaded>
  );
}
