// Act 26. Papers: a standard text from version to version, and the candidates of a call scored and ranked.
import { password } from "./cast";
import { address, ask, choose, closed, expect, goTo, type Page, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });

const firm = { login: "papers", name: "泉港数据技术有限公司", uscc: "91990000MA9901573B" };
const title = "小微企业用电画像";
const papers = ["business-license", "representative-proof", "organization-profile", "pledge"];

interface Made {
  id: string;
}
interface Matters {
  items: Made[];
}

/** The one open matter about something, read by whoever decides it. */
async function matterOf(page: Page, subject: string): Promise<string> {
  const { items } = await ask<Matters>(page, "GET", `/v1/matters?subject=${subject}`);
  return items[0]?.id ?? "";
}

test("the operator drafts a version of the pledge; only the bureau's filing puts it into force", async ({ as }) => {
  const operator = await as("operator");
  await goTo(operator, "登记簿");
  await operator.getByRole("tab", { name: "范本" }).click();
  await operator.getByRole("button", { name: /^拟定新版本：.*入驻承诺书/ }).click();
  const form = operator.getByRole("dialog", { name: /^拟定新版本：.*入驻承诺书/ });
  const text = form.getByLabel("范本全文");
  await text.fill(`${await text.inputValue()}\n五、每年接受一次合规抽查。`);
  await form.getByLabel("修改说明").fill("增加年度抽查");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(operator);
  await operator.getByRole("button", { name: /^《.*入驻承诺书》$/ }).click();
  const versions = operator.getByRole("dialog", { name: /^《.*入驻承诺书》$/ });
  await expect(versions.getByText("五、每年接受一次合规抽查。").first()).toBeVisible();
  await closed(versions.getByRole("button", { name: "启用" }), "备案", "七(六)");
  await picture(operator, "template-versions");

  const bureau = await as("bureau");
  await bureau.goto(address("/registers?tab=templates"));
  await expect(bureau.getByRole("button", { name: /拟定新版本/ })).toHaveCount(0);
  await bureau.getByRole("button", { name: /^《.*入驻承诺书》$/ }).click();
  const file = bureau.getByRole("dialog", { name: /^《.*入驻承诺书》$/ });
  await file.getByRole("button", { name: "范本备案" }).click();
  const filing = bureau.getByRole("dialog", { name: /^范本备案：/ });
  await filing.getByLabel("备案号").fill("泉数备〔2025〕7号");
  await filing.getByRole("button", { name: "范本备案" }).click();
  await expect(filing).toBeHidden();
  await expect(file.getByRole("row").filter({ hasText: "泉数备〔2025〕7号" })).toContainText("现行");
  await picture(bureau, "template-filed");
});

test("a call says how many it leads to and by what its candidates are ranked", async ({ as, anyone }) => {
  const page = await as("bureau");
  await goTo(page, "公示公告");
  await page.getByRole("button", { name: "发布", exact: true }).click();
  await page.getByRole("menuitem", { name: "征集通告" }).click();
  const form = page.getByRole("dialog", { name: "发布征集通告" });
  await form.getByLabel("标题").fill("征集用电领域应用场景");
  await choose(form, "征集事项", "场景预申报");
  await form.getByPlaceholder("开始日期").fill("2025-09-01 09:00");
  await page.keyboard.press("Enter");
  await form.getByPlaceholder("结束日期").fill("2025-12-31 17:00");
  await page.keyboard.press("Enter");
  await form.getByLabel("申请条件和材料").fill("已入驻的单位");
  await form.getByLabel("授权数量").fill("2");
  await form.getByRole("button", { name: "添加标准" }).click();
  await form.getByLabel("第 1 项标准").fill("经济社会效益");
  await form.getByLabel("第 1 项权重").fill("60");
  await form.getByRole("button", { name: "添加标准" }).click();
  await form.getByLabel("第 2 项标准").fill("可操作性");
  await form.getByLabel("第 2 项权重").fill("40");
  await form.getByRole("button", { name: "发布", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "征集用电领域应用场景" })).toBeVisible();
  const call = page.url().split("/").at(-1) ?? "";
  await page.getByRole("tab", { name: "候选排序" }).click();
  await expect(page.getByText("还没有候选场景")).toBeVisible();

  // Anybody reads the criteria; the ranking is for those who choose.
  const front = await anyone();
  await front.goto(address(`/notices/${call}`));
  await expect(front.getByText("经济社会效益 （权重 60）、可操作性 （权重 40）")).toBeVisible();
  await expect(front.getByRole("tab", { name: "候选排序" })).toHaveCount(0);

  // A company is admitted and answers the call.
  await ask(front, "POST", "/v1/organizations", {
    account: { login: firm.login, password, name: "经办人", roles: ["data-user"] },
    organization: { name: firm.name, uscc: firm.uscc, kind: "enterprise", registered: "2012-06-01", in_province: true, dcmm: false, representative: "某负责人", representative_id: "990000196705200464", contact: "经办人", phone: "0595-22000000" },
  });
  const own = await as(firm.login);
  const { admission } = await ask<{ admission: Made }>(own, "POST", "/v1/admissions", { method: "paper", documents: papers.map((kind) => ({ kind, name: `${kind}.pdf`, blob: "sha256:01" })) });
  const operator = await as("operator");
  const matter = await matterOf(operator, admission.id);
  const { matter: file } = await ask<{ matter: { steps: { id: string; checks?: { id: string }[] }[] } }>(operator, "GET", `/v1/matters/${matter}`);
  await ask(operator, "POST", `/v1/matters/${matter}/decide`, { step: file.steps[0]?.id, verdict: "pass", reason: "材料真实", checks: Object.fromEntries((file.steps[0]?.checks ?? []).map((c) => [c.id, true])) });
  const catalog = await ask<{ items: { id: string; table: string }[] }>(own, "GET", "/v1/catalog?state=published&limit=100");
  const resource = catalog.items.find((e) => e.table === "credit_default")?.id;
  await ask(own, "POST", "/v1/scenarios", { plan: { title, purpose: "授信审查", solution: "按等级统计。\n结果用于定价检验。", safety: "三名实名人员使用。", needs: [{ resource, fields: ["pay_0"], why: "统计所需" }], special: false, budget: 0, call } });

  await page.reload();
  const row = page.getByRole("row").filter({ hasText: title });
  await row.getByRole("button", { name: "评分" }).click();
  const score = page.getByRole("dialog", { name: `评分：${title}` });
  await score.getByLabel(/经济社会效益/).fill("90");
  await score.getByLabel(/可操作性/).fill("70");
  await score.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(score).toBeHidden();
  await expect(row).toContainText("82.00");
  await expect(row.getByRole("button", { name: "修改评分" })).toBeVisible();
  await picture(page, "call-ranking");
});
