// Act 3. The scenario is filed ahead; the clock runs over the holidays; the operator decides.
import { bank, scenario } from "./cast";
import { address, choose, chooseAll, closed, decide, expect, goTo, openTask, picture, readCitation, receipt, test } from "./stage";

const fields = ["9月还款状态", "8月还款状态", "学历", "年龄", "次月是否违约"];

test("the bank files the pre-declaration", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "场景申报");
  await expect(page.getByText("还没有场景", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "新建场景预申报" }).first().click();
  await page.getByLabel("应用场景", { exact: true }).fill(scenario.title);
  await page.getByLabel("使用目的").fill(scenario.purpose);
  await choose(page, "数据资源", "信用卡");
  await chooseAll(page, /数据项$/, fields);
  await page.getByLabel("数据必要性").fill(scenario.why);
  await page.getByLabel("应用场景解决方案").fill(scenario.solution);
  await page.getByLabel("使用安全性").fill(scenario.safety);
  await page.getByLabel("申请的年度披露额度").fill("0.02");
  await expect(page.getByText("草稿已自动保存")).toBeVisible();
  await picture(page, "bank-scenario-form");
  await page.getByRole("button", { name: "提交预申报" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(scenario.title);
  await receipt(page);
});

test("an applicant cannot decide its own application and is told so; the next form is empty", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "办件");
  await page.getByRole("row").filter({ hasText: scenario.title }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await closed(page.getByRole("button", { name: "办理：场景预申报审核" }), /./);
  await page.goto(address("/scenarios/new"));
  await expect(page.getByLabel("应用场景", { exact: true })).toHaveValue("");
});

test("the operator sees when it is due and how that was counted, and decides", async ({ as }) => {
  const page = await as("operator");
  await goTo(page, "工作台");
  const task = page.getByRole("listitem").filter({ hasText: scenario.title }).filter({ hasText: "到期" });
  const clock = task.getByRole("button", { name: /剩 2 个工作日.*2025-10-09/ });
  await expect(clock).toBeVisible();
  await picture(page, "operator-inbox");
  await clock.click();
  const counted = page.getByRole("tooltip");
  await expect(counted).toContainText("时限如何计算");
  await expect(counted).toContainText("国庆");
  await page.keyboard.press("Escape");
  await openTask(page, new RegExp(scenario.title));
  await readCitation(page);
  await page.getByRole("tab", { name: /材料/ }).click();
  await expect(page.getByText(scenario.solution)).toBeVisible();
  await picture(page, "operator-matter");
  // Opinions without their grounds are refused here already.
  await page.getByRole("button", { name: "办理：场景预申报审核" }).click();
  const dialog = page.getByRole("dialog", { name: "办理：场景预申报审核" });
  await dialog.getByRole("button", { name: "提交意见" }).click();
  await expect(dialog.getByText("请写明理由")).toBeVisible();
  await expect(dialog.getByText("请给出结论").first()).toBeVisible();
  await dialog.getByRole("button", { name: "取消" }).click();
  await decide(page, "场景预申报审核", "通过", "场景可行, 所需数据项必要, 使用方式安全");
  await expect(page.locator(".file-head").getByText("通过", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "办理过程" }).click();
  await expect(page.getByText("场景可行, 所需数据项必要, 使用方式安全").last()).toBeVisible();
});
