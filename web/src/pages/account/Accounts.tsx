import { Button, Form, Input, Modal, Select, Space, Tag } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Account, Me, Role } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FileTable } from "@/ui/FileTable";
import { ProblemView } from "@/ui/ProblemView";
import { minute, today } from "@/util/day";
import { useClosed } from "./closed";

/** What the person may give: the offices what there is, everybody else what they hold. */
function useRoleOptions(me: Me, held: readonly string[] = []) {
  const t = useText();
  const office = me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  const given = new Set([...(office ? Object.keys(t.roles).filter((r) => r in roleNames) : (me.roles ?? [])), ...held]);
  return [...given].map((value) => ({ value, label: wordFor(t.roles, value) }));
}

const roleNames: Record<Role, true> = {
  "data-bureau": true,
  "platform-operator": true,
  "data-provider": true,
  "data-user": true,
  "applicant-org": true,
  expert: true,
  "info-subject": true,
  auditor: true,
  "authorizing-department": true,
  "authorized-operator": true,
  "coordination-mechanism": true,
  government: true,
  "upper-authority": true,
  "local-data-bureau": true,
  "third-party-provider": true,
  "external-assessor": true,
  buyer: true,
  "mechanism-member": true,
  "platform-owner": true,
  regulator: true,
};

interface NewAccount {
  login: string;
  name: string;
  password: string;
  identity?: string;
  roles: string[];
}

function OpenModal({ org, me, close }: { org: string; me: Me; close: () => void }) {
  const t = useText();
  const [form] = Form.useForm<NewAccount>();
  const roles = useRoleOptions(me);
  const send = useAct((v: NewAccount) => post("/v1/accounts", {}, { ...v, org, identity: v.identity || undefined }), close);
  const need = [{ required: true, message: t.common.required }];
  return (
    <Modal open title={t.people.open} okText={t.people.open} confirmLoading={send.isPending} onOk={() => form.submit()} onCancel={close} mask={{ closable: false }}>
      <p>{me.roles?.some((r) => r === "data-bureau" || r === "platform-operator") ? t.people.openOffice : t.people.openLead}</p>
      <Form form={form} layout="vertical" autoComplete="off" onFinish={(v) => send.mutate(v)}>
        <Form.Item name="name" label={t.people.realName} rules={need}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="login" label={t.people.login} extra={t.people.loginHint} rules={[...need, { pattern: /^[a-z][a-z0-9._-]{2,39}$/, message: t.people.loginHint }]}>
          <Input autoComplete="off" maxLength={40} />
        </Form.Item>
        <Form.Item name="password" label={t.people.password} extra={t.people.passwordHint} rules={[...need, { min: 10, message: t.people.passwordHint }]}>
          <Input.Password autoComplete="new-password" maxLength={72} />
        </Form.Item>
        <Form.Item name="roles" label={t.org.roles} rules={need}>
          <Select mode="multiple" options={roles} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="identity" label={t.people.identity} extra={t.people.identityHint}>
          <Input autoComplete="off" maxLength={18} />
        </Form.Item>
      </Form>
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}

function RolesModal({ account, me, close }: { account: Account; me: Me; close: () => void }) {
  const t = useText();
  const [roles, setRoles] = useState<string[]>(account.roles ?? []);
  const options = useRoleOptions(me, account.roles ?? []);
  const send = useAct(() => post("/v1/accounts/{id}/roles", { path: { id: account.id } }, { roles }), close);
  return (
    <Modal open title={`${t.people.setRoles}：${account.name}`} okText={t.common.save} confirmLoading={send.isPending} onOk={() => send.mutate(undefined)} onCancel={close}>
      <Select aria-label={t.org.roles} mode="multiple" style={{ width: "100%", marginBottom: 12 }} value={roles} onChange={setRoles} options={options} showSearch={{ optionFilterProp: "label" }} />
      {send.error && <ProblemView problem={send.error} />}
    </Modal>
  );
}

/** 账号: who may sign in for an organization, and whether each was trained and has undertaken secrecy. */
export function Accounts({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/accounts", { path: { id: org } });
  const trainings = useItem("/v1/organizations/{id}/trainings", { path: { id: org } });
  const undertakings = useItem("/v1/organizations/{id}/undertakings", { path: { id: org } });
  const closed = useClosed();
  const [opening, setOpening] = useState(false);
  const [changing, setChanging] = useState<Account>();
  const keeps = me.org === org || me.roles?.some((r) => r === "data-bureau" || r === "platform-operator");
  const day = today();
  const trained = (a: Account) => trainings.data?.items?.some((r) => r.account === a.id && r.passed && (!r.until || r.until >= day));
  const undertaken = (a: Account) => undertakings.data?.items?.some((u) => u.account === a.id && (!u.until || u.until >= day));
  const mark = (ok: boolean | undefined, yes: string, no: string) => <Tag color={ok ? "success" : undefined}>{ok ? yes : no}</Tag>;
  return (
    <>
      {keeps && (
        <Button type="primary" style={{ margin: "8px 0 12px" }} onClick={() => setOpening(true)}>
          {t.people.open}
        </Button>
      )}
      <FileTable
        list={list}
        width={1080}
        empty={{ title: t.people.noAccounts, hint: t.people.noAccountsHint }}
        columns={[
          { title: t.people.realName, width: 130, render: (_, a) => <b style={{ fontWeight: 500 }}>{a.name}</b> },
          { title: t.people.login, dataIndex: "login", width: 130 },
          { title: t.org.roles, render: (_, a) => a.roles?.map((r) => wordFor(t.roles, r)).join("、") || t.common.none },
          { title: t.people.trained, width: 110, render: (_, a) => mark(trained(a), t.training.passedWord, t.people.missingTraining) },
          { title: t.people.undertaken, width: 110, render: (_, a) => mark(undertaken(a), t.admission.pledged, t.training.notSigned) },
          { title: t.people.opened, width: 160, render: (_, a) => minute(a.opened) },
          { title: t.common.state, width: 90, render: (_, a) => <Tag color={a.closed ? "error" : "success"}>{a.closed ? t.people.closedState : t.people.activeState}</Tag> },
          {
            title: t.common.actions,
            width: 190,
            render: (_, a) => {
              if (!keeps) return null;
              const why = [a.closed && t.people.alreadyClosed, a.id === me.account && t.people.own] as const;
              return (
                <Space>
                  <ActButton size="small" state={closed("party.account.roles", ...why)} label={t.people.setRoles} run={async () => {}} onOpen={() => setChanging(a)} />
                  <ActButton size="small" state={closed("party.account.close", ...why)} label={t.people.closeAccount} confirmName={a.login} run={() => post("/v1/accounts/{id}/close", { path: { id: a.id } })} />
                </Space>
              );
            },
          },
        ]}
      />
      {opening && <OpenModal org={org} me={me} close={() => setOpening(false)} />}
      {changing && <RolesModal account={changing} me={me} close={() => setChanging(undefined)} />}
    </>
  );
}
