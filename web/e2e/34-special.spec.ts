// Act 34. Under Weihai's draft: another law sets something for one entry and stands in the decision; the catalog is held against a
// standard by its version.
import { readFileSync } from "node:fs";
import { playedAt } from "./elsewhere";
import { address, choose, expect, goTo, picture, receipt, test, type Page } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--regime", "weihai", "--until", "catalog");

const entry = "空气质量逐时监测数据";
const law = "示例市气象条例";
const sample = readFileSync(new URL("../../regimes/standard.sample.yaml", import.meta.url), "utf8");

async function openSpecials(page: Page): Promise<void> {
  await goTo(page, "资源目录");
  await page.getByRole("row").filter({ hasText: entry }).click();
  await expect(page.getByRole("heading", { level: 1, name: entry })).toBeVisible();
  await page.getByRole("tab", { name: /^特别规定/ }).click();
}

test("the department records that another law lets nobody take its data directly", async ({ as }) => {
  const page = await as("ecology");
  await openSpecials(page);
  await expect(page.getByText("没有登记特别规定")).toBeVisible();
  await page.getByRole("button", { name: "登记特别规定" }).click();
  const form = page.getByRole("dialog", { name: "登记特别规定" });
  await choose(form, "代替哪项规定", "直接获取");
  await expect(form.getByText("代替一般规定：无条件开放类")).toBeVisible();
  await choose(form, "特别规定为", "均不可直接获取");
  await page.keyboard.press("Escape");
  await form.getByLabel("法律法规全称").fill(law);
  await form.getByLabel("条款", { exact: true }).fill("第十一条");
  await form.getByLabel("条文原句").fill("观测资料应当登记后提供");
  await form.getByLabel("自哪日起适用").fill("2025-09-01");
  await page.keyboard.press("Enter");
  await picture(page, "special-record");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: law })).toContainText("待确认");
});

test("the bureau of its level confirms it, and from then on the download is refused in its words", async ({ as, anyone }) => {
  const front = await anyone();
  const file = address("/v1/open/beijing_pm25/rows.csv");
  expect((await front.request.get(file)).status()).toBe(200);
  const page = await as("bureau");
  await openSpecials(page);
  const row = page.getByRole("row").filter({ hasText: law });
  await row.getByRole("button", { name: "确认", exact: true }).click();
  await receipt(page);
  await expect(row).toContainText("适用中");
  await picture(page, "special-confirmed");
  const refused = await front.request.get(file);
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain("观测资料应当登记后提供");
});

test("the bureau publishes a version of a standard and holds the catalog against it", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "标准符合性");
  await expect(page.getByText("还没有发布标准")).toBeVisible();
  await page.getByRole("button", { name: "发布标准版本" }).click();
  const form = page.getByRole("dialog", { name: "发布标准版本" });
  await form.getByLabel("标准文件").fill(sample.replace("entry.update_cycle", "entry.cycle_of_update"));
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form.getByText(/不认识 entry\.cycle_of_update/).first()).toBeVisible();
  await form.getByLabel("标准文件").fill(sample);
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: "数据资源目录编制与接口要求" });
  await expect(row).toContainText("有效");
  await expect(row).toContainText("样例，待确认");
  await row.getByRole("button", { name: "对照检查" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /数据资源目录编制与接口要求（V1\.0）/ })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "一页不超过 100 条" })).toContainText("平台接口");
  await picture(page, "conformity-report");
});

test("supervision reads the report and loads nothing", async ({ as }) => {
  const page = await as("police");
  await goTo(page, "标准符合性");
  await expect(page.getByRole("button", { name: "发布标准版本" })).toHaveCount(0);
  await page.getByRole("tab", { name: "符合性报告" }).click();
  await page.getByRole("link", { name: "数据资源目录编制与接口要求" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /数据资源目录编制与接口要求/ })).toBeVisible();
});
