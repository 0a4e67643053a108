// Act 18. Data by application: split by provider and by route, decided part by part, supplied by whom the law names and not before.
// Under Guizhou's rules that is the authorized operator, under Zhoushan's the bureau.
import { playedAt } from "./elsewhere";
import { ask, chooseAll, closed, decide, expect, goTo, openTask, type Page, picture, test } from "./stage";

const scenario = "小微信贷授信辅助";
const card = "信用卡账户与还款信息";

/** Takes items out of what is asked for: a chosen one that is chosen again goes. */
async function leaveOut(form: ReturnType<Page["getByRole"]>, items: string[]): Promise<void> {
  await expect(form.getByRole("group", { name: card })).toContainText("学历");
  await chooseAll(form, `${card} 数据项`, items);
  for (const item of items) await expect(form.getByRole("group", { name: card }).locator(".ant-select-selection-item").filter({ hasText: item })).toHaveCount(0);
}

/** Files the application that stands in the open dialog and lands on its page. */
async function fileApplication(page: Page): Promise<void> {
  await page.getByRole("dialog", { name: "申请公共数据" }).getByRole("button", { name: "提交申请" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `公共数据申请 · ${scenario}` })).toBeVisible();
}

async function openScenario(page: Page): Promise<void> {
  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: scenario }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: scenario })).toBeVisible();
}

async function openApplication(page: Page): Promise<void> {
  await goTo(page, "数据供给");
  await page.getByRole("row").filter({ hasText: scenario }).last().getByRole("link", { name: scenario }).click();
  await expect(page.getByRole("heading", { level: 1, name: `公共数据申请 · ${scenario}` })).toBeVisible();
}

interface Sides {
  scenario: string;
  declaration: string;
}

async function sides(page: Page): Promise<Sides> {
  const { items } = await ask<{ items: { id: string; plan: { title: string } }[] }>(page, "GET", "/v1/scenarios");
  const id = items.find((s) => s.plan.title === scenario)?.id ?? "";
  const { declarations } = await ask<{ declarations: { id: string }[] }>(page, "GET", `/v1/scenarios/${id}`);
  return { scenario: id, declaration: declarations[0]?.id ?? "" };
}

