// Act 9. The citizen sees on the phone who used their data, withdraws, and the next query is refused.
import { bank, creditBand, person } from "./cast";
import { choose, expect, goTo, phone, picture, test } from "./stage";

test("the person sees who asked, what for and what they were told", async ({ as }) => {
  const page = await as(person.login, phone);
  await expect(page.getByRole("heading", { level: 1, name: "我的数据" })).toBeVisible();
  const use = page.getByRole("article");
  await expect(use).toHaveCount(1);
  await expect(use).toContainText(bank.name);
  await expect(use).toContainText("9月还款状态");
  await expect(use).toContainText("第 1 次使用");
  await picture(page, "person-uses");
  await page.getByRole("button", { name: "长辈版" }).click();
  await expect(page.getByRole("button", { name: "标准版" })).toHaveAttribute("aria-pressed", "true");
  await picture(page, "person-large");
});

test("the person withdraws, and the bank's next query is refused", async ({ as }) => {
  const mine = await as(person.login, phone);
  await mine.getByText("我的授权", { exact: true }).click();
  const consent = mine.getByRole("article").filter({ hasText: bank.name });
  await expect(consent).toContainText("1 次，最多 5 次");
  await consent.getByRole("button", { name: "撤销授权" }).click();
  const dialog = mine.getByRole("dialog", { name: "确定撤销这份授权吗？" });
  await picture(mine, "person-withdraw");
  await dialog.getByRole("button", { name: "撤销授权" }).click();
  await expect(consent).toContainText("已撤销");
  await expect(consent.getByRole("button", { name: "撤销授权" })).toHaveCount(0);

  const page = await as(bank.login);
  await goTo(page, "实时查询");
  await choose(page, /数据服务/, creditBand.name);
  await page.getByLabel("被查询人证件号码").fill(person.idNumber);
  await choose(page, /授权书$/, /已撤销/);
  await page.getByRole("button", { name: /查询$/ }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "依规不予办理" });
  await expect(refusal).toContainText("撤");
  await expect(page.locator(".answer")).toHaveCount(0);
});
