// Act 24. Exact figures by hand, from the application for a permit to the recall of what left: every dialog is pressed. Then what
// officials see of a resource: its disclosure account with a decision on a cap, and the use of a department's own data.
import { readFileSync } from "node:fs";
import { playedAt } from "./elsewhere";
import { granted, taxes } from "./exact";
import { choose, closed, decide, expect, goTo, openTask, type Page, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--until", "lab", "--day", "2025-09-29");

const purpose = "编制年度统计公报";
const office = "市统计局";

async function scenario(page: Page) {
  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: taxes.scenario }).click();
  await expect(page.getByRole("heading", { level: 1, name: taxes.scenario })).toBeVisible();
  await page.getByRole("tab", { name: "精确统计" }).click();
}

async function bench(page: Page) {
  await goTo(page, "场景申报");
  await page.getByRole("row").filter({ hasText: taxes.scenario }).click();
  await page.getByRole("link", { name: "进入开发空间" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "开发空间" })).toBeVisible();
  await page.getByRole("link", { name: "进入开发空间" }).first().click();
  await page.getByRole("tab", { name: /版本与运行/ }).click();
}

async function release(page: Page) {
  await goTo(page, "出域审查");
  await page.getByRole("row").filter({ hasText: purpose }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: taxes.model })).toBeVisible();
}

async function account(page: Page) {
  await goTo(page, "资源目录");
  await page.getByRole("row").filter({ hasText: taxes.title }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: taxes.title })).toBeVisible();
  await page.getByRole("tab", { name: "披露额度" }).click();
}

test("without a permit the exact run is closed, and the button names the article", async ({ as }) => {
  test.setTimeout(180_000);
  await granted();
  const page = await as("bank");
  await bench(page);
  await closed(page.getByRole("button", { name: "出具精确统计" }), "生效的精确统计许可", "第三十条");
  await picture(page, "permit-closed");
});

test("the bank applies for a permit on the scenario's page", async ({ as }) => {
  const page = await as("bank");
  await scenario(page);
  await expect(page.getByText("还没有精确统计许可")).toBeVisible();
  await page.getByRole("button", { name: "申请精确统计许可" }).click();
  const dialog = page.getByRole("dialog", { name: "申请精确统计许可" });
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(dialog.getByText("必填").first()).toBeVisible();
  await dialog.getByLabel("法定依据").fill("统计法第二十条和批准的统计调查制度");
  await dialog.getByLabel("用途").fill(purpose);
  await dialog.getByLabel("接收方").fill(office);
  await dialog.getByLabel("有效期至").fill("2026-06-30");
  await dialog.getByLabel("有效期至").press("Enter");
  await picture(page, "permit-form");
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("精确统计许可");
  await receipt(page);
  await expect(page.getByText("统计法第二十条和批准的统计调查制度")).toBeVisible();
  await expect(page.getByRole("link", { name: taxes.title, exact: true })).toBeVisible();
  await picture(page, "permit-applied");
});

test("the holder agrees, two people of the bureau decide, and the permit is in force", async ({ as }) => {
  const holder = await as("finance");
  await openTask(holder, /数据提供单位同意/);
  await holder.getByRole("tab", { name: /^材料/ }).click();
  await expect(holder.getByText("统计法第二十条和批准的统计调查制度")).toBeVisible();
  await decide(holder, "数据提供单位同意", "通过", "公报须用精确数字");
  for (const who of ["bureau", "bureau2"]) {
    const page = await as(who);
    await openTask(page, /数据主管部门决定/);
    await decide(page, "数据主管部门决定", "通过", "依据成立, 范围必要");
  }
  const bureau = await as("bureau");
  await goTo(bureau, "登记簿");
  await bureau.getByRole("tab", { name: "精确统计许可" }).click();
  await bureau.getByRole("row").filter({ hasText: purpose }).filter({ hasText: "有效" }).click();
  await expect(bureau.getByRole("heading", { level: 1 })).toContainText(taxes.scenario);
  await expect(bureau.getByRole("button", { name: "提前终止精确统计许可" })).toBeVisible();
  await picture(bureau, "permit-in-force");
});

