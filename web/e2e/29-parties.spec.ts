// Act 29. Who takes part beside those who use data: a body that buys, a provider that builds ahead of demand.
import { password } from "./cast";
import { playedAt } from "./elsewhere";
import { address, ask, choose, chooseAll, decide, expect, goTo, openTask, type Page, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });

interface Made {
  id: string;
}

const tech = { login: "ahead", name: "先行数据技术有限公司", uscc: "91990000MA990044XU" };

/** A provider that was admitted, evaluated and published; decided by whoever has the matter. */
async function listed(operator: Page, bureau: Page, own: () => Promise<Page>): Promise<string> {
  const org = await ask<Made>(operator, "POST", "/v1/registrations", {
    name: tech.name, uscc: tech.uscc, registered: "2018-01-01", in_province: true, representative: "何负责", representative_id: "990000194001020474", contact: "何经办", phone: "0595-00000001", roles: ["third-party-provider"],
  });
  await ask(operator, "POST", "/v1/accounts", { login: tech.login, password, name: "何经办", org: org.id, roles: ["third-party-provider", "applicant-org"] });
  const page = await own();
  const pass = async (office: Page, subject: string) => {
    const { items } = await ask<{ items: Made[] }>(office, "GET", `/v1/matters?subject=${subject}`);
    const { matter } = await ask<{ matter: { steps: { id: string; state: string; checks?: { id: string }[] }[] } }>(office, "GET", `/v1/matters/${items[0]?.id}`);
    const step = matter.steps.find((x) => x.state === "open");
    await ask(office, "POST", `/v1/matters/${items[0]?.id}/decide`, { step: step?.id, verdict: "pass", reason: "符合规定", checks: Object.fromEntries((step?.checks ?? []).map((c) => [c.id, true])) });
  };
  const papers = ["business-license", "representative-proof", "organization-profile", "pledge"];
  const { admission } = await ask<{ admission: Made }>(page, "POST", "/v1/admissions", { method: "paper", documents: papers.map((kind) => ({ kind, name: `${kind}.pdf`, blob: "sha256:01" })) });
  await pass(operator, admission.id);
  const provider = await ask<Made>(page, "POST", "/v1/providers", { services: [{ kind: "development", title: "信贷模型开发" }], documents: [{ kind: "provider-profile", title: "服务能力说明", text: "二十名数据工程师" }] });
  await pass(operator, provider.id);
  await pass(bureau, provider.id);
  await ask(operator, "POST", `/v1/providers/${provider.id}/publish`);
  return provider.id;
}

test("a listed provider offers a service of a listed kind and builds a model with no data user", async ({ as }) => {
  const operator = await as("operator");
  const id = await listed(operator, await as("bureau"), () => as(tech.login));
  const page = await as(tech.login);
  await page.goto(address(`/providers/desk/${id}`));
  await page.getByRole("button", { name: "增加服务" }).click();
  const form = page.getByRole("dialog", { name: "增加服务" });
  await choose(form, "服务类别", "电子认证");
  await form.getByLabel("服务名称").fill("企业电子认证");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(page);
  await expect(page.getByText("电子认证：企业电子认证")).toBeVisible();
  await picture(page, "provider-offer");

  await page.getByRole("link", { name: "先行开发模型" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "先行开发模型" })).toBeVisible();
  await page.getByLabel("应用场景", { exact: true }).fill("小微信贷风险模型");
  await page.getByLabel("使用目的").fill("估计小微信贷风险，供有需要的单位选用");
  await choose(page, "数据资源", "信用卡");
  await chooseAll(page, /数据项$/, ["学历", "年龄"]);
  await page.getByLabel("数据必要性").fill("统计所需");
  await page.getByLabel("应用场景解决方案").fill("按分档统计，供选用。");
  await page.getByLabel("使用安全性").fill("两名开发人员使用样例数据。");
  await picture(page, "ahead-new");
  await page.getByRole("button", { name: "提交预申报" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "小微信贷风险模型" })).toBeVisible();

  const desk = await as("operator");
  await openTask(desk, /小微信贷风险模型/);
  await decide(desk, "场景预申报审核", "通过", "可行、必要、安全");

  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: "小微信贷风险模型" }).click();
  await expect(page.getByText("先行开发，没有数据使用单位")).toBeVisible();
  await picture(page, "ahead-file");
  await goTo(page, "开发空间");
  await page.getByRole("button", { name: "开通开发空间" }).click();
  await expect(page).toHaveURL(/\/lab\/spc_/);
});

