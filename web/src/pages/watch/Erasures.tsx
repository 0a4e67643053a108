import { Button, Tag } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";

/** What a data user owes when a person's consent is over: to delete what it was given, and to say how. */
export function Erasures({ org }: { org?: string }) {
  const t = useText();
  const orgName = useOrgName();
  const [filing, setFiling] = useState<string>();
  return (
    <>
      <ResourceTable
        id="erasures"
        endpoint="/v1/erasures"
        rowKey="id"
        empty={{ title: t.space.noErasures }}
        columns={[
          { key: "org", title: t.common.org, render: (e) => orgName(e.org), value: (e) => orgName(e.org) },
          { key: "consent", title: t.space.consent },
          { key: "ground", title: t.watch.ground, width: 120, render: (e) => wordFor(t.space.grounds, e.ground) },
          { key: "calls", title: t.space.calls, width: 110 },
          { key: "due", title: t.space.due, width: 230, render: (e) => e.due && <Deadline compact closed={e.state === "filed"} value={{ due: e.due, explain: e.explain }} /> },
          {
            key: "state",
            title: t.common.state,
            width: 200,
            render: (e) =>
              e.filed ? (
                `${t.space.filed} ${minute(e.filed)}`
              ) : e.org === org ? (
                <Button size="small" type="primary" onClick={() => setFiling(e.id)}>
                  {t.space.fileRecord}
                </Button>
              ) : (
                <Tag color={e.overdue ? "error" : "warning"}>{e.overdue ? t.space.overdue : t.space.due}</Tag>
              ),
          },
        ]}
      />
      {filing && (
        <FormModal<{ record: string; paper?: string }>
          title={t.space.fileRecord}
          close={() => setFiling(undefined)}
          run={(v) => post("/v1/erasures/{id}/file", { path: { id: filing } }, v)}
          fields={[
            { name: "record", label: t.space.record_text, kind: "area", need: true, max: 5000, extra: t.space.recordHint },
            { name: "paper", label: t.org.evidence, kind: "file" },
          ]}
        />
      )}
    </>
  );
}
