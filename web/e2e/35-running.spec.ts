// Act 35. A period changes while an application runs: the deployment's own rules set one for admission, with a new version and a
// transitional article. One person proposes after seeing what it does, another confirms, and the file tells it with the article.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { password } from "./cast";
import { playedAt } from "./elsewhere";
import { address, ask, closed, expect, goTo, type Page, picture, receipt, test } from "./stage";

// One act leads to the next.
test.describe.configure({ mode: "serial" });

const pack: Record<string, string> = {
  "pack.yaml": `id: own-rules
title: 入驻办理时限规定
issuer: 泉州市数据管理局
level: bureau
from: 2024-01-01
`,
  "articles/1.md": `# 第一条 时限

入驻申请原则上在二个工作日内核验;自2025年9月26日起,原则上在五个工作日内核验。全省统一期限为二十日。需要检测鉴定的,可以中止计时。情况复杂的,可以延期一次,最长三个工作日。
`,
  "articles/2.md": `# 第二条 过渡

已经受理、尚未办结的,可以适用新的核验期限。
`,
  "rules/periods.yaml": `values:
  - {name: verify.within, kind: deadline, title: 入驻核验期限, int: 2, unit: working_day, until: 2025-09-25, cite: {article: 第一条, quote: 入驻申请原则上在二个工作日内核验}}
  - {name: verify.within, kind: deadline, title: 入驻核验期限, int: 5, unit: working_day, from: 2025-09-26, running: {article: 第二条, quote: 可以适用新的核验期限}, cite: {article: 第一条, quote: 原则上在五个工作日内核验}}
`,
  "procedures/admission.yaml": `kind: party.admission
title: 入驻核验
cite: {article: 第一条, quote: 入驻申请原则上在二个工作日内核验}
applicant: [applicant-org, data-user]
ways:
  - {id: paper, title: 纸质材料认证, cite: {article: 第一条, quote: 入驻申请原则上在二个工作日内核验}}
steps:
  - id: verify
    title: 入驻核验
    by: platform-operator
    within: {for: verify.within, soft: true, cite: {article: 第一条, quote: 入驻申请原则上在二个工作日内核验}}
    clocks: [{for: 20d, cite: {article: 第一条, quote: 全省统一期限为二十日}}]
    pause: {for: [检测鉴定], cite: {article: 第一条, quote: "需要检测鉴定的,可以中止计时"}}
    extend: {for: 3wd, cite: {article: 第一条, quote: "可以延期一次,最长三个工作日"}}
    may: [pass, return, refuse]
    cite: {article: 第一条, quote: 入驻申请原则上在二个工作日内核验}
`,
};

const folder = join(mkdtempSync(join(tmpdir(), "yunei-e2e-")), "own-rules");
for (const [name, text] of Object.entries(pack)) {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
}
test.afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

const city = playedAt("--until", "none", "--day", "2025-09-24", "--packs", folder);

const firm = { login: "running", name: "安溪数据服务有限公司", uscc: "91990000MA990327X9" };
let file = "";

interface Made {
  id: string;
}

async function open(page: Page, tab: string): Promise<void> {
  await page.goto(address(`/matters/${file}?tab=${tab}`));
  await expect(page.getByRole("heading", { level: 1, name: firm.name })).toBeVisible();
}

test("an application is accepted under two working days, beside a limit of the province", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/"));
  await ask(front, "POST", "/v1/organizations", {
    account: { login: firm.login, password, name: "经办人", roles: ["data-user"] },
    organization: { name: firm.name, uscc: firm.uscc, kind: "enterprise", registered: "2012-06-01", in_province: true, dcmm: false, representative: "某负责人", representative_id: "990000196705200464", contact: "经办人", phone: "0595-22000000" },
  });
  const own = await as(firm.login);
  const { admission } = await ask<{ admission: Made }>(own, "POST", "/v1/admissions", {
    method: "paper",
    documents: ["business-license", "representative-proof", "organization-profile", "pledge"].map((kind) => ({ kind, name: kind, blob: "sha256:01" })),
  });
  const { items } = await ask<{ items: Made[] }>(own, "GET", `/v1/matters?subject=${admission.id}`);
  file = items[0]?.id ?? "";
  await open(own, "clocks");
  await expect(own.getByRole("row").filter({ hasText: "2 个工作日" })).toContainText("2025-09-26");
  await expect(own.getByRole("row").filter({ hasText: "20 日" })).toContainText("2025-10-14");
});