test("the cost of governance is booked to who bears it, and the bill of the space shows zero", async ({ as }) => {
  const bureau = await as("bureau");
  const { items } = await ask<{ items: (Made & { roles: string[] })[] }>(bureau, "GET", "/v1/organizations?limit=100");
  const bearer = items.find((o) => o.roles.includes("platform-operator"))?.id ?? "";
  await ask(bureau, "POST", `/v1/organizations/${bearer}/designations`, { kind: "benefit", document: "泉政函〔2025〕2号", issuer: "泉州市人民政府", from: "2025-01-01" });
  const { items: spaces } = await ask<{ items: Made[] }>(bureau, "GET", "/v1/spaces");

  const page = await as("operator");
  await page.goto(address(`/lab/${spaces[0]?.id}/record`));
  await page.getByRole("tab", { name: "应付费用" }).click();
  await page.getByRole("button", { name: "登记治理费用" }).click();
  const form = page.getByRole("dialog", { name: "登记治理费用" });
  await form.getByLabel("治理工作内容").fill("清洗、补全还款状态");
  await form.getByLabel("费用金额（元）").fill("12500");
  await form.getByLabel("治理日期").fill("2025-09-29");
  await page.keyboard.press("Enter");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(page);
  const line = page.getByRole("row").filter({ hasText: "公共数据治理服务费" });
  await expect(line).toContainText("¥ 0.00");
  await expect(line.getByRole("button", { name: /^法规依据/ })).toContainText("七(三)2");
  await picture(page, "bill");
  await goTo(page, "开发空间");
  await expect(page.getByRole("row").filter({ hasText: "清洗、补全还款状态" })).toContainText("¥ 12,500.00");
  await picture(page, "governance-books");
});

test.describe("under Hainan's rules", () => {
  playedAt("--regime", "hainan", "--until", "catalog");

  const school = { login: "school", name: "琼海示例小学", uscc: "12990000MB9900435P" };

  async function fill(page: Page, uscc: string): Promise<void> {
    await page.goto(address("/register"));
    await page.getByRole("checkbox", { name: "购买方" }).check();
    await page.getByRole("checkbox", { name: "服务商" }).uncheck();
    await page.getByRole("textbox", { name: /^(\* )?名称$/ }).fill(school.name);
    await page.getByLabel("统一社会信用代码").fill(uscc);
    await page.getByLabel("成立或登记日期").fill("2012-06-01");
    await page.keyboard.press("Enter");
    await page.getByLabel("法定代表人或负责人", { exact: true }).fill("白校长");
    await page.getByLabel("法定代表人证件号码").fill("990000196705200464");
    await page.getByLabel("联系人").fill("白老师");
    await page.getByLabel("联系电话").fill("0898-22000000");
    await page.getByLabel("经办人姓名").fill("白老师");
    await page.getByLabel("账号").fill(school.login);
    await page.getByLabel("密码", { exact: true }).fill(password);
  }

  test("a buyer registers as a body of a listed type; an individual business is refused with the article", async ({ anyone }) => {
    const page = await anyone();
    await fill(page, "92990000MA99004236");
    await page.getByRole("button", { name: "提交注册" }).click();
    const refusal = page.getByRole("alert").filter({ hasText: "不能是个人、个体工商户或者分支机构" });
    await expect(refusal).toBeVisible();
    await expect(refusal.getByRole("button", { name: /^法规依据/ })).toContainText("第四条");
    await picture(page, "buyer-refused");

    await page.getByLabel("统一社会信用代码").fill(school.uscc);
    await choose(page, "单位类型", "事业单位、社会组织");
    await page.getByRole("button", { name: "提交注册" }).click();
    await expect(page.getByText("此项必填")).toBeVisible();
    await choose(page, "法律形式", "公益一类事业单位");
    await picture(page, "buyer-register");
    await page.getByRole("button", { name: "提交注册" }).click();
    await expect(page.getByText("注册成功")).toBeVisible();
  });

  test("it hands in its certificate and the bureau verifies the type, not a vendor's ability", async ({ as }) => {
    const page = await as(school.login);
    await goTo(page, "平台入驻");
    await page.getByRole("link", { name: "申请入驻" }).first().click();
    await page.getByText("只作购买方的提交登记证书").first().click();
    await page.locator("input[type=file]").first().setInputFiles({ name: "登记证书.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 certificate") });
    await picture(page, "buyer-apply");
    await page.getByRole("button", { name: "提交入驻申请" }).click();
    await expect(page.getByRole("heading", { level: 1, name: school.name })).toBeVisible();
    await receipt(page);

    const bureau = await as("bureau");
    await openTask(bureau, new RegExp(school.name));
    await decide(bureau, "省大数据管理机构核对购买方", "通过", "与证书一致");
    await expect(bureau.locator(".file-head").getByText("通过", { exact: true })).toBeVisible();
    await picture(bureau, "buyer-matter");

    await goTo(bureau, "单位");
    await bureau.getByRole("row").filter({ hasText: school.name }).click();
    await expect(bureau.getByRole("heading", { level: 1, name: school.name })).toBeVisible();
    await expect(bureau.getByText("公益一类事业单位")).toBeVisible();
    await expect(bureau.getByText("购买方", { exact: true })).toBeVisible();
    await picture(bureau, "buyer-file");
  });
});
