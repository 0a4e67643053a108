// From the pre-declaration to the exported table, as the people of the story, in the browser. The departments' part and
// the banks' admission were told before. Refusals are tested like successes.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { choose, decide, expectReceipt, leave, seat } from "./people";

test.describe.configure({ mode: "serial" });
test.afterAll(leave);

const title = "小微信贷授信辅助";
const model = "分学历年龄段违约率";

test("the department sees its entry with grades and the quality of what it supplied", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "finance");
  await page.getByRole("menuitem", { name: "资源目录" }).click();
  await page.getByRole("row", { name: /信用卡账户与还款信息/ }).click();
  await expect(page.getByRole("heading", { name: "信用卡账户与还款信息" })).toBeVisible();
  await expect(page.getByRole("row", { name: /次月是否违约/ })).toContainText("敏感个人信息");
  await page.getByRole("menuitem", { name: "数据归集" }).click();
  await page.getByRole("row", { name: /信用卡账户与还款信息/ }).click();
  await page.getByRole("row", { name: /credit_default/ }).click();
  await expect(page.getByRole("dialog")).toContainText("30,000");
});

test("the department drafts an entry; what keeps it from being submitted is listed", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "finance");
  await page.goto("/catalog/new");
  await page.getByLabel("资源名称").fill("企业贷款备案信息");
  await page.getByLabel("模型中的表名").fill("loan_filing");
  await page.getByLabel("使用条件").first().fill("经数据提供单位同意");
  await page.getByLabel("理由").fill("含企业经营信息");
  await page.locator("#open_basis").fill("《福建省大数据发展条例》");
  await page.getByLabel("使用条件").last().fill("依场景申请");
  await page.getByRole("button", { name: "添加数据项" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByLabel("名称").fill("备案年度");
  await drawer.getByLabel("编号").fill("filing_year");
  await drawer.getByRole("button", { name: "确定" }).click();
  await page.getByRole("button", { name: "保存草稿" }).click();
  await expect(page.getByRole("heading", { name: "企业贷款备案信息" })).toBeVisible();
  await expectReceipt(page);
});

test("the bank files a pre-declaration with the fields it needs and why", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.goto("/scenarios/new");
  await page.getByLabel("应用场景", { exact: true }).fill(title);
  await page.getByLabel("使用目的").fill("用于本行贷款申请的授信审查和产品定价检验，不作他用");
  await choose(page, "数据资源", "信用卡账户与还款信息");
  for (const field of ["学历", "年龄", "次月是否违约"]) {
    await page.getByLabel("数据项", { exact: true }).fill(field);
    await page.keyboard.press("Enter");
  }
  await page.keyboard.press("Escape");
  await page.getByLabel("数据必要性").fill("按学历和年龄段统计违约率所需的最少数据项");
  await page.locator("#solution").fill("按学历和年龄段统计违约率，用于产品定价的合理性检验。");
  await page.getByLabel("使用安全性").fill("仅限授信审查岗三名实名人员使用，结果只进授信系统。");
  await page.getByLabel("申请的年度披露额度（rho）").fill("0.02");
  await page.getByRole("button", { name: "提交预申报" }).click();
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  await expectReceipt(page);
  // The clock runs over the National Day holidays and says so.
  await page.getByRole("button", { name: /到期/ }).first().click();
  await expect(page.getByRole("tooltip")).toContainText("工作日");
});

test("the bank cannot open a space before the review, and is told under which article", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.goto("/lab");
  await expect(page.getByText("还没有可以进入的开发空间")).toBeVisible();
});

test("the operator reviews within the time limit", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "operator");
  await page.goto("/desk");
  await expect(page.getByRole("listitem").filter({ hasText: title }).first()).toContainText("个工作日");
  await decide(page, title, "通过", "场景可行，所需数据项必要，使用方式安全");
  await expectReceipt(page);
});

test("in the lab SELECT * is refused where it stands, and one click writes what is allowed", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.goto("/lab");
  await page.getByRole("button", { name: "开通开发空间" }).click();
  const editor = page.getByRole("textbox", { name: "模型 SQL" });
  await editor.fill("SELECT * FROM credit_default");
  await page.getByRole("button", { name: "检查" }).click();
  await expect(page.getByRole("alert")).toContainText("G002");
  await expect(page.locator(".cm-lintRange-error")).toHaveText("*");
  await page.getByRole("alert").getByRole("button", { name: "按提示改写" }).click();
  await page.getByRole("button", { name: "检查" }).click();
  await expect(page.getByText("出域的只有").first()).toBeVisible();
});

test("a model is checked, tried on samples, saved and submitted", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.goto("/lab");
  await page.getByRole("button", { name: "进入开发空间" }).click();
  await page.getByLabel("名称").fill(model);
  await page
    .getByRole("textbox", { name: "模型 SQL" })
    .fill(
      "SELECT education, bucket(age, 30, 40, 50) AS age_band,\n COUNT(*) AS accounts, AVG(default_next_month) AS default_rate\nFROM credit_default\nGROUP BY education, bucket(age, 30, 40, 50)",
    );
  await page.getByRole("button", { name: "样例试运行" }).click();
  await expect(page.getByText("引擎与解释器结果一致")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("complementary", { name: "模型分析" })).toContainText("显示门槛");
  await page.getByRole("button", { name: "保存" }).click();
  await expectReceipt(page);
  await page.getByRole("button", { name: "提交模型" }).click();
  await page.getByRole("dialog").getByRole("checkbox", { name: /上架/ }).check();
  await page.getByRole("dialog").getByRole("button", { name: "提交模型" }).click();
  await expect(page.getByRole("heading", { name: `${model} v1` })).toBeVisible();
  await page.getByRole("tab", { name: "静态检查" }).click();
  await expect(page.getByRole("row", { name: /SC01/ })).toContainText("通过");
});

