// Act 33. Queries of a space are kept under a name: opened again, saved as another, without changing the first; and the space is left.
import { playedAt } from "./elsewhere";
import { expect, goTo, type Page, picture, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--until", "lab");

const table = "分学历年龄段违约率";

async function enter(page: Page): Promise<void> {
  await goTo(page, "开发空间");
  await page.getByRole("link", { name: "进入开发空间" }).first().click();
  await expect(page.getByRole("textbox", { name: "模型 SQL" })).toBeVisible();
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole("combobox", { name: "模型" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: name }).first().click();
  await expect(page.getByRole("textbox", { name: "名称" })).toHaveValue(name);
}

test("a query is saved as another one, and the first stays as it was", async ({ as }) => {
  const page = await as("bank");
  await enter(page);
  await open(page, table);
  const editor = page.getByRole("textbox", { name: "模型 SQL" });
  await expect(editor).toContainText("GROUP BY education");
  await page.getByRole("button", { name: /另存为$/ }).click();
  await expect(page.getByRole("textbox", { name: "名称" })).toHaveValue(`${table}（副本）`);
  await editor.fill("SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /保存$/ }).click();
  await page.reload();
  await open(page, `${table}（副本）`);
  await expect(editor).toContainText("COUNT(*) AS n FROM credit_default");
  await picture(page, "queries");
  await open(page, table);
  await expect(editor).toContainText("AVG(default_next_month)");
});

test("who leaves the space has left", async ({ as }) => {
  const page = await as("bank");
  await enter(page);
  await page.getByRole("button", { name: /离开空间$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "开发空间" })).toBeVisible();
  await page.getByRole("link", { name: "空间档案" }).first().click();
  await page.getByRole("tab", { name: "会话" }).click();
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await expect(page.getByText("在空间内", { exact: true })).toHaveCount(0);
});
