import { KeyOutlined } from "@ant-design/icons";
import { Alert, Button, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useOutletContext } from "react-router";
import { useAct, useList } from "@/api/hooks";
import type { Me } from "@/api/types";
import { findKey } from "@/sign/keystore";
import { ownKey, registeredKeys } from "@/sign/review";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { Receipt } from "@/ui/Receipt";
import { fromBase64, hex, toBase64 } from "@/util/bytes";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { canVerify } from "@/verify/receipt";
import { Inbox } from "../desk/Inbox";
import { actName } from "../ledger/names";

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

/** What the expert did, each with its place in the ledger. */
function Given() {
  const t = useText();
  const mine = useList("/v1/ledger/entries", { query: { outcome: "done", limit: 8 } });
  const acts = mine.items?.filter((e) => e.act.startsWith("matter."));
  return (
    <Panel title={t.expert.given} extra={<Link to={path.ledger()}>{t.portal.all}</Link>}>
      {mine.problem && <ProblemView problem={mine.problem} action={<Button onClick={mine.refresh}>{t.common.retry}</Button>} />}
      {acts?.length === 0 && <Typography.Text type="secondary">{t.expert.noneGiven}</Typography.Text>}
      <ul className="plain-list" aria-label={t.expert.given}>
        {acts?.map((e) => (
          <li key={e.seq}>
            {actName(t, e.act)} <Typography.Text type="secondary">{minute(e.recorded)}</Typography.Text> <Receipt seq={e.seq} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export default function ExpertDesk() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { state } = useLocation() as { state: { recused?: boolean } | null };
  return (
    <>
      <PageHead title={t.desk.hello(me.name)} lead={t.expert.lead} />
      {state?.recused && <Alert style={{ marginBottom: 16 }} type="success" showIcon closable title={t.expert.recused} />}
      <div className="desk-grid">
        <div>
          <Inbox single />
          <Panel title={t.expert.how}>
            <ol className="expert-steps">
              {t.expert.steps.map((p) => (
                <li key={p}>{p}</li>
              ))}
            </ol>
          </Panel>
        </div>
        <div>
          <SigningKeyPanel account={me.account} />
          <Given />
        </div>
      </div>
    </>
  );
}
