// Act 37. Models that data products train: their security assessments stand in a register, and a service deployed for training names
// the model it serves.
import { bank, creditBand, opening } from "./cast";
import { playedAt } from "./elsewhere";
import { address, expect, goTo, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--regime", "quanzhou", "--until", "grant", "--day", opening);

const trained = "零售评分 3.1";

test("the bureau enters an assessment; who supervises reads it", async ({ as }) => {
  const bureau = await as("bureau");
  await bureau.goto(address("/registers?tab=assessments"));
  await expect(bureau.getByText("还没有登记评估")).toBeVisible();
  await bureau.getByRole("button", { name: "登记模型安全符合性评估" }).click();
  const form = bureau.getByRole("dialog", { name: "登记模型安全符合性评估" });
  await form.getByRole("combobox", { name: "模型所属单位" }).fill(bank.name);
  await bureau.locator(".ant-select-item-option").filter({ hasText: bank.name }).first().click();
  await form.getByLabel("模型名称和版本").fill(trained);
  await form.getByLabel("评估机构").fill("示例测评中心");
  await form.getByLabel("文号").fill("测评〔2025〕7号");
  await form.getByRole("combobox", { name: "结论" }).click();
  await bureau.locator(".ant-select-item-option").filter({ hasText: /^通过$/ }).click();
  await form.getByLabel("起", { exact: true }).fill("2025-09-01");
  await bureau.keyboard.press("Enter");
  await form.getByLabel("止", { exact: true }).fill("2026-08-31");
  await bureau.keyboard.press("Enter");
  await picture(bureau, "assessment-new");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(bureau);
  const row = bureau.getByRole("row").filter({ hasText: trained });
  // It counts by the platform's day, not by that of the reader's computer.
  await expect(row.getByText("通过", { exact: true })).toBeVisible();
  await expect(row).toContainText("2025-09-01 – 2026-08-31");
  await picture(bureau, "assessment-register");

  const auditor = await as("auditor");
  await auditor.goto(address("/registers?tab=assessments"));
  await expect(auditor.getByRole("row").filter({ hasText: trained })).toContainText("示例测评中心");
  await expect(auditor.getByRole("button", { name: "登记模型安全符合性评估" })).toHaveCount(0);
});

test("a service deployed for training says which model it serves", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "模型");
  await page.getByRole("row").filter({ hasText: creditBand.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(creditBand.name) })).toBeVisible();
  await page.getByRole("button", { name: "部署供模型训练" }).click();
  const form = page.getByRole("dialog", { name: "部署供模型训练" });
  await form.getByRole("button", { name: /^部\s?署/ }).click();
  await expect(form.getByText("此项必填")).toBeVisible();
  await form.getByLabel("供训练或者验证的模型").fill(trained);
  await picture(page, "deploy-training");
  await form.getByRole("button", { name: /^部\s?署/ }).click();
  await expect(form).toBeHidden();
  await receipt(page);
  await expect(page.getByText(trained).first()).toBeVisible();
  await picture(page, "deployed-training");
});

test("an assessment that is taken off stays on the register with its reason", async ({ as }) => {
  const bureau = await as("bureau");
  await bureau.goto(address("/registers?tab=assessments"));
  const row = bureau.getByRole("row").filter({ hasText: trained });
  await row.getByRole("button").last().click();
  const ask = bureau.getByRole("dialog");
  await ask.getByLabel("理由").fill("模型已升级, 另行评估");
  await ask.getByRole("button").last().click();
  await expect(row.getByText("已失效")).toBeVisible();
  await picture(bureau, "assessment-ended");
});