test("the bank starts the exact run and asks for its release in the words of the permit", async ({ as }) => {
  const page = await as("bank");
  await bench(page);
  await page.getByRole("button", { name: "出具精确统计" }).click();
  await receipt(page);
  const run = page.getByRole("row").filter({ hasText: "不计额度" });
  await expect(run).toContainText("已完成");
  await picture(page, "permit-run");
  await run.getByRole("button", { name: "申请出域" }).click();
  const dialog = page.getByRole("dialog", { name: "申请出域" });
  await expect(dialog.getByLabel("接收方")).toHaveValue(office);
  await expect(dialog.getByLabel("用途")).toHaveValue(purpose);
  await dialog.getByLabel("保存期限").fill("长期");
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(page.locator(".file-head").getByText("审查中", { exact: true })).toBeVisible();
  await receipt(page);
});

test("a warning is passed by two people, each with a reason; the first alone does not suffice", async ({ as }) => {
  const operator = await as("operator");
  await openTask(operator, /平台运营单位检查/);
  await decide(operator, "平台运营单位检查", "通过", "与批准的模型一致");

  const first = await as("bureau");
  await release(first);
  await first.getByRole("tab", { name: /自动检查/ }).click();
  const warned = first.getByRole("row").filter({ hasText: "小总体" });
  await expect(warned).toContainText("提示");
  await expect(warned).toContainText("须由两名不同人员分别写明理由");
  await picture(first, "permit-checks");
  await warned.getByRole("button", { name: "就第 15 项写明理由" }).click();
  const dialog = first.getByRole("dialog", { name: "就第 15 项写明理由" });
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(dialog.getByText("必填")).toBeVisible();
  await dialog.getByLabel("理由").fill("该区县人口少, 已与统计口径核对");
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(dialog).toBeHidden();
  await receipt(first);
  await expect(warned).toContainText("已与统计口径核对");
  // The same person once more: the dialog stays and says why.
  await warned.getByRole("button", { name: "就第 15 项写明理由" }).click();
  await dialog.getByLabel("理由").fill("再次核对");
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(dialog.getByRole("alert")).toContainText(/另|不同/);
  await dialog.getByRole("button", { name: /取\s?消/ }).click();
});

test("hiding a cell is looked at before it is done, and takes another with it", async ({ as }) => {
  const page = await as("bureau");
  await release(page);
  await page.getByRole("button", { name: "隐去单元格" }).click();
  const dialog = page.getByRole("dialog", { name: "隐去单元格" });
  await expect(dialog.getByRole("button", { name: "隐去单元格" })).toBeDisabled();
  await choose(dialog, "单元格", /^1$/);
  await dialog.getByLabel("理由").fill("该组与正在办理的案件有关");
  await dialog.getByRole("button", { name: /预\s?览/ }).click();
  await expect(dialog.getByRole("alert")).toContainText("隐去后公布 1 个、隐去 2 个");
  await picture(page, "permit-redact");
  await dialog.getByRole("button", { name: "隐去单元格" }).click();
  await expect(dialog).toBeHidden();
  await receipt(page);
  await expect(page.getByRole("alert").filter({ hasText: "该组与正在办理的案件有关" })).toBeVisible();
  await decide(page, "主管部门复核", "通过", "不可逆算");
});

test("the second person passes the warning and the release; the bank exports it", async ({ as }) => {
  const page = await as("bureau2");
  await release(page);
  await page.getByRole("tab", { name: /自动检查/ }).click();
  await page.getByRole("button", { name: "就第 15 项写明理由" }).click();
  const dialog = page.getByRole("dialog", { name: "就第 15 项写明理由" });
  await dialog.getByLabel("理由").fill("同意, 公报只发布到市一级");
  await dialog.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(dialog).toBeHidden();
  await receipt(page);
  await expect(page.getByRole("row").filter({ hasText: "小总体" })).toContainText("公报只发布到市一级");
  await decide(page, "主管部门复核", "通过", "复核一致");

  const applicant = await as("bank");
  await release(applicant);
  const saving = applicant.waitForEvent("download");
  await applicant.getByRole("button", { name: /导出$/ }).click();
  const text = readFileSync(await (await saving).path(), "utf8");
  expect(text).toContain(",10");
  expect(text.match(/\*/g)).toHaveLength(2);
  await receipt(applicant);
});

test("a mistake is found: the bureau recalls what left, and it leaves no more", async ({ as }) => {
  const page = await as("bureau");
  await release(page);
  await page.getByRole("button", { name: "撤回结果" }).click();
  const dialog = page.getByRole("dialog", { name: "撤回结果" });
  await dialog.getByRole("button", { name: "撤回结果" }).click();
  await expect(dialog.getByText(/理由/).first()).toBeVisible();
  await dialog.getByLabel("理由").fill("口径有误");
  await dialog.getByRole("button", { name: "撤回结果" }).click();
  await expect(dialog).toBeHidden();
  await receipt(page);
  await expect(page.getByRole("alert").filter({ hasText: "口径有误" })).toBeVisible();
  await expect(page.locator(".file-head").getByText("已撤回", { exact: true })).toBeVisible();
  await picture(page, "permit-recalled");
  const applicant = await as("bank");
  await release(applicant);
  await closed(applicant.getByRole("button", { name: /导出$/ }), "口径有误");
});

