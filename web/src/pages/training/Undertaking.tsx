import { Alert, Checkbox, Flex, Radio, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me } from "@/api/types";
import { signReview } from "@/sign/review";
import { type PersonalKey, signSm2 } from "@/sign/sm2";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citations } from "@/ui/Citation";
import { PersonalSign } from "@/ui/PersonalSign";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { useCitesOf, useClosed } from "../account/closed";

/** 保密承诺书: the exact text, and one's own signature over its bytes. */
export function Undertaking({ me }: { me: Me }) {
  const t = useText();
  const own = useItem("/v1/undertaking");
  const closed = useClosed();
  const cites = useCitesOf();
  const [agreed, setAgreed] = useState(false);
  const [by, setBy] = useState<"key" | "certificate">("key");
  const [certificate, setCertificate] = useState<PersonalKey>();

  async function sign(text: string) {
    if (by === "certificate" && certificate) {
      await post("/v1/undertaking", {}, { certificate: certificate.certificate, signature: await signSm2(certificate, text) });
    } else {
      const { key, value } = await signReview(me.account, text);
      await post("/v1/undertaking", {}, { key, signature: value });
    }
    setAgreed(false);
  }

  return (
    <Loaded query={own}>
      {({ text, signed }) => (
        <div style={{ maxWidth: 820 }}>
          {signed ? (
            <Alert
              style={{ margin: "8px 0 12px" }}
              type="success"
              showIcon
              title={t.training.signedAt(minute(signed.signed))}
              description={
                <>
                  {signed.until ? t.training.signedUntil(signed.until) : t.training.signedOpen} · {t.training.digest}{" "}
                  <Typography.Text copyable={{ text: signed.text_sm3 }}>{signed.text_sm3.slice(0, 24)}…</Typography.Text>
                </>
              }
            />
          ) : (
            <Typography.Paragraph type="secondary" style={{ margin: "8px 0" }}>
              {t.training.undertakingLead} <Tag color="warning">{t.training.notSigned}</Tag>
              <Citations cites={cites("party.undertaking.sign")} />
            </Typography.Paragraph>
          )}
          <div className="document-text undertaking" tabIndex={0} role="region" aria-label={t.training.undertaking}>
            {text}
          </div>
          <Space orientation="vertical" size={12} style={{ display: "flex", marginTop: 16 }}>
            <Radio.Group aria-label={t.training.with} value={by} onChange={(e) => setBy(e.target.value)}>
              <Radio value="key">{t.training.withKey}</Radio>
              <Radio value="certificate">{t.training.withCertificate}</Radio>
            </Radio.Group>
            {by === "key" ? <Typography.Text type="secondary">{t.training.withKeyHint}</Typography.Text> : <PersonalSign value={certificate} onChange={setCertificate} />}
            <Flex gap={20} align="center" wrap>
              <Checkbox checked={agreed} onChange={(e) => setAgreed(e.target.checked)}>
                {t.training.read}
              </Checkbox>
              <ActButton
                primary
                state={closed("party.undertaking.sign", !agreed && t.training.readFirst, by === "certificate" && !certificate && t.training.chooseFirst)}
                label={signed ? t.training.signAgain : t.training.sign}
                run={() => sign(text)}
              />
            </Flex>
          </Space>
        </div>
      )}
    </Loaded>
  );
}
