// Act 7. The table asks to leave: checks, the operator, two persons of the bureau, and only then a file.
import { readFileSync } from "node:fs";
import { bank } from "./cast";
import { closed, decide, expect, goTo, openTask, picture, receipt, test } from "./stage";

const purpose = "检验个人贷款产品分层定价的合理性";

test("the bank asks for the release and cannot export before it is reviewed", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "开发空间");
  await page.getByRole("link", { name: "进入开发空间" }).click();
  await page.getByRole("tab", { name: /版本与运行/ }).click();
  await page.getByRole("button", { name: "申请出域" }).last().click();
  const dialog = page.getByRole("dialog", { name: "申请出域" });
  await dialog.getByLabel("用途").fill(purpose);
  await dialog.getByLabel("接收方").fill("本行风险管理部");
  await dialog.getByLabel("保存期限").fill("一年");
  await dialog.getByRole("button", { name: "提交" }).click();
  await expect(page.locator(".file-head").getByText("审查中", { exact: true })).toBeVisible();
  await receipt(page);
  // What has not left is not shown to the one who asks for it.
  await expect(page.getByText("结果还在域内")).toBeVisible();
  await expect(page.locator(".result-table")).toHaveCount(0);
  await closed(page.getByRole("button", { name: /导出$/ }), /./);
  await page.getByRole("tab", { name: /自动检查 (\d+)\/\1 通过/ }).click();
  await expect(page.getByRole("table").getByRole("row").nth(3)).toBeVisible();
});

test("the operator checks", async ({ as }) => {
  const page = await as("operator");
  await openTask(page, /平台运营单位检查/);
  await page.getByRole("link", { name: "打开办理对象" }).click();
  await expect(page.locator(".result-table").getByRole("row").nth(1)).toBeVisible();
  await picture(page, "operator-release");
  await decide(page, "平台运营单位检查", "通过", "检查项目全部通过, 同意出域");
});

test("two persons of the bureau review; the same one twice is not two", async ({ as }) => {
  const first = await as("bureau");
  await openTask(first, /主管部门复核/);
  await decide(first, "主管部门复核", "通过", "结果不可逆算, 同意出域");
  await expect(first.locator(".file-head").getByText("办理中", { exact: true })).toBeVisible();
  const again = first.getByRole("button", { name: "办理：主管部门复核" });
  await expect(again.and(first.locator(":not([aria-disabled=true])"))).toHaveCount(0);
  const second = await as("bureau2");
  await openTask(second, /主管部门复核/);
  await decide(second, "主管部门复核", "通过", "复核一致");
  await expect(second.locator(".file-head").getByText("通过", { exact: true })).toBeVisible();
});

test("the bank exports the noised table", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "出域审查");
  await page.getByRole("row").filter({ hasText: purpose }).filter({ hasText: "已通过" }).click();
  // The list has a button of that name too.
  await expect(page.locator(".file-head")).toBeVisible();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: /导出$/ }).click();
  const file = await (await saving).path();
  const lines = readFileSync(file, "utf8").trim().split("\n");
  expect(lines[0]).toContain("education");
  expect(lines.length).toBeGreaterThan(5);
  await receipt(page);
  await picture(page, "bank-release");
});