test("two days later the bureau sees what differs and what moving it would do", async ({ as }) => {
  await city.turn("2025-09-26");
  const page = await as("bureau");
  await goTo(page, "规则");
  await page.getByRole("link", { name: "新规适用于在办件" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "新规适用于在办件" })).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: "入驻核验期限" });
  await expect(row).toContainText("2 个工作日");
  await expect(row).toContainText("5 个工作日");
  await expect(row).toContainText("可以适用新的核验期限");
  await row.getByRole("checkbox").check();
  const effect = page.getByRole("row").filter({ hasText: firm.name });
  await expect(effect).toContainText("2025-09-26");
  await expect(effect).toContainText("2025-09-30");
  await expect(effect).toContainText("受理时为 2 个工作日, 2025-09-26 起适用新规定, 依据 《入驻办理时限规定》第二条");
  await picture(page, "running-preview");
  await page.getByRole("button", { name: "拟定，交另一人确认" }).click();
  const form = page.getByRole("dialog", { name: "拟定，交另一人确认" });
  await form.getByLabel("理由").fill("统一按新规定的期限办理");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "入驻核验期限" })).toBeVisible();
  await receipt(page);
  await closed(page.getByRole("button", { name: "确认适用" }), "另一人");
});

test("another person confirms it: the day moves, everybody is told, and the file says by which article", async ({ as }) => {
  const page = await as("bureau2");
  await page.goto(address("/messages"));
  await page.getByRole("link", { name: /入驻核验期限/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "入驻核验期限" })).toBeVisible();
  await page.getByRole("button", { name: "确认适用" }).click();
  const form = page.getByRole("dialog", { name: "确认适用" });
  await form.getByLabel("核对意见").fill("逐件核对无误");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText("已适用").first()).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: firm.name })).toContainText("2025-09-30");
  await picture(page, "running-done");

  const own = await as(firm.login);
  await open(own, "timeline");
  const line = own.getByRole("listitem").filter({ hasText: "过渡适用新规定" });
  await expect(line).toContainText("由 2025-09-26 改至 2025-09-30");
  await expect(line).toContainText("统一按新规定的期限办理");
  await expect(line.getByRole("button", { name: /法规依据/ })).toContainText("第二条");
  await picture(own, "running-timeline");
  await own.goto(address("/messages"));
  await expect(own.getByText(/期限按新规定调整/)).toBeVisible();
});

test("who holds the step sees the new day before lengthening the limit, and both limits side by side", async ({ as }) => {
  const page = await as("operator");
  await open(page, "clocks");
  const step = page.getByRole("group", { name: "办理环节" }).getByRole("listitem").filter({ hasText: "5 个工作日" }).first();
  await expect(step).toContainText("剩 18 天 20 个自然日");
  await page.getByRole("button", { name: "更多办理" }).click();
  await page.getByRole("button", { name: "延期" }).click();
  const form = page.getByRole("dialog", { name: "延期" });
  await form.getByLabel("延长").fill("2");
  const preview = form.getByRole("status");
  await expect(preview).toContainText("2025-09-30 (周二) → 2025-10-10 (周五)");
  await expect(preview).toContainText("20 个自然日：2025-10-14 (周二) → 2025-10-14 (周二)");
  await picture(page, "running-extend");
  await form.getByLabel("延长").fill("4");
  await expect(form).toContainText("最多延期 3 个工作日");
  await form.getByRole("button", { name: /^取\s?消$/ }).click();
  await expect(form).toBeHidden();
});

test("a limit that holds in principle was missed: the explanation is asked for, and stands in timeline and print", async ({ as }) => {
  await city.turn("2025-10-09");
  const page = await as("operator");
  await open(page, "timeline");
  await page.getByRole("button", { name: /^办理：/ }).click();
  const form = page.getByRole("dialog", { name: /^办理：/ });
  await form.getByText("通过", { exact: true }).click();
  await form.getByLabel("理由").fill("材料齐全");
  await form.getByRole("button", { name: "提交意见" }).click();
  await expect(form.getByText("此项必填")).toBeVisible();
  await form.getByLabel("逾期说明").fill("节日期间集中受理");
  await picture(page, "running-excuse");
  await form.getByRole("button", { name: "提交意见" }).click();
  await expect(form).toBeHidden();
  const line = page.getByRole("listitem").filter({ hasText: "超期说明" });
  await expect(line).toContainText("节日期间集中受理");
  await expect(line.getByRole("button", { name: /法规依据/ })).toContainText("第一条");
  await page.goto(address(`/matters/${file}/print`));
  await expect(page.getByText("逾期说明：节日期间集中受理")).toBeVisible();
  await expect(page.getByText(/受理时为 2 个工作日, 2025-09-26 起适用新规定/).first()).toBeVisible();
  await picture(page, "running-print");
});
