import { Button, Space, Tag } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me, Qualification } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FileTable } from "@/ui/FileTable";
import { FormModal, type FormField } from "@/ui/FormModal";

interface Certificate {
  kind: Qualification["kind"];
  level?: number;
  number: string;
  issuer: string;
  title?: string;
  from: string;
  until?: string;
  paper?: string;
}

function useCertificateFields(): FormField<Certificate>[] {
  const t = useText();
  return [
    { name: "kind", label: t.org.qualification, kind: "select", need: true, options: Object.entries(t.org.qualificationKinds).map(([value, label]) => ({ value, label })) },
    { name: "level", label: t.org.qualificationLevel, kind: "number", extra: t.org.levelHint },
    { name: "number", label: t.org.certificateNumber, need: true },
    { name: "issuer", label: t.org.issuer, need: true },
    { name: "from", label: t.common.from, kind: "day", need: true },
    { name: "until", label: t.common.until, kind: "day" },
    { name: "paper", label: t.org.scan, kind: "file" },
  ];
}

/** 资质: what the organization filed, what was verified, and until when it holds. */
export function Qualifications({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/qualifications", { path: { id: org } });
  const fields = useCertificateFields();
  const [filing, setFiling] = useState<"own" | "recognize">();
  const [verifying, setVerifying] = useState<Qualification>();
  const own = me.org === org;
  const office = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  return (
    <>
      <Space style={{ margin: "8px 0 12px" }}>
        {own && (
          <Button type="primary" onClick={() => setFiling("own")}>
            {t.org.fileQualification}
          </Button>
        )}
        {me.roles?.includes("data-bureau") && <Button onClick={() => setFiling("recognize")}>{t.org.recognize}</Button>}
      </Space>
      <FileTable
        list={list}
        width={900}
        empty={{ title: t.org.noQualifications, hint: t.org.noQualificationsHint }}
        columns={[
          { title: t.org.qualification, render: (_, q) => <b>{`${wordFor(t.org.qualificationKinds, q.kind)}${q.level ? ` ${t.org.level(q.level)}` : ""}`}</b> },
          { title: t.org.certificateNumber, dataIndex: "number" },
          { title: t.org.issuer, dataIndex: "issuer" },
          { title: t.grant.term, width: 210, render: (_, q) => `${q.from} – ${q.until ?? t.law.open}` },
          { title: t.common.state, width: 110, render: (_, q) => <Tag color={q.state === "verified" ? "success" : q.state === "filed" ? "processing" : "error"}>{wordFor(t.org.qualificationStates, q.state)}</Tag> },
          { title: t.common.note, dataIndex: "reason" },
          {
            title: t.common.actions,
            width: 130,
            render: (_, q) =>
              office &&
              (q.state === "filed" ? (
                <Button size="small" type="primary" onClick={() => setVerifying(q)}>
                  {t.org.verify}
                </Button>
              ) : (
                q.state === "verified" && <ActButton size="small" dangerous label={t.org.revokeQualification} run={({ reason }) => post("/v1/qualifications/{id}/revoke", { path: { id: q.id } }, { reason: reason ?? "" })} />
              )),
          },
        ]}
      />
      {filing && (
        <FormModal<Certificate>
          title={filing === "own" ? t.org.fileQualification : t.org.recognize}
          fields={fields}
          close={() => setFiling(undefined)}
          run={(v) => (filing === "own" ? post("/v1/qualifications", {}, v) : post("/v1/organizations/{id}/recognize", { path: { id: org } }, v))}
        />
      )}
      {verifying && (
        <FormModal<{ accept: string; reason: string }>
          title={t.org.verify}
          close={() => setVerifying(undefined)}
          run={({ accept, reason }) => post("/v1/qualifications/{id}/verify", { path: { id: verifying.id } }, { accept: accept === "yes", reason })}
          fields={[
            { name: "accept", label: t.matter.outcome, kind: "select", need: true, options: [{ value: "yes", label: t.matter.met }, { value: "no", label: t.matter.unmet }] },
            { name: "reason", label: t.common.reason, kind: "area", need: true },
          ]}
        />
      )}
    </>
  );
}
