// What each role sees once the story is told, and the refusals along the way.
import { expect, test } from "@playwright/test";
import { signIn } from "./people";

test("a person sees who used their data and that the authorization was withdrawn, on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/signin");
  await page.getByLabel("账号").fill("person");
  await page.getByLabel("密码").fill("yunei-demo-2025");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("heading", { name: "我的数据" })).toBeVisible();
  await expect(page.getByRole("article")).toContainText("刺桐银行股份有限公司");
  await expect(page.getByRole("article")).toContainText("9月还款状态");
  await page.getByText("我的授权").click();
  await expect(page.getByRole("article")).toContainText("已撤销");
  await expect(page.getByRole("button", { name: "撤销授权" })).toBeHidden();
  await page.getByRole("button", { name: "长辈版" }).click();
  await expect(page.getByRole("button", { name: "标准版" })).toBeVisible();
});

test("a query under the withdrawn authorization is refused with the article", async ({ page }) => {
  await signIn(page, "bank");
  await page.getByRole("menuitem", { name: "实时查询" }).click();
  await page.getByLabel("数据服务").click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item").first().click();
  await page.getByLabel("被查询人证件号码").fill("990000199001010018");
  await page.getByLabel("授权书", { exact: true }).click();
  await page.locator(".ant-select-dropdown:visible .ant-select-item").first().click();
  await page.getByRole("button", { name: /查询$/ }).click();
  await expect(page.getByRole("alert")).toBeVisible();
});

test("another tenant's space is answered in the same words as none", async ({ page }) => {
  await signIn(page, "bank");
  await page.goto("/lab");
  await page.getByRole("button", { name: "进入开发空间" }).click();
  await expect(page).toHaveURL(/\/lab\/spc_/);
  const theirs = new URL(page.url()).pathname;
  await page.context().clearCookies();
  await signIn(page, "bank2");
  const words = async (path: string) => {
    await page.goto(path);
    await expect(page.getByText("没有找到")).toBeVisible();
    return page.locator(".ant-result-subtitle").innerText();
  };
  expect(await words(theirs)).toBe(await words("/lab/spc_00000000000000000000000000"));
});

test("the reused model skipped the experts, with the article shown", async ({ page }) => {
  await signIn(page, "bank2");
  await page.getByRole("menuitem", { name: "办件" }).click();
  await page.getByRole("row", { name: /场景申报审批/ }).click();
  const experts = page.getByRole("listitem").filter({ hasText: "评审专家线上评估" });
  await expect(experts).toContainText("免于办理");
  await experts.getByRole("button", { name: /三\(四\)/ }).first().click();
  await expect(page.getByRole("dialog").locator("mark")).toContainText("无需评审专家再行评估");
});

test("the auditor checks the whole ledger, and one entry in the browser", async ({ page }) => {
  await signIn(page, "auditor");
  await page.getByRole("menuitem", { name: "账本" }).click();
  await page.getByRole("button", { name: "开始核验" }).click();
  await expect(page.getByText("全部一致")).toBeVisible({ timeout: 30_000 });
  await page.getByText("已拒绝", { exact: true }).first().click();
  await page.locator("tr.row-link").first().click();
  await expect(page.getByText("验证通过")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("RFC 6962")).toBeVisible();
});

test("an auditor changes nothing: the menu offers no act, and the page of another role answers refused", async ({ page }) => {
  await signIn(page, "auditor");
  await expect(page.getByRole("menuitem", { name: "开发空间" })).toBeHidden();
  await page.goto("/catalog/new");
  await page.getByLabel("资源名称").fill("试");
  await page.getByLabel("模型中的表名").fill("trial");
  await page.getByLabel("使用条件").first().fill("一");
  await page.getByLabel("理由").fill("一");
  await page.locator("#open_basis").fill("一");
  await page.getByLabel("使用条件").last().fill("一");
  await page.getByRole("button", { name: "保存草稿" }).click();
  await expect(page.getByRole("alert")).toContainText("没有办理权限");
});
