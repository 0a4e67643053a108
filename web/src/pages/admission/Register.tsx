import "@/shell/portal.css";
import { Button, Checkbox, Col, DatePicker, Form, Input, Result, Row, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import { Brand, LanguageSwitch } from "@/shell/Brand";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";

interface Values {
  account: { login: string; password: string; name: string };
  organization: {
    name: string;
    uscc: string;
    kind: "enterprise" | "institution" | "public-body";
    registered: Dayjs;
    in_province?: boolean;
    dcmm?: boolean;
    representative: string;
    representative_id: string;
    contact: string;
    phone: string;
  };
}

/** The first step of an organization: its entry in the register and the account that acts for it. */
export default function Register() {
  const t = useText();
  const [done, setDone] = useState(false);
  const [form] = Form.useForm<Values>();
  const join = useAct(
    ({ account, organization }: Values) =>
      post("/v1/organizations", {}, {
        account: { ...account, roles: ["data-user"] },
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
          <Form form={form} layout="vertical" onFinish={(values) => join.mutate(values)} scrollToFirstError>
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
                <Col xs={24} md={8}>
                  <Form.Item name={["organization", "kind"]} label={t.admission.kind} initialValue="enterprise">
                    <Select options={Object.entries(t.admission.kinds).map(([value, label]) => ({ value, label }))} />
                  </Form.Item>
                </Col>
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
