// Act 31. Consent files: how a plan says they are signed, the operator's spot check, and what was used under each.
import { playedAt } from "./elsewhere";
import { choose, expect, goTo, picture, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--until", "calls");

test("electronic signature is preselected, paper stays possible and asks why", async ({ as }) => {
  const page = await as("bank");
  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: "建模中" }).click();
  await page.getByRole("button", { name: "场景申报" }).click();
  const form = page.getByRole("dialog", { name: "场景申报" });
  await expect(form.getByRole("radio", { name: "电子签名" })).toBeChecked();
  await expect(form.getByLabel("采用纸质的理由")).toHaveCount(0);
  await form.getByRole("radio", { name: "纸质" }).check();
  await expect(form.getByLabel("采用纸质的理由")).toBeVisible();
  await form.getByRole("checkbox", { name: "修改规范模板或者采用自有模板" }).check();
  await expect(form.getByLabel("授权书模板")).toBeVisible();
  await expect(form.getByText("【授权期限】")).toBeVisible();
  await picture(page, "consent-options");
});

let number = "";

test("the operator draws consent files and records that one fails", async ({ as }) => {
  const page = await as("operator");
  await goTo(page, "实时查询");
  await page.getByRole("tab", { name: "授权文件抽查" }).click();
  await expect(page.getByText("还没有抽查")).toBeVisible();
  await page.getByRole("button", { name: "抽取授权文件" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /的抽查$/ })).toBeVisible();
  await page.getByRole("tab", { name: "抽取方法" }).click();
  await expect(page.getByText("SHA-256")).toBeVisible();
  await page.getByRole("tab", { name: "抽查结果" }).click();
  const row = page.getByRole("row").filter({ hasText: "待核查" }).first();
  number = await row.getByRole("link").first().innerText();
  await row.getByRole("button", { name: "登记结果" }).click();
  const form = page.getByRole("dialog", { name: /登记抽查结果/ });
  await choose(form, "合规性", /^合规$/);
  await choose(form, "有效性", "无效");
  await form.getByLabel("核查意见").fill("业务编号与贷款台账不符");
  await form.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: number })).toContainText("无效");
  await picture(page, "consent-draw");
});

test("the bank reads it on the consent's page, with every use of the data under it", async ({ as }) => {
  const page = await as("bank");
  await goTo(page, "实时查询");
  await page.getByRole("tab", { name: "授权书" }).click();
  await page.getByRole("row").filter({ hasText: number }).click();
  await expect(page.getByText("抽查不合格").first()).toBeVisible();
  await page.getByRole("tab", { name: "使用记录" }).click();
  await expect(page.getByRole("table").getByRole("row").nth(1)).toBeVisible();
  await picture(page, "consent-uses");
  await page.getByRole("tab", { name: "抽查结果" }).click();
  await expect(page.getByText("业务编号与贷款台账不符")).toBeVisible();
});
