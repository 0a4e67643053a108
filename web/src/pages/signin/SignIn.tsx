import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Form, Input, Typography } from "antd";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useItem } from "@/api/hooks";
import { useSignIn } from "@/api/session";
import { Brand, LanguageSwitch } from "@/shell/Brand";
import { landing } from "@/shell/menu";
import { useText, wordFor } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import "./signin.css";

interface DemoAccount {
  login: string;
  password: string;
  name: string;
  org?: string;
  role: string;
}

/** Only a place inside this site: a link must not send a person who just signed in elsewhere. */
function inside(next: string | null): string | undefined {
  return next?.startsWith("/") && !next.startsWith("//") ? next : undefined;
}

function DemoAccounts({ choose }: { choose: (account: DemoAccount) => void }) {
  const t = useText();
  // Answered only by a demo; anywhere else this part is not there.
  const demo = useItem<{ items: DemoAccount[] | null }>("/v1/demo/accounts");
  if (!demo.data?.items?.length) return null;
  return (
    <div className="demo-accounts">
      <Typography.Text type="secondary">{t.signin.demoHint}</Typography.Text>
      <div className="demo-grid">
        {demo.data.items.map((a) => (
          <button type="button" key={a.login} onClick={() => choose(a)}>
            <b>{wordFor(t.roles, a.role)}</b>
            <span>{a.org ? `${a.org} · ${a.name}` : a.name}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

export default function SignIn() {
  const t = useText();
  const signIn = useSignIn();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [form] = Form.useForm<{ login: string; password: string }>();
  const [problem, setProblem] = useState<unknown>();
  const [running, setRunning] = useState(false);

  async function submit({ login, password }: { login: string; password: string }) {
    setRunning(true);
    setProblem(undefined);
    try {
      const me = await signIn(login.trim(), password);
      await navigate(inside(search.get("next")) ?? landing(me.roles ?? []), { replace: true });
    } catch (error) {
      setProblem(error);
    } finally {
      setRunning(false);
    }
  }

  return (
    <div className="signin">
      <header>
        <Brand />
        <LanguageSwitch />
      </header>
      <main className="signin-body">
        <section className="signin-lead">
          <h1>{t.brand.slogan}</h1>
          <p>{t.signin.lead}</p>
          <ul>
            {t.brand.principles.map((p) => (
              <li key={p}>{p}</li>
            ))}
          </ul>
        </section>
        <section className="signin-card">
          <Typography.Title level={2}>{t.signin.title}</Typography.Title>
          <Form form={form} layout="vertical" onFinish={(values) => void submit(values)} requiredMark={false}>
            <Form.Item name="login" label={t.signin.account} rules={[{ required: true, message: t.common.required }]}>
              <Input size="large" prefix={<UserOutlined />} autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item name="password" label={t.signin.password} rules={[{ required: true, message: t.common.required }]}>
              <Input.Password size="large" prefix={<LockOutlined />} autoComplete="current-password" />
            </Form.Item>
            {problem !== undefined && <ProblemView problem={problem} />}
            <Button type="primary" size="large" htmlType="submit" block loading={running}>
              {t.signin.go}
            </Button>
          </Form>
          <Typography.Paragraph type="secondary" style={{ margin: "16px 0 0" }}>
            {t.signin.hint}
          </Typography.Paragraph>
          <DemoAccounts choose={(a) => form.setFieldsValue({ login: a.login, password: a.password })} />
        </section>
      </main>
    </div>
  );
}
