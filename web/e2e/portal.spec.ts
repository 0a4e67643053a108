// What anyone sees without signing in.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";

test("open data is found, drawn, read as a table and taken along", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("searchbox", { name: "搜索" }).fill("空气");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: /空气质量/ }).click();
  await expect(page.locator("canvas")).toBeVisible();
  await page.getByText("表", { exact: true }).first().click();
  await expect(page.getByRole("cell", { name: "2010-01" })).toBeVisible();
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "下载 CSV" }).click();
  const rows = readFileSync(await (await saving).path(), "utf8").trim().split("\n");
  expect(rows.length).toBe(43_825);
});

test("English is one click away and stays", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "切换语言" }).click();
  await expect(page.getByRole("link", { name: "Open data" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("link", { name: "Law and rules" }).first()).toBeVisible();
});

test("the law can be read, with procedures, rules and what upholds each obligation", async ({ page }) => {
  await page.goto("/law");
  await page.getByRole("link", { name: /泉州市公共数据资源开发服务管理细则/ }).click();
  await expect(page.getByRole("heading", { name: /二\(二\)/ })).toBeVisible();
  await page.getByRole("tab", { name: "办理流程" }).click();
  await expect(page.getByText("市数据管理部门最终审批")).toBeVisible();
  await page.getByRole("tab", { name: "规则", exact: true }).click();
  await expect(page.getByText("近三年内无违法失信行为")).toBeVisible();
  await page.getByRole("tab", { name: "落实情况" }).click();
  await expect(page.getByText(/项义务/)).toBeVisible();
});

test("the interface documents itself without another host", async ({ page }) => {
  const elsewhere: string[] = [];
  page.on("request", (r) => {
    if (!r.url().startsWith("http://127.0.0.1") && !r.url().startsWith("data:") && !r.url().startsWith("blob:")) elsewhere.push(r.url());
  });
  await page.goto("/docs");
  await expect(page.getByText("/v1/matters/{id}/decide")).toBeVisible({ timeout: 20_000 });
  expect(elsewhere).toEqual([]);
});

test("a page of the console asks to sign in and comes back to it", async ({ page }) => {
  await page.goto("/ledger");
  await page.getByLabel("账号").fill("auditor");
  await page.getByLabel("密码").fill("yunei-demo-2025");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page).toHaveURL(/\/ledger$/);
});

test("a wrong password says so and keeps what was typed", async ({ page }) => {
  await page.goto("/signin");
  await page.getByLabel("账号").fill("auditor");
  await page.getByLabel("密码").fill("not-the-password");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("账号")).toHaveValue("auditor");
});

test("an address that is none, and a code that is dead, have pages of their own", async ({ page }) => {
  await page.goto("/no/such/page");
  await expect(page.getByText("没有这个页面")).toBeVisible();
  await page.goto("/phone/admission/nothing");
  await expect(page.getByText("没有找到")).toBeVisible();
});
