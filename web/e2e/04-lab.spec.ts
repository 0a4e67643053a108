// Act 4. The bank opens its space, is refused where it asks too much, and submits two models.
import { bank, creditBand, defaultRates, scenario } from "./cast";
import { address, expect, goTo, type Page, picture, readCitation, receipt, test } from "./stage";

async function enterSpace(page: Page) {
  await goTo(page, "开发空间");
  await page.getByRole("button", { name: "开通开发空间" }).or(page.getByRole("link", { name: "进入开发空间" })).click();
  await expect(page.getByRole("textbox", { name: "模型 SQL" })).toBeVisible();
}

async function write(page: Page, name: string, kind: "统计（A 类）" | "单人查询（B 类）", text: string) {
  await page.getByRole("textbox", { name: "名称" }).fill(name);
  await page.getByText(kind, { exact: true }).first().click();
  await page.getByRole("textbox", { name: "模型 SQL" }).fill(text);
  await page.keyboard.press("Escape"); // the completion that the last word offers
}

async function submit(page: Page, name: string, shared: boolean) {
  await page.getByRole("button", { name: /保存$/ }).click();
  const button = page.getByRole("button", { name: "提交模型" }).first();
  await expect(button).toBeEnabled();
  await button.click();
  const dialog = page.getByRole("dialog", { name: `提交模型：${name}` });
  if (shared) await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "提交模型" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name} v1` })).toBeVisible();
  await receipt(page);
}

test("a space is closed to whoever has not signed the undertaking, and says where to sign", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "开发空间");
  await page.getByRole("button", { name: "开通开发空间" }).or(page.getByRole("link", { name: "进入开发空间" })).click();
  const refused = page.getByRole("alert").filter({ hasText: "保密承诺书" });
  await expect(refused).toBeVisible();
  await picture(page, "bank-undertaking-missing");
  await refused.getByRole("link", { name: "保密承诺书" }).click();
  await page.getByRole("checkbox", { name: /我已阅读并理解全文/ }).check();
  await page.getByRole("button", { name: "签署保密承诺书" }).click();
  await expect(page.getByText(/^已于 .+ 签署$/).first()).toBeVisible(); // the first signature registers a key, which has a receipt of its own
});

test("the space opens with fields, grades and budgets", async ({ as }) => {
  const page = await as(bank.login);
  await enterSpace(page);
  await expect(page.getByRole("complementary", { name: "可用数据" })).toContainText("credit_default");
  await expect(page.getByRole("complementary", { name: "可用数据" })).toContainText("pay_0");
  await expect(page.getByRole("complementary", { name: "模型分析" })).toContainText("披露额度");
});

test("SELECT * is refused where it stands, with the way out and the article", async ({ as }) => {
  const page = await as(bank.login);
  await enterSpace(page);
  await write(page, "全部数据", "统计（A 类）", "SELECT * FROM credit_default");
  await page.getByRole("button", { name: /检查$/ }).click();
  const refusals = page.getByRole("alert").filter({ hasText: "可以改为" });
  await expect(refusals).toBeVisible();
  await expect(page.locator(".cm-lintRange-error").first()).toHaveText("*");
  await readCitation(page.locator(".lab-below"));
  await picture(page, "bank-refused-sql");
});

test("the table of default rates says what it costs and how exact it is", async ({ as }) => {
  const page = await as(bank.login);
  await enterSpace(page);
  await write(page, defaultRates.name, "统计（A 类）", defaultRates.text);
  await page.getByRole("button", { name: /检查$/ }).click();
  const analysis = page.getByRole("complementary", { name: "模型分析" });
  await expect(analysis).toContainText("显示门槛");
  await expect(analysis).toContainText("各列预期误差");
  await expect(analysis).toContainText("accounts");
  await page.getByRole("button", { name: "样例试运行" }).click();
  await expect(page.getByText("引擎与解释器结果一致")).toBeVisible();
  await expect(page.locator(".result-table").getByRole("row").nth(1)).toBeVisible();
  await picture(page, "bank-workbench");
  await page.locator(".result-bar").getByText("图", { exact: true }).click();
  await expect(page.locator(".lab-below canvas").first()).toBeVisible();
  await submit(page, defaultRates.name, false);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("the credit band is one of three values and is put on the shelf", async ({ as }) => {
  const page = await as(bank.login);
  await enterSpace(page);
  await page.getByRole("button", { name: "新建模型" }).click();
  await write(page, creditBand.name, "单人查询（B 类）", creditBand.text);
  await page.getByRole("button", { name: "样例试运行" }).click();
  await expect(page.getByText("引擎与解释器结果一致")).toBeVisible();
  await expect(page.getByRole("complementary", { name: "模型分析" })).toContainText("band");
  await submit(page, creditBand.name, true);
  await picture(page, "bank-model");
});

test("a stranger to the space is told what anyone is told about a space that does not exist", async ({ as }) => {
  const page = await as(bank.login);
  await enterSpace(page);
  const url = page.url();
  await expect(page.getByText(scenario.title).first()).toBeVisible();
  const stranger = await as("finance");
  await stranger.goto(url);
  const said = stranger.locator(".ant-result");
  await expect(said).toContainText("没有找到");
  const words = await said.innerText();
  await stranger.goto(address("/lab/spc_00000000000000000000000000"));
  await expect(said).toContainText("没有找到");
  expect(await said.innerText()).toBe(words);
});
