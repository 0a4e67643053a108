// Act 2. A bank registers and applies; its representative signs the pledge on the phone; the operator verifies.
import { bank, password } from "./cast";
import { address, decide, expect, goTo, kit, openTask, phone, picture, receipt, test } from "./stage";

test("a bank registers on the public form", async ({ anyone }) => {
  const page = await anyone();
  await page.goto(address("/signin"));
  await page.getByRole("link", { name: "单位首次使用？注册单位" }).click();
  await page.getByRole("button", { name: "提交注册" }).click();
  await expect(page.getByText("此项必填").first()).toBeVisible();
  await page.getByRole("textbox", { name: /^(\* )?名称$/ }).fill(bank.name);
  await page.getByLabel("统一社会信用代码").fill(bank.uscc);
  await page.getByLabel("成立或登记日期").fill("2012-06-01");
  await page.keyboard.press("Enter");
  await page.getByLabel("在本省登记").check();
  await page.getByLabel("法定代表人或负责人", { exact: true }).fill(bank.representative);
  await page.getByLabel("法定代表人证件号码").fill(bank.representativeId);
  await page.getByLabel("联系人").fill("业务联系人");
  await page.getByLabel("联系电话").fill("0595-22000000");
  await page.getByLabel("经办人姓名").fill(bank.handler);
  await page.getByLabel("账号").fill(bank.login);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await picture(page, "public-register");
  await page.getByRole("button", { name: "提交注册" }).click();
  await expect(page.getByText("注册成功")).toBeVisible();
});

test("it applies by code", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "平台入驻");
  await expect(page.getByText("还没有入驻申请")).toBeVisible();
  await page.getByRole("link", { name: "申请入驻" }).first().click();
  await expect(page.getByText("法人扫码认证")).toBeVisible();
  await page.getByRole("button", { name: "提交入驻申请" }).click();
  await expect(page.getByRole("heading", { level: 1, name: bank.name })).toBeVisible();
  await expect(page.getByText("法人扫码签署")).toBeVisible();
  await receipt(page);
});

test("the representative scans the code and signs the pledge on the phone", async ({ as, anyone }) => {
  const desk = await as(bank.login);
  await goTo(desk, "平台入驻");
  await desk.getByRole("row").filter({ hasText: bank.name }).click();
  await desk.getByRole("button", { name: "生成入驻二维码" }).click();
  const dialog = desk.getByRole("dialog", { name: "入驻二维码" });
  await expect(dialog.getByRole("img").first()).toBeVisible();
  await expect(dialog).toContainText("有效至");
  await picture(desk, "bank-code");
  const link = await dialog.getByRole("link").getAttribute("href");

  const page = await anyone(phone);
  await page.goto(link ?? "no code");
  await expect(page.getByRole("heading", { level: 1, name: "入驻认证与承诺" })).toBeVisible();
  await expect(page.getByText(bank.representative, { exact: true })).toBeVisible();
  const sign = page.getByRole("button", { name: "签署承诺书" });
  await expect(sign).toBeDisabled();
  const certificate = page.locator("input[type=file]");
  await certificate.setInputFiles(kit("person.pem"));
  await page.getByRole("checkbox").check();
  await picture(page, "phone-pledge");
  // Somebody else's certificate: the code is not theirs to use.
  await sign.click();
  await expect(page.getByRole("alert").filter({ hasText: "没有办理权限" })).toBeVisible();
  await certificate.setInputFiles(kit("bank-representative.pem"));
  await expect(page.getByText("已选择 bank-representative.pem")).toBeVisible();
  await sign.click();
  await expect(page.getByText("已签署", { exact: true })).toBeVisible();
  await picture(page, "phone-pledged");
});

test("the operator verifies the bank from the inbox", async ({ as }) => {
  const page = await as("operator");
  await openTask(page, /入驻/);
  await decide(page, "入驻核验", "通过", "材料齐全, 身份核验一致");
  await expect(page.locator(".file-head").getByText("通过", { exact: true })).toBeVisible();
});

test("the bank is admitted", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "平台入驻");
  await expect(page.getByRole("row").filter({ hasText: bank.name }).getByText("已入驻")).toBeVisible();
});
