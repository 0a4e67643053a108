// Act 5. The scenario is declared with both models: first review, two experts who sign, the provider beside them, the bureau.
import { bank, creditBand, defaultRates, scenario, second } from "./cast";
import { applyByCode, pass, predeclare, register } from "./errand";
import { address, chooseAll, decide, expect, goTo, openTask, picture, readCitation, receipt, test } from "./stage";

test("the bank declares its scenario with both models", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: scenario.title }).click();
  await page.getByRole("button", { name: "场景申报", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "场景申报" });
  await chooseAll(dialog, /申报的模型版本/, [creditBand.name, defaultRates.name]);
  await dialog.getByLabel("建模设计说明书").fill("分档模型取三档; 汇总模型按学历和年龄段分组, 加噪并设显示门槛。");
  await dialog.getByRole("button", { name: "提交申报" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(scenario.title);
  await expect(page.getByText("平台运营单位初审").first()).toBeVisible();
  await receipt(page);
});

test("the operator reviews first", async ({ as }) => {
  const page = await as("operator");
  await openTask(page, /初审/);
  await decide(page, "平台运营单位初审", "通过", "方案和代码审核通过");
});

test("an expert makes a key on first use and signs the model's digest", async ({ as }) => {
  const page = await as("expert1");
  await expect(page.getByRole("button", { name: "生成并登记密钥" })).toBeVisible();
  await page.getByRole("button", { name: "生成并登记密钥" }).click();
  await expect(page.getByText("本浏览器已有您的签名密钥")).toBeVisible();
  await picture(page, "expert-desk");
  await openTask(page, new RegExp(scenario.title), "评审台");
  // What the law lets the expert read: no code of another's model, its lineage and checks.
  await page.getByRole("button", { name: "办理：评审专家线上评估" }).click();
  const dialog = page.getByRole("dialog", { name: "办理：评审专家线上评估" });
  await dialog.getByRole("radio", { name: /无利害关系$/ }).check();
  await dialog.getByRole("radio", { name: "通过", exact: true }).check();
  await expect(dialog.getByText("该意见将用您在本机的专家密钥签名")).toBeVisible();
  await dialog.getByRole("button", { name: "取消" }).click();
  await decide(page, "评审专家线上评估", "通过", "目的合法, 数据项最少够用, 结果不可逆");
  await expect(page.getByText("已附专家签名")).toBeVisible();
});

test("the provider gives its opinion beside the experts", async ({ as }) => {
  const page = await as("finance");
  await openTask(page, /征求数据提供单位意见/);
  await decide(page, "征求数据提供单位意见", "同意", "同意按申报用途使用");
});

test("a second expert, whose key the browser makes on the way, closes the panel", async ({ as }) => {
  const page = await as("expert2");
  await openTask(page, new RegExp(scenario.title), "评审台");
  await decide(page, "评审专家线上评估", "通过", "分档粗于数据项精度上限, 汇总加噪充分");
});

test("the bureau reads the opinions side by side and approves", async ({ as }) => {
  const page = await as("bureau");
  await openTask(page, /最终审批/);
  const opinions = page.locator(".opinion");
  await expect(opinions.filter({ hasText: "目的合法, 数据项最少够用" })).toBeVisible();
  await expect(opinions.filter({ hasText: "分档粗于数据项精度上限" })).toContainText("已附专家签名");
  await expect(opinions.filter({ hasText: "同意按申报用途使用" })).toContainText("供参考");
  await readCitation(page, "三(");
  await picture(page, "bureau-opinions");
  await decide(page, "市数据管理部门最终审批", "通过", "同意");
  await expect(page.locator(".file-head").getByText("通过", { exact: true })).toBeVisible();
});

test("a second bank declares the listed model unchanged: the experts are skipped, and the article says why", async ({ as, anyone }) => {
  const outside = await anyone();
  await outside.goto(address("/register"));
  await register(outside, second);
  const operator = await as("operator");
  const before = await as(second.login);
  await applyByCode(before, second);
  await pass(operator, "入驻核验", second.name);
  await predeclare(before, ["pay_0", "pay_2"]);
  await pass(operator, "场景预申报审核", second.name);

  const page = await as(second.login);
  await page.goto(address("/scenarios"));
  await page.getByRole("row").filter({ hasText: scenario.title }).click();
  await page.getByRole("button", { name: "场景申报", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "场景申报" });
  await chooseAll(dialog, /申报的模型版本/, [creditBand.name]);
  await dialog.getByLabel("建模设计说明书").fill("选用已上架模型, 数据项和输出均未改变。");
  await dialog.getByRole("button", { name: "提交申报" }).click();
  await expect(dialog).toBeHidden();
  const experts = page.locator("[data-step=experts]");
  await expect(experts).toContainText("免于办理");
  await readCitation(experts, "无需评审专家再行评估");
  // What is left out changes nothing in the order of the rest: the bureau still comes after the operator.
  await expect(page.locator("[data-step=first-review]")).toHaveAttribute("aria-current", "step");
  await expect(page.locator("[data-step=final]")).not.toHaveAttribute("aria-current", "step");
  await picture(page, "second-bank-reuse");
});
