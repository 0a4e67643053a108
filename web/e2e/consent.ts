// An authorization document as a citizen signs it: laid down by the bank, signed with the citizen's own certificate.
import { readFileSync } from "node:fs";
import { readPersonalKey, signSm2 } from "../src/sign/sm2";
import { opening, person } from "./cast";
import { ask, kit, type Page } from "./stage";

interface Listed<T> {
  items: T[];
}

interface SignedDocument {
  document: string;
  certificate: string;
  signature: string;
}

const fields = [
  { name: "pay_0", title: "9月还款状态" },
  { name: "pay_2", title: "8月还款状态" },
];

/** Signs a document for the bank whose page this is, over its one scenario. */
export async function signDocument(bankPage: Page, number: string): Promise<SignedDocument> {
  const me = await ask<{ org: string }>(bankPage, "GET", "/v1/me");
  const { organization } = await ask<{ organization: { name: string; uscc: string } }>(bankPage, "GET", `/v1/organizations/${me.org}`);
  const scenario = (await ask<Listed<{ id: string; plan: { needs: { resource: string }[] } }>>(bankPage, "GET", "/v1/scenarios")).items[0];
  const resource = scenario?.plan.needs[0]?.resource;
  const { document } = await ask<{ document: string }>(bankPage, "POST", "/v1/consent-drafts", {
    subject: { name: person.name, id_number: person.idNumber },
    template: "personal-credit@1",
    number,
    recipients: [{ org: me.org, name: organization.name, uscc: organization.uscc, role: "user" }],
    purpose: { scenario: scenario?.id, text: "个人贷款申请的授信审查", use: "授信审查", business_no: `LOAN-${number}` },
    data: [{ resource, name: "信用卡账户与还款信息", provider: "泉州市金融工作局", fields }],
    manner: ["区间"],
    outputs: [{ name: "band", text: "信用分档 (A、B、C 三档之一)" }],
    from: opening,
    until: "2025-12-28",
    max_uses: 5,
    retention: "随贷款合同保存, 到期删除",
    separate: fields.map((f) => `${resource}.${f.name}`),
    signed_at: `${opening}T09:00:00+08:00`,
    text_sm3: "", // the platform writes the text and its digest
  });
  const key = readPersonalKey(readFileSync(kit("person.pem"), "utf8"));
  return { document, certificate: key.certificate, signature: await signSm2(key, document) };
}

/** The document as a file to hand in. */
export function asFile(document: SignedDocument, name: string) {
  return { name, mimeType: "application/json", buffer: Buffer.from(JSON.stringify(document)) };
}
