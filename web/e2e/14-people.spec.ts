// Act 14. The people: what they learn and sign, whose accounts they are, and the providers that they may choose.
import { password } from "./cast";
import { address, ask, choose, chooseAll, closed, decide, expect, goTo, openTask, type Page, picture, readCitation, receipt, test } from "./stage";

const tech = { login: "tech1", name: "数智技术服务有限公司", uscc: "91990000990099213A", clerk: "何经办", role: "third-party-provider" };
const user = { login: "user1", name: "用数科技有限公司", uscc: "919900009900992215", clerk: "吕经办", role: "data-user" };
const applicants = [
  { login: "apply1", name: "先到科技有限公司", uscc: "9199000099009923XW" },
  { login: "apply2", name: "贯标科技有限公司", uscc: "91990000990099248W" },
];

const filled = (o: { name: string; uscc: string }) => ({
  name: o.name,
  uscc: o.uscc,
  kind: "enterprise",
  registered: "2012-06-01",
  in_province: true,
  representative: "某负责人",
  representative_id: "990000196705200464",
  contact: "经办人",
  phone: "0595-22000000",
});

async function register(operator: Page, o: { name: string; uscc: string; role: string }): Promise<string> {
  const made = await ask<{ id: string }>(operator, "POST", "/v1/registrations", { ...filled(o), roles: [o.role] });
  return made.id;
}

async function keep(page: Page, name: string): Promise<string> {
  return page.evaluate(async (what) => {
    const form = new FormData();
    form.append("file", new Blob([what]), `${what}.txt`);
    const answer = await fetch("/v1/files", { method: "POST", body: form });
    return ((await answer.json()) as { digest: string }).digest;
  }, name);
}

test("a course is published, the exam failed and then passed by keyboard, the undertaking signed", async ({ as }) => {
  const bureau = await as("bureau");
  await goTo(bureau, "培训与保密");
  await bureau.getByRole("link", { name: "发布课程" }).first().click();
  await bureau.getByLabel("课程名称").fill("公共数据授权运营岗前培训");
  await bureau.getByLabel("学习内容").fill("原始数据不出域。数据可用不可见。结果须经审查方可离开。");
  const questions = [
    ["原始数据可以离开平台吗？", "可以", "不可以"],
    ["结果离开平台之前须经什么？", "审查", "无须审查"],
  ];
  for (const [i, [text, ...options]] of questions.entries()) {
    if (i > 0) await bureau.getByRole("button", { name: "增加一题" }).click();
    const section = bureau.getByRole("region", { name: `第 ${i + 1} 题` });
    await section.getByLabel(`第 ${i + 1} 题 题目`).fill(text!);
    for (const [o, word] of options.entries()) await section.getByLabel(`第 ${i + 1} 题 选项 ${o + 1}`).fill(word);
    const right = section.getByRole("radio", { name: `第 ${i === 0 ? 2 : 1} 项是正确答案` });
    await right.click();
    await expect(right).toBeChecked();
  }
  await picture(bureau, "course-new");
  await bureau.getByRole("button", { name: "发布课程" }).click();
  await expect(bureau.getByRole("heading", { level: 1, name: "公共数据授权运营岗前培训" })).toBeVisible();
  await receipt(bureau);

  const page = await as("operator");
  await goTo(page, "培训与保密");
  await expect(page.getByText("尚无有效的合格结果")).toBeVisible();
  await picture(page, "training");
  await page.getByText("公共数据授权运营岗前培训").click();
  await page.getByRole("tab", { name: "培训考核" }).click();
  await page.getByRole("button", { name: "开始考试" }).click();
  // The wrong answer to the first, by mouse; the second by keyboard alone.
  await expect(page.getByRole("heading", { level: 2, name: "原始数据可以离开平台吗？" })).toBeFocused();
  await page.getByRole("radio", { name: "可以", exact: true }).check();
  await picture(page, "exam");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: "结果离开平台之前须经什么？" })).toBeFocused();
  await page.getByRole("button", { name: "检查与交卷" }).click();
  await closed(page.getByRole("button", { name: /^交\s?卷$/ }), "还有题目没有作答");
  await page.getByRole("button", { name: "编辑 第 2 题" }).click();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await expect(page.getByRole("radio", { name: "审查", exact: true })).toBeChecked();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^交\s?卷$/ }).click();
  await expect(page.getByText("考试不合格")).toBeVisible();
  await receipt(page);
  await picture(page, "exam-failed");

  await page.getByRole("button", { name: "再考一次" }).click();
  await page.getByRole("radio", { name: "不可以", exact: true }).check();
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: "审查", exact: true }).check();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^交\s?卷$/ }).click();
  await expect(page.getByText("考试合格")).toBeVisible();
  await expect(page.getByText(/得分 100，合格线 80/)).toBeVisible();
  await picture(page, "exam-passed");

  await page.getByRole("link", { name: "保密承诺书" }).click();
  const sign = page.getByRole("button", { name: "签署保密承诺书" });
  await closed(sign, "请先阅读全文并勾选确认");
  await page.getByRole("checkbox", { name: /我已阅读并理解全文/ }).check();
  await sign.click();
  await receipt(page);
  await expect(page.getByText(/^已于 .+ 签署$/).first()).toBeVisible();
  await picture(page, "undertaking");

  await goTo(page, "人员");
  await page.getByRole("tab", { name: "培训记录" }).click();
  await expect(page.getByRole("row").filter({ hasText: "王经办" }).filter({ hasText: "不合格" })).toBeVisible();
  await picture(page, "training-results");
  await page.getByRole("tab", { name: "签署情况" }).click();
  await expect(page.getByRole("row").filter({ hasText: "王经办" }).filter({ hasText: "已签署" })).toBeVisible();
  await picture(page, "undertakings");

  // Closing asks for the name; a closed course says so.
  await bureau.goto(address("/training"));
  await bureau.getByRole("button", { name: /^停\s?用$/ }).click();
  await picture(bureau, "course-close");
  await bureau.keyboard.press("Escape");
});

