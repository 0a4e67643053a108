// Act 29. Who takes part beside those who use data. Under Hainan's rules: a body that buys.
import { password } from "./cast";
import { playedAt } from "./elsewhere";
import { address, choose, decide, expect, goTo, openTask, type Page, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });
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
