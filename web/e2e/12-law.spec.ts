// Act 12. A legal officer reads the law as the platform runs it: from the words to what rests on them, and back.
import { address, expect, picture, readCitation, test } from "./stage";

const pack = "/law/quanzhou-2024-05-17";

test("marked words open what rests on them, a rule opens its article and its cases", async ({ anyone }) => {
  const page = await anyone();
  await page.goto(address(pack));
  await page.locator("mark", { hasText: "未发生环保" }).first().click();
  const rests = page.getByRole("dialog").filter({ hasText: "依据这里的" });
  await expect(rests).toBeVisible();
  await rests.getByRole("button", { name: "近三年内无违法失信行为" }).click();
  const rule = page.getByRole("dialog", { name: "近三年内无违法失信行为" });
  await expect(rule.locator("mark").first()).toContainText("近三年内");
  await expect(rule.getByText("违法失信记录回看年限：3 年")).toBeVisible();
  await expect(rule.getByRole("row").filter({ hasText: "恰好三年前有违法失信记录" })).toContainText("拒绝");
  // The address can be passed on.
  await expect(page).toHaveURL(/rule=clean-record/);
});

test("every procedure is drawn from the pack, and can be read as a list", async ({ anyone }) => {
  const page = await anyone();
  await page.goto(address(`${pack}?tab=procedures`));
  const declared = page.getByRole("group", { name: "场景申报审批" });
  const steps = declared.locator("ol > li");
  await expect(steps).toHaveCount(4);
  await expect(steps.nth(1)).toContainText("抽取 3 人，至少 2 人评审");
  await expect(steps.nth(2)).toContainText("供参考，非必要条件");
  // What the arrows show is said to those who do not see them.
  await expect(steps.nth(3)).toContainText("在“评审专家线上评估、征求数据提供单位意见”之后");
  await expect(declared.locator("svg path[marker-end]")).toHaveCount(4);
  await readCitation(steps.first());
  await picture(page, "law-procedures");
});

test("the coverage is filtered by state and searched, and its rules open", async ({ anyone }) => {
  const page = await anyone();
  await page.goto(address(`${pack}?tab=coverage`));
  await expect(page.getByText(/共 \d+ 项义务：/)).toBeVisible();
  await page.getByText("已落实", { exact: true }).first().click();
  await expect(page).toHaveURL(/status=upheld/);
  await page.getByPlaceholder("条文、义务编号、规则").fill("QZ-1.2-1");
  await page.keyboard.press("Enter");
  const row = page.getByRole("row").filter({ hasText: "QZ-1.2-1" });
  await expect(row).toContainText("判例");
  await row.getByRole("button", { name: "原始数据不出平台" }).click();
  await expect(page.getByRole("dialog", { name: "原始数据不出平台" })).toBeVisible();
  await page.goto(address(`${pack}?tab=matrix`));
  await expect(page.getByRole("row").filter({ hasText: "二(一)" }).first()).toContainText("近三年内无违法失信行为");
  await picture(page, "law-matrix");
});

test("bodies are called as the law in force calls them", async ({ as }) => {
  const page = await as("bureau");
  await expect(page.locator(".page-head")).toContainText("市数据管理部门");
  await page.goto(address("/catalog"));
  await expect(page.locator(".page-head")).toContainText("市数据管理部门审核发布");
});
