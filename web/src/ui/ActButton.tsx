import { Button, type ButtonProps, Form, Input, Modal, Popover, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Cite, Problem } from "@/api/problem";
import { useText } from "@/text";
import { ButtonLink } from "./ButtonLink";
import { Citations } from "./Citation";
import { ProblemView } from "./ProblemView";
import "./act.css";

/** What an object's own page says about one act: open to the caller, or closed with the reason and the law. */
export interface ActState {
  act: string;
  allowed: boolean;
  reason?: string;
  cites?: Cite[] | null;
  /** Who must confirm before it takes effect, for acts of two persons. */
  second?: string;
}

export interface ActInput {
  reason?: string;
}

interface Props {
  state?: ActState;
  label: string;
  run: (input: ActInput) => Promise<unknown>;
  primary?: boolean;
  /** Asks for a reason before it runs. */
  dangerous?: boolean;
  /** Irreversible: asks for this name before it runs. */
  confirmName?: string;
  icon?: ReactNode;
  size?: ButtonProps["size"];
  block?: boolean;
  /** Acts that begin on a page of their own lead there. */
  to?: string;
  /** Acts whose input is a form of its own open that form instead. */
  onOpen?: () => void;
}

/** The act button, everywhere the same. The rule that closes it is the server's; this only shows it. */
export function ActButton(props: Props) {
  const t = useText();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const asks = Boolean(props.dangerous || props.confirmName);
  const allowed = props.state === undefined || props.state.allowed;

  if (!allowed) {
    return (
      <Popover
        trigger={["hover", "focus"]}
        placement="bottomRight"
        title={t.act.notAllowed}
        content={
          <div style={{ maxWidth: 340 }}>
            <p style={{ margin: "0 0 8px" }}>{props.state?.reason}</p>
            <Citations cites={props.state?.cites} />
          </div>
        }
      >
        <Button className="act-closed" aria-disabled="true" icon={props.icon} size={props.size} block={props.block}>
          {props.label}
        </Button>
      </Popover>
    );
  }

  if (props.to) {
    return (
      <ButtonLink to={props.to} type={props.primary ? "primary" : "default"} icon={props.icon} size={props.size} block={props.block}>
        {props.label}
      </ButtonLink>
    );
  }

  async function run(input: ActInput) {
    setRunning(true);
    setProblem(undefined);
    try {
      await props.run(input);
      // Whatever it changed may stand on any page.
      await client.invalidateQueries();
      setAsking(false);
    } catch (error) {
      setProblem(error as Problem);
      setAsking(true);
    } finally {
      setRunning(false);
    }
  }

  return (
    <>
      <Button
        type={props.primary ? "primary" : "default"}
        danger={props.dangerous}
        icon={props.icon}
        size={props.size}
        block={props.block}
        loading={running && !asking}
        onClick={() => (props.onOpen ? props.onOpen() : asks ? setAsking(true) : void run({}))}
      >
        {props.label}
      </Button>
      <AskModal
        open={asking}
        label={props.label}
        confirmName={props.confirmName}
        needsReason={Boolean(props.dangerous)}
        second={props.state?.second}
        running={running}
        problem={problem}
        close={() => {
          setAsking(false);
          setProblem(undefined);
        }}
        run={run}
      />
    </>
  );
}

function AskModal(props: {
  open: boolean;
  label: string;
  confirmName?: string;
  needsReason: boolean;
  second?: string;
  running: boolean;
  problem?: Problem;
  close: () => void;
  run: (input: ActInput) => Promise<void>;
}) {
  const t = useText();
  const [form] = Form.useForm<ActInput & { name?: string }>();
  return (
    <Modal
      title={props.label}
      open={props.open}
      onCancel={props.close}
      onOk={() => form.submit()}
      okText={props.label}
      okButtonProps={{ danger: props.needsReason, loading: props.running }}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" onFinish={({ reason }) => void props.run({ reason })}>
        {props.needsReason && (
          <Form.Item
            name="reason"
            label={t.act.reason}
            extra={t.act.reasonHint}
            rules={[{ required: true, whitespace: true, message: t.act.reasonRequired }]}
          >
            <Input.TextArea autoFocus rows={3} maxLength={2000} showCount />
          </Form.Item>
        )}
        {props.confirmName && (
          <Form.Item
            name="name"
            label={t.act.typeName(props.confirmName)}
            rules={[
              {
                validator: (_, value) =>
                  value === props.confirmName ? Promise.resolve() : Promise.reject(new Error(t.act.nameMismatch)),
              },
            ]}
          >
            <Input autoComplete="off" />
          </Form.Item>
        )}
      </Form>
      {props.second && <Typography.Text type="secondary">{t.act.second(props.second)}</Typography.Text>}
      {props.problem && <ProblemView problem={props.problem} />}
    </Modal>
  );
}
