import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Form, Input, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useSignIn } from "@/api/session";
import { Brand, LanguageSwitch } from "@/shell/Brand";
import { landing } from "@/shell/menu";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { path } from "@/util/path";
import "./signin.css";

/** Only a place inside this site: a link must not send a person who just signed in elsewhere. */
function inside(next: string | null): string | undefined {
  return next?.startsWith("/") && !next.startsWith("//") ? next : undefined;
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
              <Input size="large" prefix={<UserOutlined aria-hidden />} autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item name="password" label={t.signin.password} rules={[{ required: true, message: t.common.required }]}>
              <Input.Password size="large" prefix={<LockOutlined aria-hidden />} autoComplete="current-password" />
            </Form.Item>
            {problem !== undefined && <ProblemView problem={problem} />}
            <Button type="primary" size="large" htmlType="submit" block loading={running}>
              {t.signin.go}
            </Button>
          </Form>
          <Typography.Paragraph type="secondary" style={{ margin: "16px 0 0" }}>
            {t.signin.hint}
          </Typography.Paragraph>
          <Link to={path.register()}>{t.signin.register}</Link>
        </section>
      </main>
    </div>
  );
}
