import { UploadOutlined } from "@ant-design/icons";
import { Button, Form, Input, Radio, Select, Upload, type UploadFile } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { keepFile, post } from "@/api/client";
import { type RowOf, useAct, useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { PackProcedure } from "@/ui/PackProcedure";
import { EmptyState, Loaded, ProblemView } from "@/ui/ProblemView";
import { paper } from "@/util/paper";
import { path } from "@/util/path";
import { type Level, roleOfLevel, useLevels } from "./levels";

type NoticeItem = RowOf<"/v1/notices">;

interface Values {
  level: Level;
  authorizer?: string;
  field?: string;
  call?: string;
  recommendation?: string;
  statement: string;
  files?: Record<string, UploadFile[]>;
}

/** What is filled in on line and becomes a paper of its own. */
const statementPaper = "capability-statement";

function ApplyForm({ calls }: { calls: readonly NoticeItem[] }) {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const [search] = useSearchParams();
  const [form] = Form.useForm<Values>();
  const { levels } = useLevels();
  const call = search.get("call") ?? undefined;
  const called = levels.find((l) => l.kind === calls.find((c) => c.id === call)?.call?.for)?.level;
  const level = Form.useWatch("level", form) ?? called ?? levels[0]?.level ?? "operator";
  const at = levels.find((l) => l.level === level);
  const departments = useItem("/v1/departments").data?.items?.filter((d) => !d.ended) ?? [];
  const recommendations = useItem("/v1/recommendations").data?.items ?? [];
  const papers = (at?.procedure.needs ?? []).filter((n) => n.id !== statementPaper);
  const send = useAct(
    async ({ files, ...values }: Values) => {
      const documents = await Promise.all(
        papers.flatMap((p) => (files?.[p.id] ?? []).flatMap((u) => (u.originFileObj ? [keepFile(u.originFileObj).then((digest) => ({ kind: p.id, title: p.title, digest }))] : []))),
      );
      return post("/v1/authorizations", {}, { ...values, documents });
    },
    (made) => void navigate(path.authorization(made.id)),
  );
  const need = [{ required: true, message: t.common.required }];
  return (
    <Form form={form} layout="vertical" initialValues={{ level, call }} onFinish={(values) => send.mutate(values)} scrollToFirstError>
      <PageHead
        title={t.authorization.apply}
        lead={t.authorization.applyLead}
        extra={
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t.common.submit}
          </Button>
        }
      />
      {send.error && <ProblemView problem={send.error} />}
      <Panel title={t.authorization.level}>
        <Form.Item name="level" rules={need} noStyle>
          <Radio.Group options={levels.map((l) => ({ value: l.level, label: t.roles[roleOfLevel[l.level]] ?? l.level }))} />
        </Form.Item>
      </Panel>
      {at && <PackProcedure kind={at.kind} />}
      <Panel title={t.file.content}>
        {level === "developer" && (
          <Form.Item name="authorizer" label={t.authorization.authorizer} rules={need} extra={t.authorization.authorizerHint}>
            <Select options={departments.map((d) => ({ value: d.org, label: `${orgName(d.org)}（${d.fields?.join("、")}）` }))} />
          </Form.Item>
        )}
        <Form.Item name="field" label={t.notice.field}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="call" label={t.portal.noticeKinds.call} extra={t.authorization.callHint}>
          <Select allowClear options={calls.filter((c) => c.call?.for === at?.kind).map((c) => ({ value: c.id, label: `${c.title}（${c.open ? t.notice.taking : t.notice.notTaking}）` }))} />
        </Form.Item>
        {level === "operator" && recommendations.length > 0 && (
          <Form.Item name="recommendation" label={t.authorization.recommendations}>
            <Select allowClear options={recommendations.map((r) => ({ value: r.id, label: `${orgName(r.department)}：${r.field}` }))} />
          </Form.Item>
        )}
        <Form.Item name="statement" label={t.authorization.statement} rules={need} extra={t.authorization.statementHint}>
          <Input.TextArea autoSize={{ minRows: 5 }} maxLength={20000} showCount />
        </Form.Item>
      </Panel>
      {papers.length > 0 && (
        <Panel title={t.file.documents}>
          {papers.map((p) => (
            <Form.Item key={p.id} name={["files", p.id]} label={paper(p.title)} valuePropName="fileList" getValueFromEvent={(e: { fileList: UploadFile[] }) => e.fileList}>
              <Upload maxCount={1} beforeUpload={() => false}>
                <Button icon={<UploadOutlined aria-hidden />}>{t.common.upload}</Button>
              </Upload>
            </Form.Item>
          ))}
        </Panel>
      )}
    </Form>
  );
}

export default function AuthorizationNew() {
  const t = useText();
  const { query, levels } = useLevels();
  // The call that is answered decides which level the form begins with, so it is read first.
  const calls = useItem("/v1/notices", { query: { kind: "call", limit: 100 } });
  return (
    <Loaded query={query}>
      {() => (levels.length ? <Loaded query={calls}>{({ items }) => <ApplyForm calls={items ?? []} />}</Loaded> : <EmptyState title={t.authorization.noLevels} hint={t.authorization.noLevelsHint} />)}
    </Loaded>
  );
}