test("the survey is over: the bureau ends the permit, and the exact run is closed again", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "登记簿");
  await page.getByRole("tab", { name: "精确统计许可" }).click();
  await page.getByRole("row").filter({ hasText: purpose }).click();
  await page.getByRole("button", { name: "提前终止精确统计许可" }).click();
  const dialog = page.getByRole("dialog", { name: "提前终止精确统计许可" });
  await dialog.getByLabel("理由").fill("统计调查已经结束");
  await dialog.getByRole("button", { name: "提前终止精确统计许可" }).click();
  await expect(dialog).toBeHidden();
  await receipt(page);
  await expect(page.getByText("统计调查已经结束")).toBeVisible();
  const bank = await as("bank");
  await bench(bank);
  await closed(bank.getByRole("button", { name: "出具精确统计" }), "生效的精确统计许可", "第三十条");
});

test("the bureau decides a cap: what it would mean is said first, and the decision stands with its reason", async ({ as }) => {
  const bank = await as("bank");
  await bench(bank);
  await bank.getByRole("button", { name: "在原始数据上运行" }).click();
  await receipt(bank);

  const page = await as("bureau");
  await account(page);
  const lines = page.getByRole("table", { name: "披露额度" });
  await expect(lines.getByRole("row").filter({ hasText: "2025 年度" })).toContainText("缺省");
  await expect(page.getByText("没有作过决定")).toBeVisible();
  await page.getByRole("button", { name: "决定披露额度" }).click();
  const dialog = page.getByRole("dialog", { name: "决定披露额度" });
  await dialog.getByLabel("新的上限（rho）").fill("0.2");
  await expect(dialog.getByRole("alert")).toContainText(/最多猜中 6\d\.\d\d%/);
  await dialog.getByLabel("决定文号").fill("泉数据〔2025〕12号");
  await dialog.getByRole("button", { name: "决定并公布" }).click();
  await expect(dialog.getByText("此项必填")).toBeVisible();
  await dialog.getByLabel("理由").fill("年度统计任务增加一次");
  await picture(page, "budget-decide");
  await dialog.getByRole("button", { name: "决定并公布" }).click();
  await expect(dialog).toBeHidden();
  await receipt(page);
  await expect(lines.getByRole("row").filter({ hasText: "2025 年度" })).not.toContainText("缺省");
  const decided = page.getByRole("table", { name: "历次决定" }).getByRole("row").filter({ hasText: "泉数据〔2025〕12号" });
  await expect(decided).toContainText("年度统计任务增加一次");
  await expect(page.locator("canvas")).toBeVisible();
  await picture(page, "budget-account");
  await decided.getByRole("link", { name: "公告" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(taxes.title);
});

test("the holder reads the account and cannot decide", async ({ as }) => {
  const page = await as("finance");
  await account(page);
  await closed(page.getByRole("button", { name: "决定披露额度" }), /./);
});

test("the department sees what became of its data, and from which fields", async ({ as }) => {
  const page = await as("finance");
  await goTo(page, "数据使用情况");
  const used = page.getByRole("table", { name: taxes.title });
  const model = used.getByRole("row").filter({ hasText: taxes.model });
  await expect(model).toContainText("刺桐银行");
  await expect(model).toContainText("授权有效");
  await expect(page.locator("canvas").first()).toBeVisible();
  await picture(page, "data-use");
  await model.getByRole("button", { name: new RegExp(taxes.model) }).click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("img", { name: /血缘/ })).toContainText("level");
  await expect(drawer.getByRole("row").filter({ hasText: office })).toContainText("已撤回");
  await picture(page, "data-use-lineage");
});

test("another department's desk has nothing of it", async ({ as }) => {
  const page = await as("ecology");
  await goTo(page, "数据使用情况");
  await expect(page.getByRole("heading", { level: 1, name: "数据使用情况" })).toBeVisible();
  await expect(page.getByText("运行").first()).toBeVisible();
  await expect(page.getByText(taxes.title)).toHaveCount(0);
});
