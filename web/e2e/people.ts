import { type Browser, expect, type Page } from "@playwright/test";

export const password = "yunei-demo-2025";

/** Signs in as a person would. */
export async function signIn(page: Page, login: string) {
  await page.goto("/signin");
  await page.getByLabel("账号").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("menu", { name: "菜单" })).toBeVisible();
}

const seats = new Map<string, Page>();

/** Each person sits at a machine of their own: what one browser keeps, another does not know. */
export async function seat(browser: Browser, baseURL: string | undefined, login: string): Promise<Page> {
  const known = seats.get(login);
  if (known) return known;
  const context = await browser.newContext({ baseURL, locale: "zh-CN", timezoneId: "Asia/Shanghai", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, login);
  seats.set(login, page);
  return page;
}

export async function leave() {
  for (const page of seats.values()) await page.context().close();
  seats.clear();
}

/** Opens the step that waits in the inbox, answers every check, and decides. */
export async function decide(page: Page, title: string, verdict: string, reason: string) {
  await page.goto("/desk");
  await page.getByRole("link", { name: title }).first().click();
  await page.getByRole("button", { name: /^办理：/, disabled: false }).click();
  const dialog = page.getByRole("dialog");
  for (const met of await dialog.getByText("符合", { exact: true }).all()) await met.click();
  await dialog.getByRole("radio", { name: verdict, exact: true }).check();
  await dialog.getByLabel("意见与理由").fill(reason);
  await dialog.getByRole("button", { name: "提交意见" }).click();
  await expect(dialog).toBeHidden();
}

/** The quiet line after an act. */
export async function expectReceipt(page: Page) {
  await expect(page.getByRole("status").getByRole("button", { name: /已记入账本 #\d+/ })).toBeVisible();
}

/** Chooses an option of a select by its label. */
export async function choose(page: Page, label: string, option: string | RegExp) {
  await page.getByLabel(label, { exact: true }).last().click();
  await page.locator(".ant-select-dropdown:visible").getByTitle(option).click();
}
