// Act 21. The same program under Zhoushan's rules: other titles, other steps, a mechanism with members, a government with a seal.
import { playedAt } from "./elsewhere";
import { address, expect, goTo, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--regime", "zhoushan", "--until", "agreement");

test("bodies, steps and the law on screen are the loaded regulation's", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/law"));
  await expect(front.getByText(/舟山市公共数据授权运营/).first()).toBeVisible();
  await expect(front.getByText(/泉州市公共数据资源开发服务管理细则/)).toHaveCount(0);
  const page = await as("bureau");
  await goTo(page, "办件");
  await page.getByRole("row").filter({ hasText: "小微信贷授信辅助" }).filter({ hasText: "授权运营审定" }).first().click();
  for (const step of ["协调机制", "政府"]) await expect(page.getByRole("list").filter({ hasText: step }).first()).toBeVisible();
  await picture(page, "zhoushan-matter");
});

test("the seal stands in the register with every use of it", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "登记簿");
  await page.getByRole("tab", { name: "合同专用章" }).click();
  const seal = page.getByRole("row").filter({ hasText: "合同专用章" }).last();
  await seal.getByRole("button", { name: "用印记录" }).click();
  const uses = page.getByRole("dialog", { name: /^用印记录/ });
  await expect(uses.getByRole("link", { name: "查看协议" }).first()).toBeVisible();
  await picture(page, "seal-uses");
});

test("a member of the mechanism is put on file by its paper, found by searching the register", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "登记簿");
  await page.getByRole("tab", { name: "指定与组成" }).click();
  await page.getByRole("button", { name: "登记文件" }).click();
  const form = page.getByRole("dialog", { name: "登记文件" });
  await form.getByRole("combobox", { name: "单位" }).fill("没有这样的单位");
  await expect(page.getByText("没有名称或代码包含“没有这样的单位”的单位")).toBeVisible();
  await form.getByRole("combobox", { name: "单位" }).fill("数据局");
  await expect(page.locator(".ant-select-item-option").filter({ hasText: "舟山市数据局" })).toBeVisible();
  await expect(page.locator(".ant-select-item-option").filter({ hasNotText: "数据局" })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await form.getByRole("combobox", { name: "单位" }).fill("金融");
  await page.locator(".ant-select-item-option").first().click();
  await form.getByRole("combobox", { name: "文件种类" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "协调机制组成单位" }).click();
  await form.getByLabel("文号").fill("舟政办〔2024〕20号");
  await form.getByLabel("发文机关").fill("舟山市人民政府办公室");
  await form.getByLabel("起", { exact: true }).fill("2024-03-20");
  await page.keyboard.press("Enter");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(page);
  const row = page.getByRole("row").filter({ hasText: "舟政办〔2024〕20号" });
  await expect(row).toContainText("有效");
  await picture(page, "designations");

  // A view of the list is kept under a name, and the list without it is one click away.
  await page.getByText("协调机制组成单位", { exact: true }).first().click();
  await page.getByRole("button", { name: /^视图/ }).click();
  await page.getByLabel("视图名称").fill("组成单位");
  await page.getByRole("button", { name: "保存为视图" }).click();
  await expect(page.getByRole("button", { name: /^组成单位/ })).toBeVisible();
  await page.goto(address("/registers?tab=designations"));
  await page.getByRole("button", { name: /^视图/ }).click();
  await page.getByRole("button", { name: "组成单位", exact: true }).click();
  await expect(page).toHaveURL(/kind=member/);
});

test("a grant says that it ends by deliberation, and its end is put before the mechanism", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "授权与协议");
  await page.getByRole("row").filter({ hasText: "小微信贷授信辅助" }).first().click();
  await page.getByRole("tab", { name: "续签与终止" }).click();
  await expect(page.getByText("现行规则没有续签程序")).toBeVisible();
  await page.getByRole("button", { name: "提请审议终止授权" }).click();
  const form = page.getByRole("dialog", { name: "提请审议终止授权" });
  await form.getByLabel("提请终止或者撤销的事由").fill("检查发现超范围使用");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^终止授权/ })).toBeVisible();
  await picture(page, "ending-matter");
});

test("an evaluation is concluded beside the platform's own figures and waits for a second person", async ({ as }) => {
  const page = await as("bureau");
  await page.goto(address("/watch?tab=evaluations"));
  await page.getByRole("button", { name: "评估单位" }).click();
  const form = page.getByRole("dialog", { name: "评估单位" });
  await form.getByRole("combobox", { name: "被评估单位" }).fill("银行");
  await page.locator(".ant-select-item-option").first().click();
  await form.getByLabel("评估期起").fill("2025-01-01");
  await page.keyboard.press("Enter");
  await form.getByLabel("评估期止").fill("2026-01-01");
  await page.keyboard.press("Enter");
  await form.getByLabel("得分").fill("92");
  await form.getByRole("combobox", { name: "结论" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: /^合格$/ }).click();
  await form.getByLabel("理由").fill("按约定用途使用，未见违规");
  await form.getByRole("button", { name: "作出结论" }).click();
  await expect(page.getByText("结论由没有作出结论的另一人确认后生效。")).toBeVisible();
  await expect(page.getByText("92 分")).toBeVisible();
  await page.getByRole("tab", { name: "平台统计" }).click();
  await expect(page.getByText("查询次数")).toBeVisible();
  await picture(page, "evaluation");
});
