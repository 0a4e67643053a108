// Act 6. The agreement is signed twice and filed, the grant takes effect, and the table is computed on raw data.
import { bank, defaultRates, scenario } from "./cast";
import { closed, expect, goTo, type Page, picture, receipt, test } from "./stage";

async function openAgreement(page: Page) {
  await goTo(page, "授权与协议");
  await page.getByRole("tab", { name: "协议", exact: true }).click();
  await page.getByRole("row").filter({ hasText: bank.handler }).click();
  await expect(page.getByRole("heading", { level: 1, name: /公共数据使用和安全保障协议/ })).toBeVisible();
}

test("nothing runs on raw data before the grant, and the button says why", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "开发空间");
  await page.getByRole("link", { name: "进入开发空间" }).click();
  await page.getByRole("tab", { name: /版本与运行/ }).click();
  const run = page.getByRole("row").filter({ hasText: defaultRates.name }).getByRole("button", { name: "在原始数据上运行" });
  await closed(run, /授权|协议/);
});

test("the bank lays down the term and signs", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: scenario.title }).click();
  await page.getByRole("button", { name: "签署协议" }).click();
  const dialog = page.getByRole("dialog", { name: "签署协议" });
  await dialog.getByRole("textbox").first().fill("2025-09-29");
  await page.keyboard.press("Enter");
  await dialog.getByRole("textbox").nth(1).fill("2026-09-29");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "签署协议" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /公共数据使用和安全保障协议/ })).toBeVisible();
  await expect(page.getByText("待对方签署")).toBeVisible();
  await expect(page.locator(".document-text")).toContainText("《信用卡账户与还款信息》的9月还款状态");
  await receipt(page);
});

test("the operator signs, is told that filing comes before the start, files and starts", async ({ as }) => {
  const page = await as("operator");
  await openAgreement(page);
  await page.getByRole("button", { name: "签订公共数据协议" }).click();
  await page.getByRole("dialog", { name: "签署协议" }).getByRole("button", { name: "签署协议" }).click();
  await expect(page.locator(".file-head").getByText("已签订", { exact: true })).toBeVisible();
  await closed(page.getByRole("button", { name: "授权生效" }), "备案", "三(五)");
  await picture(page, "operator-agreement");
  await page.getByRole("button", { name: "协议备案" }).click();
  await expect(page.locator(".file-head").getByText("已备案", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "授权生效" }).click();
  await receipt(page);
  await goTo(page, "授权与协议");
  await page.getByRole("row").filter({ hasText: scenario.title }).click();
  await expect(page.locator(".file-head").getByText("有效", { exact: true })).toBeVisible();
});

test("the bank runs the table on raw data, and the same question again costs nothing", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "开发空间");
  await page.getByRole("link", { name: "进入开发空间" }).click();
  await page.getByRole("tab", { name: /版本与运行/ }).click();
  const run = page.getByRole("row").filter({ hasText: defaultRates.name }).getByRole("button", { name: "在原始数据上运行" });
  await run.click();
  const asked = page.getByRole("row").filter({ has: page.getByRole("button", { name: "申请出域" }) });
  await expect(asked).toHaveCount(1, { timeout: 60_000 });
  await run.click();
  await expect(page.getByText("复用已有结果")).toBeVisible({ timeout: 60_000 });
  await picture(page, "bank-runs");
});
