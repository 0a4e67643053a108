// What every act needs: persons who sign in, pages that are looked at, and the few gestures of the console's widgets.
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, test as base, expect, type Locator, type Page } from "@playwright/test";
import { artifacts, password } from "./cast";

export { expect };
export type { Locator, Page };

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** Sessions of this run and where they land, so that a person signs in once. */
const sessions = new Map<string, { cookies: Cookies; landing: string }>();

/** Everybody is a stranger again: another server is about to be asked. */
export function forget(): void {
  sessions.clear();
}

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

export function address(path: string): string {
  const at = process.env.YUNEI_E2E_BASE;
  if (!at) throw new Error("no server: run npm run e2e");
  return at + path;
}

/** A file that the demonstration made for its persons. */
export function kit(name: string): string {
  return join(process.env.YUNEI_E2E_KIT ?? "", name);
}

/** What a page complains about in its console fails the test that opened it: a crash may hide behind a page that looks right. */
function watch(page: Page, crashes: string[]) {
  page.on("pageerror", (error) => crashes.push(`${page.url()}: ${error.message}`));
}

async function signIn(page: Page, login: string): Promise<void> {
  await page.goto(address("/signin"));
  await page.getByLabel("账号").fill(login);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/signin");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

interface Stage {
  /** A signed-in person's own browser. */
  as: (login: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Somebody who has not signed in. */
  anyone: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<Stage & { crashes: string[] }>({
  crashes: async ({}, use) => {
    const crashes: string[] = [];
    await use(crashes);
    expect(crashes, "errors thrown in a page").toEqual([]);
  },
  anyone: async ({ browser, crashes }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options) => {
      const context = await open(browser, options);
      opened.push(context);
      const page = await context.newPage();
      watch(page, crashes);
      return page;
    });
    await Promise.all(opened.map((context) => context.close()));
  },
  as: async ({ anyone }, use) => {
    await use(async (login, options) => {
      const known = sessions.get(login);
      const page = await anyone({ ...options, storageState: known?.cookies });
      if (known) {
        await page.goto(known.landing);
      } else {
        await signIn(page, login);
        sessions.set(login, { cookies: await page.context().storageState(), landing: page.url() });
      }
      return page;
    });
  },
});

/** Without motion: a hand does not press where a dialog will be once it has grown, the driver does. */
function open(browser: Browser, options?: BrowserContextOptions): Promise<BrowserContext> {
  return browser.newContext({ reducedMotion: "reduce", viewport: { width: 1440, height: 900 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", ...options });
}

/** A full-page picture for the people who look. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => window.scrollTo(0, 0)));
  await page.screenshot({ path: join(artifacts, `${name}.png`), fullPage: true, animations: "disabled" });
}

/** Opens a place of the left menu. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole("menuitem", { name: place }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

type Scope = Page | Locator;

function pageOf(scope: Scope): Page {
  return "page" in scope ? scope.page() : scope;
}

const openList = ".ant-select-dropdown:not(.ant-select-dropdown-hidden)";

/** Chooses an option in a select by its label. */
export async function choose(scope: Scope, label: string | RegExp, option: string | RegExp): Promise<void> {
  await scope.getByRole("combobox", { name: label }).click();
  await pageOf(scope).locator(`${openList} .ant-select-item-option`).filter({ hasText: option }).first().click();
}

/** Chooses several, looking for each by typing. */
export async function chooseAll(scope: Scope, label: string | RegExp, options: string[]): Promise<void> {
  const box = scope.getByRole("combobox", { name: label });
  const page = pageOf(scope);
  for (const option of options) {
    await box.fill(option);
    await page.locator(`${openList} .ant-select-item-option`).filter({ hasText: option }).first().click();
  }
  await page.keyboard.press("Escape");
}

/** A closed act says why, to the eye and to the keyboard; where the law closes it, by which article. */
export async function closed(button: Locator, why: string | RegExp, article?: string): Promise<void> {
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await button.focus();
  const reason = pageOf(button).getByRole("tooltip").filter({ hasText: "现在不能办理" });
  await expect(reason).toContainText(why);
  if (article) await expect(reason.getByRole("button", { name: /^法规依据/ })).toContainText(article);
}

/** A receipt after an act: the quiet line at the foot of the console. */
export async function receipt(page: Page): Promise<void> {
  await expect(page.getByRole("status").getByRole("button", { name: /已记入账本 #\d+/ })).toBeVisible();
}

/** Finds one's own task in the inbox and opens its file. */
export async function openTask(page: Page, title: string | RegExp, desk = "工作台"): Promise<void> {
  await goTo(page, desk);
  await page.locator(".inbox").first().getByRole("link", { name: title }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

/** Decides the open step: every check is met, the outcome, the reason. */
export async function decide(page: Page, step: string, outcome: string, reason: string): Promise<void> {
  await page.getByRole("button", { name: `办理：${step}` }).click();
  const dialog = page.getByRole("dialog", { name: `办理：${step}` });
  await expect(dialog).toBeVisible();
  // Whoever was drawn by lot says first that nothing ties them to the application.
  const clear = dialog.getByRole("radio", { name: /无利害关系$/ });
  if (await clear.count()) await clear.check();
  await expect(dialog.getByLabel("意见与理由")).toBeVisible();
  for (const met of await dialog.getByText("符合", { exact: true }).all()) await met.click();
  await dialog.getByRole("radio", { name: outcome, exact: true }).check();
  await dialog.getByLabel("意见与理由").fill(reason);
  await dialog.getByRole("button", { name: "提交意见" }).click();
  await expect(dialog).toBeHidden();
  await receipt(page);
}

/** Opens a citation and checks what it opens: the article with the quoted words marked. */
export async function readCitation(scope: Scope, article?: string): Promise<void> {
  const page = pageOf(scope);
  await scope.getByRole("button", { name: /^法规依据/ }).first().click();
  const drawer = page.getByRole("dialog", { name: "法规依据" });
  await expect(drawer).toBeVisible();
  await expect(drawer.locator("mark").first()).toBeVisible();
  if (article) await expect(drawer).toContainText(article);
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
}

/** Asks the server as the person whose page this is: the browser's own session. */
export async function ask<T>(page: Page, method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  return page.evaluate(
    async ([how, where, what]) => {
      const response = await fetch(where, {
        method: how,
        headers: what === undefined ? {} : { "Content-Type": "application/json" },
        body: what === undefined ? undefined : JSON.stringify(what),
      });
      if (!response.ok) throw new Error(`${how} ${where}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    [method, path, body] as const,
  ) as Promise<T>;
}