test("accounts are opened, kept and closed; dedicated staff are filed and acknowledged", async ({ as }) => {
  const page = await as("operator");
  for (const o of [tech, user]) {
    const org = await register(page, o);
    await page.goto(address(`/people?org=${org}`));
    await expect(page.getByText("还没有账号").first()).toBeVisible();
    if (o === tech) await picture(page, "accounts-empty");
    await page.getByRole("button", { name: "开通账号" }).click();
    const dialog = page.getByRole("dialog", { name: "开通账号" });
    await dialog.getByLabel("姓名").fill(o.clerk);
    await dialog.getByLabel("登录名").fill(o.login);
    await dialog.getByLabel("初始密码").fill(password);
    await chooseAll(dialog, "角色", [o.role === "data-user" ? "数据使用单位" : "第三方服务商"]);
    if (o === tech) await picture(page, "account-open");
    await dialog.getByRole("button", { name: "开通账号" }).click();
    await expect(dialog).toBeHidden();
    await receipt(page);
    await expect(page.getByRole("row").filter({ hasText: o.clerk })).toBeVisible();
  }
  await goTo(page, "人员");
  const own = page.getByRole("row").filter({ hasText: "王经办" });
  await closed(own.getByRole("button", { name: /^注\s?销$/ }), "不能变更或注销自己的账号");
  await picture(page, "accounts");

  const clerk = await as(user.login);
  await goTo(clerk, "人员");
  await clerk.getByRole("tab", { name: "专人专岗" }).click();
  await expect(clerk.getByText("还没有报备专人")).toBeVisible();
  await clerk.getByRole("button", { name: "报备专人" }).click();
  const filing = clerk.getByRole("dialog", { name: "报备专人" });
  await choose(filing, "职责", "公共数据管理");
  await filing.getByLabel("姓名").fill("吕专人");
  await filing.getByLabel("负责科室").fill("数据管理部");
  await filing.getByLabel("岗位").fill("数据主管");
  await filing.getByLabel("到岗").fill("2025-09-01");
  await clerk.keyboard.press("Enter");
  await filing.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(filing).toBeHidden();
  await receipt(clerk);

  const bureau = await as("bureau");
  await bureau.goto(address("/people?tab=waiting"));
  const row = bureau.getByRole("row").filter({ hasText: "吕专人" });
  await expect(row).toContainText(user.name);
  await picture(bureau, "staff-waiting");
  await row.getByRole("button", { name: "出具回执" }).click();
  await expect(row).toBeHidden();
  await clerk.reload();
  await expect(clerk.getByRole("row").filter({ hasText: "吕专人" })).toContainText("已备案");
  await picture(clerk, "staff");
});

