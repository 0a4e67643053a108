// What act 24 stands on, done over the API: a department's table of three dozen people, a scenario over it, its model approved
// by experts who sign, and the grant.
import { generateKeyPairSync, sign } from "node:crypto";
import { password } from "./cast";
import { address } from "./stage";

interface Known {
  id: string;
}

/** A person without a browser: what is set up here is not looked at. */
class Hand {
  private constructor(private token: string) {}

  static async of(login: string): Promise<Hand> {
    const hand = new Hand("");
    hand.token = (await hand.ask<{ token: string }>("POST", "/v1/session", { login, password })).token;
    return hand;
  }

  async ask<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
    const text = typeof body === "string";
    const response = await fetch(address(path), {
      method,
      headers: { ...(this.token && { Authorization: `Bearer ${this.token}` }), ...(body !== undefined && { "Content-Type": text ? "text/csv" : "application/json" }) },
      body: body === undefined ? undefined : text ? body : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<T>;
  }
}

/** Twelve of each level: as few as may be shown, so that the table draws a warning. */
const people = [
  "99000019400102001X", "990000194001030015", "990000194001040010", "990000194001050016", "990000194001060011", "990000194001070017",
  "990000194001080012", "990000194001090018", "99000019400110001X", "990000194001110015", "990000194001120010", "990000194001130016",
  "990000194001140011", "990000194001150017", "990000194001160012", "990000194001170018", "990000194001180013", "990000194001190019",
  "990000194001200010", "990000194001210016", "990000194001220011", "990000194001230017", "990000194001240012", "990000194001250018",
  "990000194001260013", "990000194001270019", "990000194001280014", "99000019400129001X", "990000194001300011", "990000194001310017",
  "990000194002010016", "990000194002020011", "990000194002030017", "990000194002040012", "990000194002050018", "990000194002060013",
];

export const taxes = { title: "纳税等级", scenario: "纳税等级公报", model: "分等级人数" };

const field = { personal: true, grade: { national: "ordinary", level: 3 } };

/** Catalogs, publishes and collects the table. */
async function collected(holder: Hand, bureau: Hand): Promise<string> {
  const { entry } = await holder.ask<{ entry: Known }>("POST", "/v1/catalog", {
    title: taxes.title, table: "tax", summary: "个人纳税信用等级和年缴税额。", system: "征管系统", unit: "person", max_rows_per_subject: 1, cycle: "yearly", grade_basis: "一般 3 级",
    share: { access: "conditional", condition: "按职责申请" },
    open: { access: "no", reason: "含个人信息", basis: "个人信息保护法第十三条" },
    operate: { access: "conditional", condition: "按场景审批" },
    fields: [
      { ...field, name: "id_number", title: "公民身份号码", type: "text", nullable: true, role: "subject_key", uses: ["AFTER_JOIN"], grade: { national: "ordinary", level: 4, sensitive: true } },
      { ...field, name: "level", title: "等级", type: "int", role: "dimension", uses: ["AFTER_GROUP_BY", "AFTER_AGGREGATE"], code_list: "等级 v1", codes: [{ value: "1" }, { value: "2" }, { value: "3" }] },
      { ...field, name: "paid", title: "年缴税额", type: "int", role: "measure", uses: ["AFTER_AGGREGATE"], lo: "0", hi: "1000" },
    ],
  });
  await holder.ask("POST", `/v1/catalog/${entry.id}/submit`);
  await bureau.ask("POST", `/v1/catalog/${entry.id}/publish`);
  const csv = ["id_number,level,paid", ...people.map((p, i) => `${p},${(i % 3) + 1},${10 * (i + 1)}`)].join("\n");
  await holder.ask("POST", `/v1/catalog/${entry.id}/load?name=tax.csv`, `${csv}\n`);
  return entry.id;
}

interface Matter {
  matter: { steps: { id: string; state: string; draw?: unknown; checks?: { id: string }[] | null }[] };
  sign_text?: string;
}

/** Decides a step as the console would send it. */
async function decided(hand: Hand, matter: string, step: string, verdict = "pass", signature?: unknown): Promise<void> {
  const file = await hand.ask<Matter>("GET", `/v1/matters/${matter}`);
  const open = file.matter.steps.find((s) => s.id === step);
  const checks = Object.fromEntries((open?.checks ?? []).map((c) => [c.id, true]));
  await hand.ask("POST", `/v1/matters/${matter}/decide`, { step, verdict, reason: "符合要求，同意", no_conflict: open?.draw ? true : undefined, checks, signature });
}

/** An expert signs with a key made on the way. */
async function signed(hand: Hand, matter: string): Promise<void> {
  const { sign_text = "" } = await hand.ask<Matter>("GET", `/v1/matters/${matter}`);
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  // The raw key stands at the end of its DER form.
  const { id } = await hand.ask<Known>("POST", "/v1/me/signing-keys", { public: publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64") });
  await decided(hand, matter, "experts", "pass", { key: id, signed: sign_text, value: sign(null, Buffer.from(sign_text), privateKey).toString("base64") });
}

/** The bank's scenario over the table, as far as its grant. */
export async function granted(): Promise<{ scenario: string; resource: string }> {
  const [bank, operator, finance, bureau] = await Promise.all(["bank", "operator", "finance", "bureau"].map((login) => Hand.of(login)));
  if (!bank || !operator || !finance || !bureau) throw new Error("nobody signed in");
  const resource = await collected(finance, bureau);
  const scenario = await bank.ask<Known & { matter: string }>("POST", "/v1/scenarios", {
    plan: { title: taxes.scenario, purpose: "编制纳税等级年度公报", solution: "按等级统计人数。", safety: "三名实名人员使用。", needs: [{ resource, fields: ["level", "paid"], why: "统计所需" }], special: false, budget: 20_000_000_000 },
  });
  await decided(operator, scenario.matter, "review");
  const space = await bank.ask<Known>("POST", `/v1/scenarios/${scenario.id}/space`);
  const model = await bank.ask<Known>("POST", `/v1/spaces/${space.id}/models`, { name: taxes.model, class: "A", text: "SELECT level, COUNT(*) AS n FROM tax GROUP BY level" });
  const version = await bank.ask<Known>("POST", `/v1/models/${model.id}/submit`, { shared: false });
  const declaration = await bank.ask<Known & { matter: string }>("POST", `/v1/scenarios/${scenario.id}/declare`, {
    papers: { solution: "按预申报实施, 未作变更。", design: "按等级分组计数。" },
    versions: [version.id],
  });
  await decided(operator, declaration.matter, "first-review");
  await signed(await Hand.of("expert1"), declaration.matter);
  await signed(await Hand.of("expert2"), declaration.matter);
  await decided(finance, declaration.matter, "provider-opinion", "agree");
  await decided(bureau, declaration.matter, "final");
  const term = { from: "2025-09-29", until: "2026-09-29" };
  const agreement = await bank.ask<Known>("POST", `/v1/declarations/${declaration.id}/sign`, term);
  await operator.ask("POST", `/v1/declarations/${declaration.id}/sign`, term);
  await operator.ask("POST", `/v1/agreements/${agreement.id}/file`);
  await operator.ask("POST", `/v1/agreements/${agreement.id}/start`);
  return { scenario: scenario.id, resource };
}
