import { Alert, Checkbox, DatePicker, Form, Input, Modal, Select, Typography } from "antd";
import type { Dayjs } from "dayjs";
import { useNavigate, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Agreement, Me, Terms } from "@/api/types";
import { useText } from "@/text";
import { Citation } from "@/ui/Citation";
import { EntrySelect } from "@/ui/EntrySelect";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { keepsSeals } from "@/util/rights";

/** What is signed: a declaration or an authorization whose text is still to be laid down, or an agreement that waits for another side. */
export type Signing = { declaration: string } | { authorization: string; level: string } | { agreement: Agreement };

interface Values {
  term?: [Dayjs, Dayjs];
  paid?: boolean;
  exception?: string;
  seal?: string;
  clauses?: Record<string, string>;
  resources?: string[];
}

function sign(what: Signing, terms: Terms) {
  if ("declaration" in what) return post("/v1/declarations/{id}/sign", { path: { id: what.declaration } }, terms);
  if ("authorization" in what) return post("/v1/authorizations/{id}/sign", { path: { id: what.authorization } }, terms);
  return post("/v1/agreements/{id}/sign", { path: { id: what.agreement.id } }, terms);
}

/** What the law says of an agreement of this kind: the cap of its term and the clauses it must state. */
function useAgreementLaw(kind: string) {
  const values = useItem("/v1/regime/values").data?.items ?? [];
  const named = (name: string) => values.find((v) => v.name === `agreement.${kind}.${name}`);
  const clauses = (named("clauses")?.text ?? "").split(/[,，]/).flatMap((item) => {
    const [id, ...title] = item.trim().split(" ");
    return id ? [{ id, title: title.join(" ") || id }] : [];
  });
  return { years: named("term.years"), exception: named("term.exception"), clauses };
}

/** The first to sign lays down term and open clauses; the others read and sign, under the seal where the law asks for one. */
export function SignModal({ what, close }: { what: Signing; close: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const [form] = Form.useForm<Values>();
  const drafted = "agreement" in what ? what.agreement : undefined;
  const kind = drafted?.kind ?? ("authorization" in what ? (what.level === "operator" ? "operation" : "development") : "scenario");
  const law = useAgreementLaw(kind);
  const seals = useItem("/v1/seals", {}, { enabled: keepsSeals(me) }).data?.items?.filter((s) => !s.closed && s.keepers?.includes(me.account)) ?? [];
  const covers = !drafted && kind === "operation";
  const open = drafted ? (drafted.clauses ?? []).filter((c) => c.needs) : law.clauses;
  const send = useAct(
    ({ term, ...rest }: Values) =>
      sign(what, { ...rest, ...(term ? { from: term[0].format("YYYY-MM-DD"), until: term[1].format("YYYY-MM-DD") } : {}) }),
    (agreement) => {
      close();
      void navigate(path.agreement(agreement.id));
    },
  );
  return (
    <Modal open width={640} title={t.grant.sign} okText={t.grant.sign} confirmLoading={send.isPending} onOk={() => form.submit()} onCancel={close}>
      <Typography.Paragraph type="secondary">{drafted ? t.grant.countersignLead(drafted.from, drafted.until) : t.grant.signLead}</Typography.Paragraph>
      {law.years && !drafted && (
        <Alert
          type="info"
          style={{ marginBottom: 12 }}
          title={
            <>
              {t.grant.cap(law.years.int)} <Citation cite={law.years.cite} />
            </>
          }
        />
      )}
      <Form form={form} layout="vertical" onFinish={(values) => send.mutate(values)}>
        {!drafted && (
          <Form.Item name="term" label={t.grant.term} rules={[{ required: true, message: t.common.required }]}>
            <DatePicker.RangePicker style={{ width: "100%" }} />
          </Form.Item>
        )}
        {!drafted && law.exception && (
          <Form.Item name="exception" label={t.grant.exception} extra={t.grant.exceptionHint}>
            <Input.TextArea autoSize={{ minRows: 2 }} maxLength={2000} />
          </Form.Item>
        )}
        {covers && (
          <Form.Item name="resources" label={t.grant.covers} extra={t.grant.coversHint}>
            <EntrySelect mode="multiple" />
          </Form.Item>
        )}
        {open.map((c) => (
          <Form.Item key={c.id} name={["clauses", c.id]} label={c.title} extra={t.grant.clauseHint}>
            <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} />
          </Form.Item>
        ))}
        {!drafted && (
          <Form.Item name="paid" valuePropName="checked">
            <Checkbox>{t.grant.paid}</Checkbox>
          </Form.Item>
        )}
        {seals.length > 0 && (
          <Form.Item name="seal" label={t.grant.seal} extra={t.grant.sealHint}>
            <Select allowClear options={seals.map((s) => ({ value: s.id, label: s.name }))} />
          </Form.Item>
        )}
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}
