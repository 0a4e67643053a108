import { Alert, Button, Result, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { Deadline } from "@/ui/Deadline";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { Loaded } from "@/ui/ProblemView";

interface Objection {
  text: string;
  name: string;
  contact: string;
}

/** A period in public: until when, by which article, and the way to object, open to anybody. */
export function PublicityView({ id }: { id: string }) {
  const t = useText();
  const query = useItem("/v1/publicity/{id}", { path: { id } });
  const [asking, setAsking] = useState(false);
  const [sent, setSent] = useState<string>();
  return (
    <Loaded query={query}>
      {(p) => (
        <Panel
          title={t.publicity.of(p.step_title)}
          extra={
            <>
              <Deadline value={{ ...p.deadline, cite: p.cite }} closed={!p.open} />
              <Citation cite={p.cite} />
            </>
          }
        >
          <Typography.Paragraph>{t.publicity.about(p.applicant_name, p.kind_title, p.body)}</Typography.Paragraph>
          <Typography.Paragraph type="secondary">{p.deadline.explain}</Typography.Paragraph>
          {sent ? (
            <Result status="success" title={t.publicity.sent} subTitle={t.publicity.sentHint(sent)} />
          ) : p.open ? (
            <Button type="primary" onClick={() => setAsking(true)}>
              {t.publicity.object}
            </Button>
          ) : (
            <Alert type="info" showIcon title={t.publicity.closed} />
          )}
          <Typography.Paragraph style={{ marginTop: 16 }}>{t.publicity.received(p.received)}</Typography.Paragraph>
          {Boolean(p.results?.length) && (
            <Table
              size="small"
              rowKey={(_, i) => String(i)}
              pagination={false}
              dataSource={p.results ?? []}
              columns={[
                { title: t.common.state, width: 120, render: (_, r) => <Tag>{wordFor(t.matter.objectionStates, r.state)}</Tag> },
                { title: t.matter.reply, dataIndex: "reply" },
              ]}
            />
          )}
          {asking && (
            <FormModal<Objection>
              title={t.publicity.object}
              lead={<Typography.Paragraph type="secondary">{t.publicity.lead(p.body)}</Typography.Paragraph>}
              close={() => setAsking(false)}
              run={async (v) => setSent((await post("/v1/publicity/{id}/objections", { path: { id } }, v)).id)}
              fields={[
                { name: "text", label: t.matter.objection, kind: "area", need: true, extra: t.publicity.textHint },
                { name: "name", label: t.publicity.name, need: true, max: 60 },
                { name: "contact", label: t.publicity.contact, need: true, max: 120, extra: t.publicity.contactHint },
              ]}
            />
          )}
        </Panel>
      )}
    </Loaded>
  );
}
