import "@/shell/portal.css";
import { Button, Checkbox, Col, DatePicker, Form, Input, Result, Row, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Organization } from "@/api/types";
import { Brand, LanguageSwitch } from "@/shell/Brand";
import { useText, wordFor } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Values {
  account: { login: string; password: string; name: string };
  organization: {
    name: string;
    uscc: string;
    kind: Organization["kind"];
    legal_form?: Organization["legal_form"];
    roles?: NonNullable<Organization["roles"]>;
    registered: Dayjs;
    in_province?: boolean;
    dcmm?: boolean;
    representative: string;
    representative_id: string;
    contact: string;
    phone: string;
  };
}

/** As what a body of each kind may have been established; a public body goes without saying. */
const formsOf: Record<Organization["kind"], NonNullable<Organization["legal_form"]>[]> = {
  enterprise: ["enterprise", "partnership", "branch", "individual"],
  institution: ["institution-1", "institution-2", "statutory", "social", "mass"],
  "public-body": [],
};

/** The first step of an organization: its entry in the register and the account that acts for it. */
export default function Register() {
  const t = useText();
  const [done, setDone] = useState(false);
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch(["organization", "kind"], form) ?? "enterprise";
  const named = useItem("/v1/regime").data?.roles ?? {};
  // A regulation that knows buyers names them; an unnamed role comes back as its slug.
  const capacities = ["data-user", "buyer"].filter((role) => role === "data-user" || (named[role] ?? role) !== role);
  const join = useAct(
    ({ account, organization }: Values) =>
      post("/v1/organizations", {}, {
        account: { ...account, roles: organization.roles ?? ["data-user"] },
        organization: {
          ...organization,
          registered: organization.registered.format("YYYY-MM-DD"),
          in_province: organization.in_province ?? false,
          dcmm: organization.dcmm ?? false,
        },
      }),
    () => setDone(true),
  );
  const need = [{ required: true, message: t.common.required }];
  return (
    <div className="portal">
      <header className="portal-head">
        <div className="portal-inner portal-bar">
          <Brand />
          <div style={{ flex: 1 }} />
          <LanguageSwitch />
        </div>
      </header>
      <main className="portal-inner portal-page" style={{ width: "100%", boxSizing: "border-box" }}>
        {done ? (
          <Result
            status="success"
            title={t.admission.joined}
            subTitle={t.admission.joinedHint}
            extra={
              <ButtonLink to={path.signin(path.admissionNew())} type="primary">{t.shell.signIn}</ButtonLink>
            }
          />
        ) : (
          <Form form={form} layout="vertical" initialValues={{ organization: { kind: "enterprise", legal_form: "enterprise", roles: ["data-user"] } }} onFinish={(values) => join.mutate(values)} scrollToFirstError>
            <PageHead title={t.admission.register} lead={t.admission.registerLead} />
            {join.error && <ProblemView problem={join.error} />}
            <Panel title={t.admission.organization}>
              <Row gutter={16}>
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "name"]} label={t.common.name} rules={need}>
                    <Input />
                  </Form.Item>
                </Col>
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "uscc"]} label={t.admission.uscc} rules={need}>
                    <Input maxLength={18} />
                  </Form.Item>
                </Col>
                {capacities.length > 1 && (
                  <Col xs={24}>
                    <Form.Item name={["organization", "roles"]} label={t.admission.joinAs} rules={need}>
                      <Checkbox.Group options={capacities.map((value) => ({ value, label: wordFor(t.roles, value) }))} />
                    </Form.Item>
                  </Col>
                )}
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "kind"]} label={t.admission.kind}>
                    <Select
                      options={Object.entries(t.admission.kinds).map(([value, label]) => ({ value, label }))}
                      onChange={(next: Organization["kind"]) => form.setFieldValue(["organization", "legal_form"], next === "enterprise" ? "enterprise" : undefined)}
                    />
                  </Form.Item>
                </Col>
                {formsOf[kind].length > 0 && (
                  <Col xs={24} md={12}>
                    <Form.Item name={["organization", "legal_form"]} label={t.org.legalForm} extra={t.admission.legalFormHint} rules={need}>
                      <Select options={formsOf[kind].map((value) => ({ value, label: wordFor(t.org.legalForms, value) }))} />
                    </Form.Item>
                  </Col>
                )}
                <Col xs={24} md={8}>
                  <Form.Item name={["organization", "registered"]} label={t.admission.registered} rules={need}>
                    <DatePicker style={{ width: "100%" }} />
                  </Form.Item>
                </Col>
                <Col xs={24} md={8}>
                  <Form.Item name={["organization", "in_province"]} valuePropName="checked" label=" " style={{ marginBottom: 0 }}>
                    <Checkbox>{t.admission.inProvince}</Checkbox>
                  </Form.Item>
                  <Form.Item name={["organization", "dcmm"]} valuePropName="checked">
                    <Checkbox>{t.admission.dcmm}</Checkbox>
                  </Form.Item>
                </Col>
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "representative"]} label={t.admission.representative} rules={need}>
                    <Input />
                  </Form.Item>
                </Col>
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "representative_id"]} label={t.admission.representativeId} extra={t.admission.representativeIdHint} rules={need}>
                    <Input autoComplete="off" />
                  </Form.Item>
                </Col>
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "contact"]} label={t.admission.contact} rules={need}>
                    <Input />
                  </Form.Item>
                </Col>
                <Col xs={24} md={12}>
                  <Form.Item name={["organization", "phone"]} label={t.admission.phoneNumber} rules={need}>
                    <Input />
                  </Form.Item>
                </Col>
              </Row>
            </Panel>
            <Panel title={t.admission.account}>
              <Row gutter={16}>
                <Col xs={24} md={8}>
                  <Form.Item name={["account", "name"]} label={t.admission.handler} rules={need}>
                    <Input />
                  </Form.Item>
                </Col>
                <Col xs={24} md={8}>
                  <Form.Item name={["account", "login"]} label={t.signin.account} rules={[...need, { pattern: /^[a-z][a-z0-9._-]{2,39}$/, message: t.admission.loginHint }]} extra={t.admission.loginHint}>
                    <Input autoComplete="username" />
                  </Form.Item>
                </Col>
                <Col xs={24} md={8}>
                  <Form.Item name={["account", "password"]} label={t.signin.password} rules={[...need, { min: 10, message: t.admission.passwordHint }]} extra={t.admission.passwordHint}>
                    <Input.Password autoComplete="new-password" />
                  </Form.Item>
                </Col>
              </Row>
            </Panel>
            <Button type="primary" size="large" htmlType="submit" loading={join.isPending}>
              {t.admission.registerGo}
            </Button>
          </Form>
        )}
      </main>
    </div>
  );
}