test("a provider is evaluated, published, chosen under the disclaimer, complained about and delisted", async ({ as, anyone }) => {
  const provider = await as(tech.login);
  await goTo(provider, "第三方服务商");
  await picture(provider, "providers-own");
  await provider.getByRole("link", { name: "申请评定" }).click();
  await choose(provider, "第 1 项 服务类别", "数据模型开发");
  await provider.getByRole("textbox", { name: "第 1 项 服务名称" }).fill("信贷模型开发");
  await provider.locator("input[type=file]").first().setInputFiles({ name: "profile.txt", mimeType: "text/plain", buffer: Buffer.from("二十名数据工程师") });
  await picture(provider, "provider-apply");
  await provider.getByRole("button", { name: "申请评定" }).click();
  await receipt(provider);
  await provider.goto(address("/providers/desk"));
  await closed(provider.getByRole("button", { name: "申请评定" }), "本单位已有评定申请");

  const operator = await as("operator");
  await openTask(operator, new RegExp(tech.name));
  await decide(operator, "平台运营单位评定", "通过", "符合评定规范");
  const bureau = await as("bureau");
  await openTask(bureau, new RegExp(tech.name));
  await decide(bureau, "向市数据管理部门报备", "通过", "已收报备");

  await goTo(operator, "第三方服务商");
  await expect(operator.getByRole("row").filter({ hasText: tech.name })).toContainText("评定通过");
  await picture(operator, "provider-register");
  await operator.getByText(tech.name).click();
  await closed(operator.getByRole("button", { name: "采取措施" }), "尚未公布的服务商不能采取措施");
  await operator.getByRole("button", { name: "报备评定结果" }).click();
  const report = operator.getByRole("dialog", { name: "报备评定结果" });
  await report.getByLabel("报备文号").fill("数运〔2025〕8号");
  await report.getByLabel("报备之日").fill("2025-09-24");
  await operator.keyboard.press("Enter");
  await report.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(report).toBeHidden();
  await operator.getByRole("button", { name: /^公\s?布$/ }).click();
  await expect(operator.getByText("已公布").first()).toBeVisible();
  await receipt(operator);
  await picture(operator, "provider-file");

  const front = await anyone();
  await front.goto(address("/providers"));
  await expect(front.getByRole("article", { name: tech.name })).toContainText("信贷模型开发");
  await expect(front.getByText("免责提示")).toBeVisible();
  await picture(front, "directory");

  const buyer = await as(user.login);
  await goTo(buyer, "第三方服务商");
  await buyer.getByText(tech.name).click();
  await buyer.getByRole("button", { name: /^选\s?用$/ }).click();
  const engage = buyer.getByRole("dialog", { name: /^选用/ });
  await engage.getByLabel("委托内容").fill("授信模型开发与调优");
  await engage.getByRole("button", { name: /^选\s?用$/ }).click();
  await expect(engage.getByText("请先阅读免责提示并勾选确认")).toBeVisible();
  await engage.getByRole("checkbox", { name: /我已阅读免责提示/ }).check();
  await picture(buyer, "provider-engage");
  await engage.getByRole("button", { name: /^选\s?用$/ }).click();
  await expect(engage).toBeHidden();
  await receipt(buyer);
  // It stands in the list of commissions, from where it is ended.
  const commission = buyer.getByRole("row").filter({ hasText: "授信模型开发与调优" });
  await expect(commission).toContainText("进行中");
  await picture(buyer, "commissions");
  await commission.getByRole("button", { name: "终止委托" }).click();
  await expect(commission).toContainText("已终止");
  await commission.getByRole("link", { name: tech.name }).click();
  await buyer.getByRole("button", { name: /^投\s?诉$/ }).click();
  const complaint = buyer.getByRole("dialog", { name: /^投诉/ });
  await complaint.getByLabel("投诉的事实").fill("交付的模型与约定不符，多次催告未整改");
  await complaint.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(complaint).toBeHidden();

  await operator.reload();
  await closed(operator.getByRole("button", { name: "采取措施" }), "没有已核实的投诉");
  await operator.getByRole("button", { name: /^核\s?实$/ }).click();
  const finding = operator.getByRole("dialog", { name: "核实" });
  await finding.getByRole("combobox").click();
  await operator.locator(".ant-select-item-option").filter({ hasText: "属实" }).first().click();
  await finding.getByLabel("结论", { exact: true }).fill("经查属实，服务商书面承认");
  await finding.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(finding).toBeHidden();
  await operator.getByRole("button", { name: "采取措施" }).click();
  const measure = operator.getByRole("dialog", { name: "采取措施" });
  await choose(measure, "处置措施", "下架");
  await choose(measure, "所依据的投诉", "交付的模型");
  await measure.getByLabel("理由").fill("核实属实，下架整改");
  await picture(operator, "provider-measure");
  await measure.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(measure).toBeHidden();
  await expect(operator.getByText("已下架").first()).toBeVisible();
  await picture(operator, "provider-complaints");
  await front.reload();
  await expect(front.getByRole("article", { name: tech.name })).toBeHidden();
  await picture(front, "directory-empty");
});

