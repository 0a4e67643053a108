// Act 36. A panel of experts: drawn by lot that anybody repeats, one stands aside and sees nothing more, a further draw keeps the
// quorum, the application goes back, comes again with what changed, and the opinions stand side by side.
import { opening, password } from "./cast";
import { playedAt } from "./elsewhere";
import { pass } from "./errand";
import { address, ask, choose, decide, expect, goTo, openTask, type Page, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--regime", "quanzhou", "--until", "lab", "--day", opening);

const step = "评审专家线上评估";
const title = "小微信贷授信辅助";
let matter = "";

interface Listed<T> {
  items: T[];
}

const file = (tab = "") => address(`/matters/${matter}${tab}`);

/** Opens the form of one's seat from the desk. */
async function form(page: Page) {
  await openTask(page, new RegExp(title), "评审台");
  await page.getByRole("button", { name: `办理：${step}` }).click();
  const dialog = page.getByRole("dialog", { name: `办理：${step}` });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Says that one has an interest and stands aside. */
async function standAside(page: Page, why: string) {
  const dialog = await form(page);
  await dialog.getByRole("radio", { name: "有利害关系，应当回避" }).check();
  await dialog.getByLabel("利害关系", { exact: true }).fill(why);
  await dialog.getByRole("button", { name: /^回\s?避$/ }).click();
  return dialog;
}

test("three experts are drawn; anybody repeats it, and the draw has its receipt", async ({ as }) => {
  const bank = await as("bank");
  const { items: scenarios } = await ask<Listed<{ id: string; title: string }>>(bank, "GET", "/v1/scenarios");
  const { items: versions } = await ask<Listed<{ id: string }>>(bank, "GET", "/v1/versions");
  const made = await ask<{ matter: string }>(bank, "POST", `/v1/scenarios/${scenarios[0]?.id}/declare`, {
    papers: { solution: "按预申报实施。\n结果用于授信审查。", design: "分档取三档, 汇总加噪。" },
    versions: versions.map((v) => v.id),
  });
  matter = made.matter;
  const operator = await as("operator");
  await pass(operator, "平台运营单位初审", "刺桐银行股份有限公司");

  const bureau = await as("bureau");
  await bureau.goto(file("?tab=draw"));
  await expect(bureau.getByText("已在本浏览器用公开的种子和名单重新抽取，顺序一致")).toBeVisible();
  await expect(bureau.getByText(`${matter} experts`).first()).toBeVisible();
  await expect(bureau.getByRole("row").filter({ hasText: "抽中" })).toHaveCount(4); // three and the heading
  await expect(bureau.getByText(/sha256sum; done/)).toBeVisible();
  await picture(bureau, "panel-draw");
  await bureau.getByRole("list", { name: "抽取和回避的账本存证" }).getByRole("button", { name: /已记入账本 #\d+/ }).click();
  await expect(bureau.getByRole("dialog").getByText("验证通过").first()).toBeVisible();
});

test("an expert with an interest stands aside on the desk and sees nothing of the file any more", async ({ as }) => {
  const expert = await as("expert1");
  const dialog = await form(expert);
  // First the declaration: nothing to conclude before it.
  await expect(dialog.getByText("审核要点")).toBeHidden();
  await dialog.getByRole("button", { name: "提交意见" }).click();
  await expect(dialog.getByText("请先声明有无利害关系")).toBeVisible();
  await expect(dialog.getByText("结果用于授信审查。")).toBeVisible();
  await dialog.getByRole("radio", { name: "有利害关系，应当回避" }).check();
  await dialog.getByLabel("利害关系", { exact: true }).fill("曾任申请人的独立董事");
  await picture(expert, "panel-interest");
  await dialog.getByRole("button", { name: /^回\s?避$/ }).click();

  await expect(expert.getByText("已经回避，这一件对您关闭")).toBeVisible();
  await receipt(expert);
  await expect(expert.getByRole("list", { name: "我的意见和存证" }).getByText("回避").first()).toBeVisible();
  await expect(expert.getByText("待办已清空")).toBeVisible();
  await picture(expert, "panel-recused");
  await expert.goto(file());
  await expect(expert.getByText("没有这个办件, 请核对后重试")).toBeVisible();
  await goTo(expert, "办件");
  await expect(expert.getByRole("link", { name: title })).toHaveCount(0);
  await expect(expert.getByRole("row").filter({ hasText: title })).toHaveCount(0);
});

test("too few would remain: refused with the article; the bureau adds an expert, and a further draw fills the seat", async ({ as }) => {
  const expert = await as("expert2");
  const dialog = await standAside(expert, "与申请人的负责人是亲属");
  await expect(dialog.getByText(/您回避后“评审专家线上评估”不足 2 人/)).toBeVisible();
  await expect(dialog.getByRole("alert").filter({ hasText: "您回避后" }).getByRole("button", { name: /^法规依据.*第五条/ })).toBeVisible();
  await picture(expert, "panel-quorum");
  await dialog.getByRole("button", { name: /^取\s?消$/ }).click();

  const bureau = await as("bureau");
  await ask(bureau, "POST", "/v1/accounts", { login: "expert4", password, name: "专家丁", roles: ["expert"] });
  await goTo(bureau, "登记簿");
  await bureau.getByRole("tab", { name: "专家组" }).click();
  await bureau.getByRole("button", { name: "登记确认的专家" }).click();
  const register = bureau.getByRole("dialog", { name: "登记确认的专家" });
  await choose(register, "评审专家", "专家丁");
  await choose(register, "领域", "法务合规");
  await register.getByLabel("文号").fill("泉数专〔2025〕9号");
  await register.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(register).toBeHidden();
  await expect(bureau.getByRole("row").filter({ hasText: "专家丁" })).toContainText("泉数专〔2025〕9号");

  await standAside(expert, "与申请人的负责人是亲属");
  await expect(expert.getByText("已经回避，这一件对您关闭")).toBeVisible();
  await bureau.goto(file("?tab=draw"));
  const fresh = bureau.getByRole("row").filter({ hasText: "专家丁" });
  await expect(fresh).toContainText("补充抽取");
  await expect(bureau.getByText("第 1 次补充抽取的种子")).toBeVisible();
  await expect(bureau.getByText("顺序一致")).toBeVisible();
  await expect(bureau.getByRole("row").filter({ hasText: "亲属" })).toBeVisible();
  await picture(bureau, "panel-further");
});

test("one expert sends it back with what is missing; the bank answers, and the next round shows the difference", async ({ as }) => {
  const expert = await as("expert3");
  const dialog = await form(expert);
  await dialog.getByRole("radio", { name: /无利害关系$/ }).check();
  const points = dialog.getByRole("group", { name: "审核要点" });
  await expect(points.getByRole("button", { name: /^法规依据.*七\(二\)6/ })).toHaveCount(3);
  for (const met of await points.getByText("符合", { exact: true }).all()) await met.click();
  await dialog.getByRole("radio", { name: "退回修改", exact: true }).check();
  await dialog.getByRole("button", { name: "添加一项" }).click();
  await choose(dialog, "材料", "应用场景解决方案");
  await dialog.getByRole("textbox", { name: "须补正" }).fill("写明保存期限");
  await dialog.getByLabel("意见与理由").fill("解决方案没有写明保存期限");
  await picture(expert, "panel-return");
  await dialog.getByRole("button", { name: "提交意见" }).click();
  await expect(dialog).toBeHidden();
  await receipt(expert);

  const bank = await as("bank");
  await bank.goto(file());
  await bank.getByRole("button", { name: "补正" }).first().click();
  const answer = bank.getByRole("dialog", { name: "补正" });
  await answer.getByLabel("应用场景解决方案").fill("按预申报实施。\n结果用于授信审查，保存两年后删除。");
  await answer.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(answer).toBeHidden();

  // Who stood aside in the first round is out of this one as well.
  const aside = await as("expert1");
  await aside.goto(file());
  await expect(aside.getByText("没有这个办件, 请核对后重试")).toBeVisible();

  const again = await form(expert);
  await expect(again.getByText("结果用于授信审查，保存两年后删除。").last()).toBeVisible();
  await expect(again.locator(".diff-removed").filter({ hasText: "结果用于授信审查。" })).toBeVisible();
  await expect(again.locator(".diff-added").filter({ hasText: "保存两年后删除" })).toBeVisible();
  await again.getByRole("radio", { name: /无利害关系$/ }).check();
  await picture(expert, "panel-round-two");
  await again.getByRole("button", { name: /^取\s?消$/ }).click();
  await expect(again).toBeHidden();
  await decide(expert, step, "通过", "保存期限已写明, 数据项最少够用");
});

test("the quorum is reached, and the opinions stand side by side", async ({ as }) => {
  const expert = await as("expert4");
  await openTask(expert, new RegExp(title), "评审台");
  await decide(expert, step, "通过", "合法合规, 结果不可逆");
  await goTo(expert, "评审台");
  await expect(expert.getByRole("list", { name: "我的意见和存证" }).getByRole("button", { name: /已记入账本 #\d+/ }).first()).toBeVisible();
  await picture(expert, "panel-desk-after");

  const bureau = await as("bureau");
  await bureau.goto(file());
  const opinions = bureau.locator(".opinion");
  await expect(opinions.filter({ hasText: "保存期限已写明" })).toContainText("已声明无利害关系");
  await expect(opinions.filter({ hasText: "合法合规, 结果不可逆" })).toContainText("已附专家签名");
  await expect(opinions.filter({ hasText: "解决方案没有写明保存期限" })).toContainText("此前一轮");
  await expect(bureau.locator("[data-step=experts]")).toContainText("已有 2/2 份意见");
  await picture(bureau, "panel-opinions");
});
