import { KeyOutlined } from "@ant-design/icons";
import { Alert, Button, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useOutletContext } from "react-router";
import { useAct } from "@/api/hooks";
import type { Me } from "@/api/types";
import { findKey } from "@/sign/keystore";
import { ownKey, registeredKeys } from "@/sign/review";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { fromBase64, hex, toBase64 } from "@/util/bytes";
import { canVerify } from "@/verify/receipt";
import { Inbox } from "../desk/Inbox";

function SigningKeyPanel({ account }: { account: string }) {
  const t = useText();
  const state = useQuery({
    queryKey: ["signing-key", account],
    queryFn: async () => {
      const key = await findKey(account);
      const registered = await registeredKeys();
      return { key, registered: key ? registered.some((k) => toBase64(fromBase64(k.public)) === toBase64(key.publicKey)) : false };
    },
    enabled: canVerify(),
  });
  const make = useAct(() => ownKey(account));
  if (!canVerify()) return <Alert type="warning" showIcon title={t.expert.insecure} />;
  return (
    <Panel title={t.expert.key}>
      {state.error && <ProblemView problem={state.error} />}
      {make.error && <ProblemView problem={make.error} />}
      {state.data?.key && state.data.registered ? (
        <>
          <Typography.Paragraph>{t.expert.keyReady}</Typography.Paragraph>
          <Typography.Text code>{hex(state.data.key.publicKey).slice(0, 32)}…</Typography.Text>
        </>
      ) : (
        <>
          <Typography.Paragraph type="secondary">{t.expert.keyLead}</Typography.Paragraph>
          <Button icon={<KeyOutlined aria-hidden />} type="primary" loading={make.isPending} onClick={() => make.mutate(undefined)}>
            {t.expert.makeKey}
          </Button>
        </>
      )}
    </Panel>
  );
}

export default function ExpertDesk() {
  const t = useText();
  const me = useOutletContext<Me>();
  return (
    <>
      <PageHead title={t.desk.hello(me.name)} lead={t.expert.lead} />
      <div className="desk-grid">
        <Inbox />
        <div>
          <SigningKeyPanel account={me.account} />
          <Panel title={t.expert.principles}>
            <ul style={{ margin: 0, paddingInlineStart: 18, lineHeight: 2 }}>
              {t.expert.points.map((p) => (
                <li key={p}>{p}</li>
              ))}
            </ul>
          </Panel>
        </div>
      </div>
    </>
  );
}