test("who holds the qualification is taken first, and an admitted organization may leave", async ({ anyone, as }) => {
  const operator = await as("operator");
  for (const company of applicants) {
    const front = await anyone();
    await front.goto(address("/"));
    await ask(front, "POST", "/v1/organizations", { account: { login: company.login, password, name: "经办人", roles: [] }, organization: { ...filled(company), dcmm: false } });
    const page = await as(company.login);
    const kinds = await ask<{ needs?: { id: string; title: string }[]; ways?: { id: string; needs: { id: string; title: string }[] }[] }>(page, "GET", "/v1/regime/procedures/party.admission");
    const needs = kinds.ways?.find((w) => w.id === "paper")?.needs ?? kinds.needs ?? [];
    const documents: { kind: string; name: string; blob: string }[] = [];
    for (const need of needs) documents.push({ kind: need.id, name: need.title, blob: await keep(page, need.title) });
    await ask(page, "POST", "/v1/admissions", { method: "paper", documents });
    if (company === applicants[1]) {
      const paper = await keep(page, "证书");
      const q = await ask<{ id: string }>(page, "POST", "/v1/qualifications", { kind: "dcmm", level: 3, number: "DCMM-2025-0088", issuer: "评估机构", from: "2025-01-01", until: "2027-01-01", paper });
      await ask(operator, "POST", `/v1/qualifications/${q.id}/verify`, { accept: true, reason: "与公布的名录一致" });
    }
  }
  await operator.goto(address("/queue"));
  const rows = operator.getByRole("row").filter({ hasText: /先到科技|贯标科技/ });
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("贯标科技");
  await expect(rows.first()).toContainText("优先");
  await picture(operator, "queue");
  await readCitation(rows.first());

  await openTask(operator, new RegExp(applicants[1]!.name));
  await decide(operator, "入驻核验", "通过", "材料齐全");
  const leaver = await as(applicants[1]!.login);
  await leaver.goto(address("/people?tab=leave"));
  await leaver.reload();
  await leaver.getByRole("button", { name: "申请退出平台" }).click();
  const dialog = leaver.getByRole("dialog", { name: "申请退出平台" });
  await dialog.getByLabel("退出原因").fill("业务调整，不再使用公共数据");
  await dialog.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(dialog).toBeHidden();
  await receipt(leaver);
  await expect(leaver.getByText("将一并终止的许可")).toBeVisible();
  await closed(leaver.getByRole("button", { name: "申请退出平台" }), "正在办理");
  await picture(leaver, "leave");
});

test("an API key is shown once, listed without its secret, and closed", async ({ as }) => {
  const page = await as("bank");
  await page.getByRole("button", { name: /蔡行长助理/ }).click();
  await page.getByRole("menuitem", { name: "接口密钥" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "接口密钥" })).toBeVisible();
  await page.getByRole("button", { name: "生成密钥" }).click();
  const form = page.getByRole("dialog", { name: "生成密钥" });
  await form.getByLabel("用途").fill("核心系统");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  const shown = page.getByRole("dialog", { name: "核心系统" });
  await expect(shown.getByText(/^yk_/)).toBeVisible();
  const secret = (await shown.getByText(/^yk_/).innerText()).trim();
  await shown.getByRole("button", { name: "已保存好" }).click();
  await receipt(page);
  const asKey = (): Promise<number> => page.evaluate(async (key) => (await fetch("/v1/me", { credentials: "omit", headers: { Authorization: `Bearer ${key}` } })).status, secret);
  expect(await asKey()).toBe(200);
  const row = page.getByRole("row").filter({ hasText: "核心系统" });
  await expect(row).toBeVisible();
  await picture(page, "api-keys");
  await row.getByRole("button", { name: "停用" }).click();
  const sure = page.getByRole("dialog");
  await sure.getByRole("textbox").fill("核心系统");
  await sure.getByRole("button", { name: "停用" }).click();
  await expect(row).toHaveCount(0);
  expect(await asKey()).toBe(401);
});
