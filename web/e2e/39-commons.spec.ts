// Act 39. Under Weihai's draft: no authorized operation, so neither menu nor portal speaks of it; the police inspect a department and
// close what they found themselves.
import { playedAt } from "./elsewhere";
import { address, choose, chooseAll, expect, goTo, picture, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--regime", "weihai", "--until", "zone");

const title = "公共数据安全检查";
const body = "威海市统计局";

test("the portal speaks of what this law knows, and the menu too", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/"));
  await expect(front.getByRole("heading", { level: 1, name: "公共数据开放" })).toBeVisible();
  await expect(front.getByRole("list", { name: "一项公共数据的办理环节" }).getByRole("listitem")).toHaveText([/编目/, /审核/, /汇聚/, /开放/, /监督/]);
  await expect(front.getByRole("link", { name: "服务商名录" })).toHaveCount(0);
  await expect(front.getByRole("article").filter({ hasText: "停车场泊位数" })).toContainText("未挂接数据");
  await expect(front.getByRole("article").filter({ hasText: "空气质量" })).toContainText("43,824 行");
  await picture(front, "commons-portal");

  const page = await as("bureau");
  await goTo(page, "资源目录");
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitem", { name: "监督", exact: true })).toBeVisible();
  for (const absent of ["平台入驻", "待核验入驻", "场景申报", "开发空间", "模型", "授权与协议", "出域审查", "样例数据"]) {
    await expect(menu.getByRole("menuitem", { name: absent, exact: true })).toHaveCount(0);
  }
  await expect(page.getByRole("row").filter({ hasText: "园区道路长度" })).toContainText("威海经济技术开发区建设局");
  await picture(page, "commons-menu");
});

test("a district's bureau sees its own bodies' data to be supplied, and no other's", async ({ as }) => {
  const page = await as("district");
  await goTo(page, "数据归集");
  await expect(page.getByRole("row").filter({ hasText: "停车场泊位数" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "空气质量" })).toHaveCount(0);
});

test("the police open a file about a department and put a finding in it", async ({ as }) => {
  const page = await as("police");
  await expect(page.getByText("威海市公安局 · 依职责监管的部门")).toBeVisible();
  await goTo(page, "监督");
  await page.getByRole("tab", { name: "监督案卷" }).click();
  await expect(page.getByText("没有监督案卷")).toBeVisible();
  await page.getByRole("button", { name: "开立案卷" }).click();
  const form = page.getByRole("dialog", { name: "开立案卷" });
  await choose(form, "种类", "监督检查");
  await form.getByLabel("名称").fill(title);
  await chooseAll(form, "所涉单位", [body]);
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.getByRole("button", { name: "记录检查发现" }).click();
  const found = page.getByRole("dialog", { name: "记录检查发现" });
  await found.getByLabel("发现的问题").fill("接口口令为初始口令");
  await choose(found, "负责处理", body);
  await found.getByLabel("整改期限").fill("2030-01-31");
  await page.keyboard.press("Enter");
  await found.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(found).toBeHidden();
  await expect(page.getByRole("cell", { name: /接口口令为初始口令/ })).toBeVisible();
});

test("the department answers; only the police close it", async ({ as }) => {
  const page = await as("statistics");
  await goTo(page, "监督");
  await page.getByRole("tab", { name: "监督案卷" }).click();
  await page.getByRole("cell", { name: title }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.getByRole("button", { name: "反馈处理" }).click();
  const form = page.getByRole("dialog", { name: "反馈处理情况" });
  await form.getByLabel("内容").fill("已更换口令");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("cell", { name: "已反馈" })).toBeVisible();
  await expect(page.getByRole("button", { name: "核查销号" })).toHaveCount(0);

  const police = await as("police");
  await goTo(police, "监督");
  await police.getByRole("tab", { name: "监督案卷" }).click();
  await police.getByRole("cell", { name: title }).click();
  await expect(police.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await police.getByRole("button", { name: "核查销号" }).click();
  const verdict = police.getByRole("dialog", { name: "发现销号" });
  await choose(verdict, "核查结果", "同意销号");
  await verdict.getByLabel("核查意见").fill("已复测");
  await verdict.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(verdict).toBeHidden();
  await expect(police.getByRole("cell", { name: "已销号" })).toBeVisible();
  await picture(police, "commons-inspection");
});
