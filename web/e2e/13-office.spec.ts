// Act 13. The work of an office: inboxes, handing on, deciding together, papers, the whole file on paper, notices for everybody.
import { password } from "./cast";
import { address, ask, expect, goTo, picture, receipt, test } from "./stage";

const companies = [
  { login: "office1", name: "办件甲科技有限公司", uscc: "91990000MA9900773F" },
  { login: "office2", name: "办件乙科技有限公司", uscc: "91990000MA9900781A" },
];

const papers = ["加盖单位公章的营业执照", "法人身份证明", "单位情况说明", "入驻承诺书"];

test("two companies apply with papers", async ({ anyone, as }) => {
  for (const company of companies) {
    const front = await anyone();
    await front.goto(address("/"));
    await ask(front, "POST", "/v1/organizations", {
      account: { login: company.login, password, name: "经办人", roles: ["data-user"] },
      organization: {
        name: company.name,
        uscc: company.uscc,
        kind: "enterprise",
        registered: "2012-06-01",
        in_province: true,
        dcmm: false,
        representative: "某负责人",
        representative_id: "990000196705200464",
        contact: "经办人",
        phone: "0595-22000000",
      },
    });
    const page = await as(company.login);
    await page.goto(address("/admissions/new"));
    await expect(page.getByRole("group", { name: "入驻核验" })).toBeVisible();
    await page.getByText("纸质材料认证", { exact: true }).click();
    for (const paper of papers) {
      await page
        .locator(".ant-form-item")
        .filter({ hasText: paper })
        .locator("input[type=file]")
        .setInputFiles({ name: `${paper}.txt`, mimeType: "text/plain", buffer: Buffer.from(`${company.name}：${paper}（扫描件）`) });
    }
    await page.getByRole("button", { name: "提交入驻申请" }).click();
    await receipt(page);
  }
});

test("the inbox counts, filters by law, and several alike are decided at once, each with its receipt", async ({ as }) => {
  const page = await as("operator");
  await page.goto(address("/desk"));
  const inbox = page.locator(".inbox").first();
  for (const company of companies) await expect(inbox.getByRole("link", { name: new RegExp(company.name) }).first()).toBeVisible();
  await expect(page.getByText(/^我的 \d+$/)).toBeVisible();

  // One file is opened: its papers are read on screen, and handed on within the office.
  await inbox.getByRole("link", { name: new RegExp(companies[0]!.name) }).first().click();
  await page.getByRole("tab", { name: /^材料/ }).click();
  await page.getByRole("row").filter({ hasText: "单位情况说明" }).getByRole("button", { name: "查看" }).click();
  await expect(page.getByRole("dialog").filter({ hasText: "（扫描件）" })).toContainText(companies[0]!.name);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "更多办理" }).click();
  await page.getByRole("button", { name: "转办" }).click();
  const hand = page.getByRole("dialog", { name: "转办" });
  await hand.getByRole("combobox", { name: "转给" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "本单位该角色的全部人员" }).click();
  await hand.getByRole("textbox", { name: "理由" }).fill("请窗口同事一并核验");
  await hand.getByRole("button", { name: "转办" }).click();
  await expect(hand).toBeHidden();
  await receipt(page);
  await page.getByRole("tab", { name: "办理过程" }).click();
  await expect(page.getByText(/^转办/).first()).toBeVisible();

  await goTo(page, "工作台");
  for (const company of companies) await page.getByRole("checkbox", { name: new RegExp(company.name) }).check();
  await page.getByRole("button", { name: "批量办理 2 件" }).click();
  const bulk = page.getByRole("dialog", { name: /^批量办理/ });
  await bulk.getByRole("radio", { name: "通过", exact: true }).check();
  await bulk.getByLabel("意见与理由").fill("材料齐全, 身份核验一致");
  await picture(page, "bulk");
  await bulk.getByRole("button", { name: "提交意见" }).click();
  await expect(bulk.getByText(/已记入账本 #\d+/)).toHaveCount(2);
  await bulk.getByRole("button", { name: "关闭" }).last().click();
  await page.getByText("已办", { exact: true }).click();
  await expect(page.locator(".inbox").first().getByRole("link", { name: new RegExp(companies[1]!.name) }).first()).toBeVisible();
});

test("the whole file prints with the place of every act in the ledger", async ({ as }) => {
  const page = await as("operator");
  await page.goto(address("/matters"));
  await page.getByRole("row").filter({ hasText: companies[0]!.name }).first().click();
  await page.getByRole("link", { name: "打印" }).click();
  await expect(page.getByRole("heading", { name: "账本存证" })).toBeVisible();
  await expect(page.locator(".print-file table").last().getByText(/^#\d+$/).first()).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".console-sider")).toBeHidden();
  await picture(page, "matter-print");
});

test("a call stands on the portal at once, with its window and the way to apply; revoked, it takes nothing", async ({ as, anyone }) => {
  const page = await as("bureau");
  await goTo(page, "公示公告");
  await page.getByRole("button", { name: "发布", exact: true }).click();
  await page.getByRole("menuitem", { name: "征集通告" }).click();
  const form = page.getByRole("dialog", { name: "发布征集通告" });
  await form.getByLabel("标题").fill("征集信贷领域应用场景");
  await form.getByRole("combobox", { name: "征集事项" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: "场景预申报" }).first().click();
  await form.getByPlaceholder("开始日期").fill("2025-09-01 09:00");
  await page.keyboard.press("Enter");
  await form.getByPlaceholder("结束日期").fill("2025-12-31 17:00");
  await page.keyboard.press("Enter");
  await form.getByLabel("申请条件和材料").fill("已入驻的单位, 提交场景预申报表和解决方案");
  await form.getByRole("button", { name: "发布", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "征集信贷领域应用场景" })).toBeVisible();
  const at = page.url();

  const front = await anyone();
  await front.goto(address("/notices?kind=call"));
  const card = front.locator("article").filter({ hasText: "征集信贷领域应用场景" });
  await expect(card).toContainText("征集中");
  await expect(card.getByRole("link", { name: "去申请" })).toHaveAttribute("href", /scenarios\/new\?call=/);
  await picture(front, "public-call");

  await page.goto(at);
  await page.getByRole("button", { name: "撤销公告" }).click();
  await page.getByLabel("理由").fill("条件有误, 另行发布");
  await page.getByRole("dialog").getByRole("button", { name: "撤销公告" }).click();
  await expect(page.getByText("已撤销").first()).toBeVisible();
  await front.goto(at);
  await expect(front.getByText("条件有误, 另行发布")).toBeVisible();
  await expect(front.getByRole("link", { name: "去申请" })).toHaveCount(0);
});

test("work is delegated while one is away, and taken back", async ({ as }) => {
  const page = await as("bureau");
  await page.goto(address("/desk"));
  await page.getByRole("button", { name: "委派", exact: true }).click();
  const form = page.getByRole("dialog", { name: "委派" });
  await form.getByRole("combobox", { name: "代理人" }).click();
  await page.locator(".ant-select-item-option").first().click();
  await form.getByLabel("起", { exact: true }).fill("2025-09-29");
  await page.keyboard.press("Enter");
  await form.getByLabel("止", { exact: true }).fill("2025-12-31");
  await page.keyboard.press("Enter");
  await form.getByRole("textbox", { name: "理由" }).fill("外出培训");
  await form.getByRole("button", { name: "提交" }).click();
  await expect(form).toBeHidden();
  const line = page.getByRole("listitem").filter({ hasText: "外出培训" });
  await expect(line).toContainText("2025-12-31");
  await line.getByRole("button", { name: "结束" }).click();
  await expect(line).toHaveCount(0);
});
