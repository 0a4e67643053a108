// Act 20. Guizhou's second level: applied for, reviewed, five working days in public with an objection that blocks, answered, signed,
// in force. The clock is turned by hand.
import { password, second } from "./cast";
import { playedAt } from "./elsewhere";
import { address, ask, choose, closed, decide, expect, goTo, openTask, type Page, picture, receipt, test } from "./stage";

// One act leads to the next.
test.describe.configure({ mode: "serial" });
const guizhou = playedAt("--regime", "guizhou", "--until", "operator", "--day", "2025-10-13");

const firm = { ...second, login: "nanming", name: "南明普惠银行股份有限公司" };
const field = "金融";
let file = "";

interface Made {
  id: string;
}

async function attach(page: Page, paper: string): Promise<void> {
  await page
    .locator(".ant-form-item")
    .filter({ hasText: paper })
    .locator("input[type=file]")
    .setInputFiles({ name: `${paper}.txt`, mimeType: "text/plain", buffer: Buffer.from(`${firm.name}：${paper}（扫描件）`) });
}

test("the bureau confirms a department, which calls for developers", async ({ as }) => {
  const bureau = await as("bureau");
  await goTo(bureau, "授权资格");
  await bureau.getByRole("tab", { name: "授权部门" }).click();
  await bureau.getByRole("button", { name: "审核确认部门" }).click();
  const form = bureau.getByRole("dialog", { name: "审核确认部门" });
  // The register is searched by the server.
  const box = form.getByRole("combobox", { name: "部门" });
  await box.fill("地方金融");
  await bureau.locator(".ant-select-item-option").filter({ hasText: "贵州省地方金融管理局" }).click();
  await form.getByRole("combobox", { name: "领域" }).fill(field);
  await bureau.keyboard.press("Enter");
  await form.getByLabel("文号").fill("黔数函〔2025〕3号");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(bureau.getByRole("row").filter({ hasText: "贵州省地方金融管理局" })).toContainText(field);

  const authority = await as("authority");
  await ask(authority, "POST", "/v1/notices/call", { title: "公共数据开发利用主体征集通告", for: "grant.developer", field, conditions: "法人组织, 具备数据管理和数据安全保障能力", closes: "2025-12-31T17:00:00+08:00" });
});

test("a company applies to it, on its paper and with the procedure in sight", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/"));
  await ask(front, "POST", "/v1/organizations", {
    account: { login: firm.login, password, name: firm.handler, roles: ["data-user"] },
    organization: { name: firm.name, uscc: firm.uscc, kind: "enterprise", registered: "2012-06-01", in_province: true, dcmm: false, representative: firm.representative, representative_id: firm.representativeId, contact: "经办人", phone: "0851-22000001" },
  });
  const page = await as(firm.login);
  const { admission } = await ask<{ admission: Made }>(page, "POST", "/v1/admissions", { method: "paper", documents: [{ kind: "organization-profile", name: "单位情况说明.pdf", blob: "sha256:01" }] });
  const operator = await as("operator");
  const { items } = await ask<{ items: Made[] }>(operator, "GET", `/v1/matters?subject=${admission.id}`);
  const { matter } = await ask<{ matter: { steps: { id: string; checks?: { id: string }[] }[] } }>(operator, "GET", `/v1/matters/${items[0]?.id}`);
  await ask(operator, "POST", `/v1/matters/${items[0]?.id}/decide`, { step: matter.steps[0]?.id, verdict: "pass", reason: "单位信息真实有效", checks: Object.fromEntries((matter.steps[0]?.checks ?? []).map((c) => [c.id, true])) });

  await page.goto(address("/notices?kind=call"));
  await page.locator("article").filter({ hasText: "公共数据开发利用主体征集通告" }).getByRole("link", { name: "去申请" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "申请授权" })).toBeVisible();
  // The call says which level it is for; the way ahead is drawn with its period in public.
  await expect(page.getByRole("radio", { name: "开发利用主体" })).toBeChecked();
  await expect(page.getByRole("group", { name: "开发利用主体授权" })).toContainText("公示 5 个工作日");
  await choose(page, "授权部门", "贵州省地方金融管理局");
  await page.getByRole("textbox", { name: "领域", exact: true }).fill(field);
  await page.getByRole("textbox", { name: "能力说明" }).fill("具备金融领域公共数据开发利用能力、成熟的数据管理和安全保障能力");
  const procedure = await ask<{ needs: { title: string; id: string }[] }>(page, "GET", "/v1/regime/procedures/grant.developer");
  for (const need of procedure.needs.filter((n) => n.id !== "capability-statement")) await attach(page, need.title);
  await picture(page, "authorization-apply");
  await page.getByRole("button", { name: /^提\s?交$/ }).click();
  await page.waitForURL(/\/authorizations\/aut_/);
  await receipt(page);
  await expect(page.getByText("授权部门资质审核").first()).toBeVisible();
  file = page.url();
});