test("the bank declares the model", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.getByRole("menuitem", { name: "场景申报" }).click();
  await page.getByRole("row", { name: new RegExp(title) }).click();
  await page.getByRole("button", { name: "场景申报", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("申报的模型版本").click();
  await page.locator(".ant-select-dropdown:visible").getByTitle(new RegExp(model)).click();
  await page.keyboard.press("Escape");
  await dialog.getByLabel("《建模设计说明书》").fill("按学历和年龄段分组统计，加噪并设显示门槛，结果不可逆算。");
  await dialog.getByRole("button", { name: "提交申报" }).click();
  await expect(page.getByText("评审专家线上评估").first()).toBeVisible();
});

test("operator, experts with signatures of their own, provider and bureau decide", async ({ browser, baseURL }) => {
  test.slow();
  await decide(await seat(browser, baseURL, "operator"), title, "通过", "方案和代码审核通过");
  for (const expert of ["expert1", "expert2"]) {
    const page = await seat(browser, baseURL, expert);
    await page.goto("/expert");
    await page.getByRole("button", { name: "生成并登记密钥" }).click();
    await expect(page.getByText("公钥已登记")).toBeVisible();
    await decide(page, title, "通过", "目的合法，数据项最少够用，结果不可逆");
    await expect(page.getByText("已附专家签名").first()).toBeVisible();
  }
  await decide(await seat(browser, baseURL, "finance"), title, "同意", "同意按申报用途使用");
  const bureau = await seat(browser, baseURL, "bureau");
  await decide(bureau, title, "通过", "同意");
  await expect(bureau.getByRole("heading", { name: title }).locator("xpath=..")).toContainText("通过");
});

test("the agreement is signed by both, filed, and the grant takes effect", async ({ browser, baseURL }) => {
  const bank = await seat(browser, baseURL, "bank");
  await bank.getByRole("menuitem", { name: "场景申报" }).click();
  await bank.getByRole("row", { name: new RegExp(title) }).click();
  await bank.getByRole("button", { name: "签署协议" }).click();
  const dialog = bank.getByRole("dialog");
  await dialog.getByPlaceholder("开始日期").fill("2025-09-29");
  await dialog.getByPlaceholder("结束日期").fill("2026-09-28");
  await bank.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "签署协议" }).click();
  await expect(bank.getByRole("heading", { name: "《公共数据使用和安全保障协议》" })).toBeVisible();
  // An act that is not the bank's says so on focus.
  await bank.getByRole("button", { name: "协议备案" }).focus();
  await expect(bank.getByRole("tooltip")).toBeVisible();

  const operator = await seat(browser, baseURL, "operator");
  await operator.goto("/grants?tab=agreements");
  await operator.locator("tr.row-link").first().click();
  for (const act of ["签订公共数据协议", "协议备案", "授权生效"]) {
    // Each opens when the one before it is done.
    await operator.getByRole("button", { name: act, disabled: false }).click();
  }
  await expectReceipt(operator);
  await expect(operator.locator(".ant-btn-loading")).toHaveCount(0);
  await operator.goto("/grants");
  await operator.locator("tr.row-link").first().click();
  await expect(operator.getByText("有效").first()).toBeVisible();
});

test("the model runs on raw data, is charged, and asks to leave", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.goto("/lab");
  await page.getByRole("button", { name: "进入开发空间" }).click();
  await page.getByRole("tab", { name: /版本与运行/ }).click();
  await page.getByRole("button", { name: "在原始数据上运行" }).click();
  await page.getByRole("button", { name: "申请出域" }).click({ timeout: 30_000 });
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("用途").fill("检验个人贷款产品分层定价的合理性");
  await dialog.getByLabel("接收方").fill("本行风险管理部");
  await dialog.getByLabel("保存期限").fill("一年");
  await dialog.getByRole("button", { name: "提交" }).click();
  await expect(page.getByRole("heading", { name: model })).toBeVisible();
  await page.getByRole("tab", { name: /自动检查 8\/8/ }).click();
  await expect(page.getByRole("row", { name: /披露账扣减无误/ })).toBeVisible();
});

test("the operator checks, two people of the bureau review, and the noised table is exported", async ({ browser, baseURL }) => {
  await decide(await seat(browser, baseURL, "operator"), model, "通过", "与批准的场景和模型一致");
  await decide(await seat(browser, baseURL, "bureau"), model, "通过", "不可逆算，同意出域");
  await decide(await seat(browser, baseURL, "bureau2"), model, "通过", "复核无误");
  const page = await seat(browser, baseURL, "bank");
  await page.getByRole("menuitem", { name: "出域审查" }).click();
  await page.getByRole("row", { name: new RegExp(model) }).click();
  await page.getByRole("tab", { name: "待出域结果" }).click();
  await expect(page.getByText("批准出域并导出后")).toBeVisible();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: /导出$/ }).click();
  const file = readFileSync(await (await saving).path(), "utf8");
  expect(file).toContain("education");
  expect(file).toContain("*");
  await expectReceipt(page);
  await expect(page.getByText("*", { exact: true }).first()).toBeVisible();
});

test("the receipt of that act is verified in the browser", async ({ browser, baseURL }) => {
  const page = await seat(browser, baseURL, "bank");
  await page.getByRole("status").getByRole("button", { name: /已记入账本/ }).click();
  await expect(page.getByText("验证通过")).toBeVisible({ timeout: 20_000 });
});