test.describe("Guizhou", () => {
  test.describe.configure({ mode: "serial" });
  playedAt("--regime", "guizhou", "--until", "assessment");

  test("raw data without the reason why is refused by its article; without it, the application is filed", async ({ as }) => {
    const page = await as("bank");
    await openScenario(page);
    await page.getByRole("button", { name: "申请公共数据" }).click();
    const form = page.getByRole("dialog", { name: "申请公共数据" });
    await leaveOut(form, ["次月是否违约"]);
    await form.getByRole("checkbox", { name: "确需利用原始数据" }).check();
    await form.getByRole("button", { name: "提交申请" }).click();
    await expect(form.getByRole("alert").first()).toContainText("第十五条");
    await picture(page, "supply-raw-refused");
    await form.getByRole("checkbox", { name: "确需利用原始数据" }).uncheck();
    await fileApplication(page);
    await expect(page.getByText("审核中", { exact: true })).toBeVisible();
    await expect(page.getByText("学历", { exact: true })).toBeVisible();
    await picture(page, "supply-application");
  });

  test("what is in hand is not applied for twice; raw data with its reason is a part of its own", async ({ as }) => {
    const page = await as("bank");
    await openScenario(page);
    await page.getByRole("button", { name: "申请公共数据" }).click();
    const form = page.getByRole("dialog", { name: "申请公共数据" });
    await form.getByRole("button", { name: "提交申请" }).click();
    await expect(form.getByRole("alert").first()).toContainText("已在 2025-");
    await leaveOut(form, ["学历", "年龄"]);
    await form.getByRole("checkbox", { name: "确需利用原始数据" }).check();
    await form.getByLabel("确需利用原始数据的理由").fill("分段界限须由原始记录推算");
    await fileApplication(page);
    await expect(page.getByText("原始数据", { exact: true })).toBeVisible();
    await picture(page, "supply-raw");
  });

  test("the operator finds the applications with applicant, resource and day, and decides on both", async ({ as }) => {
    const page = await as("runner");
    await goTo(page, "数据供给");
    const rows = page.getByRole("row").filter({ hasText: scenario });
    await expect(rows).toHaveCount(2);
    for (const words of ["南明银行股份有限公司", "云上数据运营有限公司", card, "2025-"]) await expect(rows.first()).toContainText(words);
    await picture(page, "supply-operator-list");
    for (const left of [1, 0]) {
      await openTask(page, new RegExp(scenario));
      await decide(page, "授权运营主体办理公共数据申请", "通过", "没有超出已审核的场景需求");
      await goTo(page, "工作台");
      await expect(page.locator(".inbox").first().getByRole("link", { name: new RegExp(scenario) })).toHaveCount(left);
    }
  });

  test("the providing department reads its own part and agrees to raw data for this scenario", async ({ as }) => {
    const page = await as("finance");
    await openTask(page, new RegExp(scenario));
    await page.getByRole("tab", { name: /^材料/ }).click();
    await expect(page.getByText("分段界限须由原始记录推算").first()).toBeVisible();
    await decide(page, "数据提供部门审核原始数据利用", "通过", "只用于本场景, 同意");
  });

  test("nothing is supplied before the agreement is filed, nor before the operator recorded what it did to the data", async ({ as }) => {
    const page = await as("runner");
    const developer = await as("bank");
    await openApplication(page);
    const give = page.getByRole("button", { name: "供给到空间" });
    await closed(give, "协议尚未签署备案");

    const { declaration } = await sides(developer);
    const sign = `/v1/declarations/${declaration}/sign`;
    await ask(developer, "POST", sign, { from: "2025-10-14", until: "2026-10-14" });
    const agreement = await ask<{ id: string }>(page, "POST", sign, {});
    for (const step of ["file", "start"]) await ask(page, "POST", `/v1/agreements/${agreement.id}/${step}`);
    await page.reload();
    await closed(give, "加工处理", "第二十九条");
    await picture(page, "supply-unprocessed");
  });
});

test.describe("Zhoushan", () => {
  test.describe.configure({ mode: "serial" });
  playedAt("--regime", "zhoushan", "--until", "scenario");

  test("bureau and provider decide side by side; the number of the provincial system stands on the part", async ({ as }) => {
    const applicant = await as("bank");
    await openScenario(applicant);
    await applicant.getByRole("button", { name: "申请公共数据" }).click();
    await fileApplication(applicant);
    await expect(applicant.getByText("依规不需要")).toBeVisible();

    const provider = await as("finance");
    await openTask(provider, new RegExp(scenario));
    await decide(provider, "数据提供单位审核", "通过", "同意提供");

    const page = await as("bureau");
    await openApplication(page);
    await closed(page.getByRole("button", { name: "供给到空间" }), "尚未审核同意");
    await openTask(page, new RegExp(scenario));
    await page.getByRole("button", { name: "办理：公共数据主管部门通过IRS技术审核" }).click();
    const form = page.getByRole("dialog", { name: "办理：公共数据主管部门通过IRS技术审核" });
    for (const met of await form.getByText("符合", { exact: true }).all()) await met.click();
    await form.getByRole("radio", { name: "通过", exact: true }).check();
    await form.getByLabel("意见与理由").fill("技术审核同意");
    await form.getByLabel("文号").fill("IRS-2025-1001");
    await form.locator("input[type=file]").setInputFiles({ name: "irs.txt", mimeType: "text/plain", buffer: Buffer.from("IRS-2025-1001 审核同意") });
    await form.getByRole("button", { name: "提交意见" }).click();
    await expect(form).toBeHidden();
    await openApplication(page);
    await expect(page.getByText("IRS-2025-1001")).toBeVisible();
    await expect(page.getByText("已同意", { exact: true })).toBeVisible();
    await closed(page.getByRole("button", { name: "供给到空间" }), "没有生效", "三(五)");
    await picture(page, "supply-zhoushan");
  });
});
