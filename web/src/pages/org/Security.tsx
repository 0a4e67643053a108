import { Alert, Button, Tag, Tooltip } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Gap, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citation } from "@/ui/Citation";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { ProblemView } from "@/ui/ProblemView";
import { today } from "@/util/day";

interface Draft {
  kind: string;
  title: string;
  number?: string;
  paper: string;
  from: string;
  until?: string;
}

/** What a file lacks, each with its state; nothing where it is complete. */
export function GapTags({ gaps }: { gaps?: Gap[] | null }) {
  const t = useText();
  return (
    <>
      {gaps?.map((g) => (
        <Tooltip key={g.what} title={`${g.cite.law ?? ""}${g.cite.article}${g.since ? ` · ${t.org.gapSince(g.since)}` : ""}`}>
          <Tag color={g.state === "missing" ? "error" : "warning"}>{`${g.title}：${wordFor(t.org.gapStates, g.state)}`}</Tag>
        </Tooltip>
      ))}
    </>
  );
}

/** 安全管理文件: what the organization filed, until when it holds, and what the law still asks for. */
export function Security({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const gaps = useItem("/v1/organizations/{id}/gaps", { path: { id: org } });
  const list = useItem("/v1/organizations/{id}/security-files", { path: { id: org } });
  const [filing, setFiling] = useState(false);
  const own = me.org === org;
  const asked = (gaps.data?.items ?? []).filter((g) => !["unit", "officer", "training"].includes(g.what));
  const known = (list.data?.items ?? []).map((f) => ({ value: f.kind, label: f.title }));
  const kinds = [...asked.map((g) => ({ value: g.what, label: g.title })), ...known].filter((k, i, all) => all.findIndex((x) => x.value === k.value) === i);
  return (
    <>
      {gaps.error && <ProblemView problem={gaps.error} />}
      {gaps.data && gaps.data.items?.length === 0 && <Alert type="success" showIcon title={t.org.complete} style={{ margin: "8px 0 12px" }} />}
      {gaps.data?.items?.map((g) => (
        <Alert
          key={g.what}
          type={g.state === "missing" ? "error" : "warning"}
          showIcon
          style={{ margin: "8px 0" }}
          title={
            <>
              {`${g.title}：${wordFor(t.org.gapStates, g.state)}${g.since ? `（${t.org.gapSince(g.since)}）` : ""} `}
              <Citation cite={g.cite} />
            </>
          }
        />
      ))}
      {own && (
        <Button type="primary" style={{ margin: "8px 0 12px" }} disabled={kinds.length === 0} title={kinds.length ? undefined : t.org.nothingAsked} onClick={() => setFiling(true)}>
          {t.org.fileSecurity}
        </Button>
      )}
      <FileTable
        list={list}
        width={800}
        empty={{ title: t.org.noSecurity, hint: t.org.noSecurityHint }}
        columns={[
          { title: t.org.securityPaper, dataIndex: "title" },
          { title: t.org.certificateNumber, dataIndex: "number", width: 180 },
          { title: t.grant.term, width: 210, render: (_, f) => `${f.from} – ${f.until ?? t.law.open}` },
          {
            title: t.common.state,
            width: 110,
            render: (_, f) => {
              const state = f.state === "ended" ? "ended" : f.until && f.until < today() ? "lapsed" : "valid";
              return <Tag color={state === "valid" ? "success" : state === "lapsed" ? "error" : undefined}>{t.org.securityStates[state]}</Tag>;
            },
          },
          {
            title: t.common.actions,
            width: 110,
            render: (_, f) => own && f.state === "filed" && <ActButton size="small" label={t.org.endSecurity} run={() => post("/v1/security-files/{id}/end", { path: { id: f.id } })} />,
          },
        ]}
      />
      {filing && (
        <FormModal<Draft>
          title={t.org.fileSecurity}
          close={() => setFiling(false)}
          run={(v) => post("/v1/security-files", {}, v)}
          fields={[
            { name: "kind", label: t.org.securityKind, kind: "select", need: true, options: kinds },
            { name: "title", label: t.org.securityPaper, need: true, max: 200 },
            { name: "number", label: t.org.certificateNumber },
            { name: "paper", label: t.org.scan, kind: "file", need: true },
            { name: "from", label: t.common.from, kind: "day", need: true },
            { name: "until", label: t.common.until, kind: "day" },
          ]}
        />
      )}
    </>
  );
}