test("the department reviews; the period in public begins and nobody signs in it", async ({ as }) => {
  const authority = await as("authority");
  await openTask(authority, new RegExp(firm.name));
  await decide(authority, "授权部门资质审核", "通过", "材料真实, 符合第八条所列条件");
  await expect(authority.getByText(/公示/).first()).toBeVisible();
  const page = await as(firm.login);
  await page.goto(file);
  await closed(page.getByRole("button", { name: "签署协议" }), /./);
});

test("anybody objects without signing in, and the objection blocks beyond the last day", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/notices?kind=publicity"));
  await front.getByRole("link", { name: new RegExp(firm.name) }).first().click();
  await expect(front.getByText(/自 2025-10-\d\d 起 5 个工作日/).first()).toBeVisible();
  await front.getByRole("button", { name: "提出异议" }).click();
  const form = front.getByRole("dialog", { name: "提出异议" });
  await form.getByLabel("异议", { exact: true }).fill("该公司去年因数据安全问题被行政处罚, 请核实。");
  await form.getByLabel("姓名或单位名称").fill("刘某");
  await form.getByLabel("联系方式").fill("13800000000");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(front.getByText("异议已提交")).toBeVisible();
  await picture(front, "objection-sent");

  await guizhou.turn("2025-10-30");
  const page = await as(firm.login);
  await page.goto(file);
  await closed(page.getByRole("button", { name: "签署协议" }), /./);
  // Past the period nobody objects any more, and the page says so.
  await front.reload();
  await expect(front.getByText("公示期已满，不再接受异议")).toBeVisible();
  await expect(front.getByText("刘某")).toHaveCount(0);
});

test("the department answers; with no open objection the matter passes by itself", async ({ as, anyone }) => {
  const authority = await as("authority");
  await openTask(authority, new RegExp(firm.name));
  await authority.getByRole("tab", { name: "公示与异议" }).click();
  await expect(authority.getByText("刘某 · 13800000000")).toBeVisible();
  await picture(authority, "objection-desk");
  await authority.getByRole("button", { name: "处理异议" }).click();
  const form = authority.getByRole("dialog", { name: "处理异议" });
  await choose(form, "办理结果", "不成立");
  await form.getByLabel("答复").fill("经核实, 该公司近三年没有行政处罚记录, 异议不成立。");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(authority);
  const at = authority.url();
  await guizhou.turn("2025-10-31");
  const next = await as("authority");
  await next.goto(at);
  await expect(next.getByRole("main").getByText("通过", { exact: true }).first()).toBeVisible();

  const front = await anyone();
  await front.goto(address("/notices?kind=publicity"));
  await front.getByRole("link", { name: new RegExp(firm.name) }).first().click();
  await expect(front.getByText("经核实, 该公司近三年没有行政处罚记录")).toBeVisible();
});

test("both sides sign within the cap, and the authorization is in force", async ({ as }) => {
  const page = await as(firm.login);
  await page.goto(file);
  await page.getByRole("button", { name: "签署协议" }).click();
  const form = page.getByRole("dialog", { name: "签署协议" });
  await form.getByPlaceholder("开始日期").fill("2025-10-31");
  await page.keyboard.press("Enter");
  await form.getByPlaceholder("结束日期").fill("2026-10-31");
  await page.keyboard.press("Enter");
  for (const clause of await form.getByRole("textbox").all()) {
    if (!(await clause.inputValue())) await clause.fill("双方依规约定");
  }
  await picture(page, "authorization-sign");
  await form.getByRole("button", { name: "签署协议" }).click();
  await receipt(page);

  const authority = await as("authority");
  await authority.goto(file);
  await authority.getByRole("link", { name: "签署协议" }).click();
  await authority.waitForURL(/\/agreements\//);
  await authority.getByRole("button", { name: "签订公共数据协议", exact: true }).click();
  const other = authority.getByRole("dialog", { name: "签署协议" });
  await other.getByRole("button", { name: "签署协议" }).click();
  await receipt(authority);
  await authority.goto(file);
  await authority.getByRole("button", { name: "授权资格生效" }).click();
  await receipt(authority);
  await expect(authority.getByRole("main").getByText("有效", { exact: true }).first()).toBeVisible();
  await picture(authority, "authorization-file");
});
