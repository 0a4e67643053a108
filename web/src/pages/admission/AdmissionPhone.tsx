import { Button, Checkbox, Result, Skeleton } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Pledge } from "@/api/types";
import { Brand } from "@/shell/Brand";
import { type PersonalKey, signSm2 } from "@/sign/sm2";
import { useText } from "@/text";
import { PersonalSign } from "@/ui/PersonalSign";
import { ProblemPage, ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import "./admission.css";

/** What the legal representative's phone shows behind the QR code: whose pledge it is, its exact text, one thumb to sign. */
export default function AdmissionPhone() {
  const t = useText();
  const { code = "" } = useParams();
  const phone = useItem("/v1/codes/{code}", { path: { code } });
  const [agreed, setAgreed] = useState(false);
  const [key, setKey] = useState<PersonalKey>();
  const [signed, setSigned] = useState<{ organization: string; pledge: Pledge }>();
  const sign = useAct(
    async (own: PersonalKey) =>
      post("/v1/codes/{code}/pledge", { path: { code } }, {
        certificate: own.certificate,
        signature: await signSm2(own, phone.data?.text ?? ""),
      }),
    setSigned,
  );
  return (
    <div className="phone">
      <header className="phone-head">
        <Brand />
        <h1>{t.admission.phoneTitle}</h1>
        {phone.data && <p>{phone.data.organization}</p>}
      </header>
      {signed ? (
        <Result status="success" title={t.admission.pledged} subTitle={`${signed.pledge.signer} ${minute(signed.pledge.signed)} · ${t.admission.pledgedHint}`} />
      ) : phone.error ? (
        <ProblemPage problem={phone.error} />
      ) : !phone.data ? (
        <Skeleton active style={{ padding: 16 }} />
      ) : (
        <>
          <main className="phone-body">
            <dl className="phone-facts">
              <dt>{t.admission.uscc}</dt>
              <dd>{phone.data.uscc}</dd>
              <dt>{t.admission.representative}</dt>
              <dd>{phone.data.representative}</dd>
              <dt>{t.admission.code}</dt>
              <dd>{t.admission.validUntil(minute(phone.data.code.expires))}</dd>
            </dl>
            <div className="phone-text" tabIndex={0}>
              {phone.data.text}
            </div>
            <div style={{ margin: "16px 0" }}>
              <PersonalSign value={key} onChange={setKey} />
            </div>
            {sign.error && <ProblemView problem={sign.error} />}
          </main>
          <footer className="phone-foot">
            <Checkbox checked={agreed} onChange={(e) => setAgreed(e.target.checked)} style={{ marginBottom: 10 }}>
              {t.admission.read}
            </Checkbox>
            <Button type="primary" size="large" block disabled={!agreed || !key} loading={sign.isPending} onClick={() => key && sign.mutate(key)}>
              {t.admission.signPledge}
            </Button>
          </footer>
        </>
      )}
    </div>
  );
}
