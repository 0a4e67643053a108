// Act 11. What holds on every page: names for everything, one heading, a keyboard's way to the acts, and words for every
// state a list can be in.
import { bank, scenario } from "./cast";
import { address, expect, type Page, picture, test } from "./stage";

const desks: Record<string, string[]> = {
  finance: ["/desk", "/catalog", "/catalog/new", "/collect", "/matters"],
  bureau: ["/desk", "/catalog", "/matters", "/models", "/releases", "/ledger"],
  operator: ["/desk", "/admissions", "/scenarios", "/grants", "/calls"],
  bank: ["/desk", "/scenarios/new", "/lab", "/calls", "/releases"],
  expert1: ["/expert", "/models"],
  person: ["/my"],
  auditor: ["/desk", "/ledger", "/rules"],
};

/** What a screen reader would stumble over. */
async function stumbles(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const seen = (e: Element) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const words = (e: Element) =>
      (e.getAttribute("aria-label") ?? "") +
      (e.getAttribute("title") ?? "") +
      (e.textContent ?? "").trim() +
      [...e.querySelectorAll("[aria-label], img[alt]")].map((c) => c.getAttribute("aria-label") ?? c.getAttribute("alt") ?? "").join("");
    const headings = [...document.querySelectorAll("h1")].filter(seen);
    if (headings.length !== 1) found.push(`${headings.length} headings of the first level`);
    for (const e of document.querySelectorAll("button, a[href], [role=menuitem], [role=tab]")) {
      if (seen(e) && !words(e)) found.push(`no name: ${e.outerHTML.slice(0, 120)}`);
    }
    for (const e of document.querySelectorAll<HTMLInputElement>("input:not([type=hidden]):not([type=file]), textarea, [role=combobox]")) {
      const named = e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.labels?.length || e.getAttribute("placeholder") || e.closest("label");
      if (seen(e) && !named) found.push(`no label: ${e.outerHTML.slice(0, 120)}`);
    }
    for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) found.push(`no alternative: ${e.outerHTML.slice(0, 120)}`);
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    for (const id of new Set(ids.filter((id, i) => id && ids.indexOf(id) !== i))) found.push(`id twice: ${id}`);
    if (!document.documentElement.lang.startsWith("zh")) found.push(`language: ${document.documentElement.lang}`);
    if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push(`wider than the window by ${document.documentElement.scrollWidth - window.innerWidth}`);
    return found;
  });
}

test("the check of names finds what it looks for", async ({ anyone }) => {
  const page = await anyone();
  await page.setContent('<html lang="zh-CN"><h1>一</h1><h1>二</h1><button><svg></svg></button><input type="text" id="a"><img src="data:,"><p id="a">三</p></html>');
  const found = await stumbles(page);
  for (const what of ["2 headings", "no name", "no label", "no alternative", "id twice: a"]) expect(found.join("\n")).toContain(what);
});

for (const [login, places] of Object.entries(desks)) {
  test(`the pages of ${login} have one heading, and names for everything`, async ({ as }) => {
    const page = await as(login);
    const found: Record<string, string[]> = {};
    for (const place of places) {
      await page.goto(address(place));
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator(".ant-skeleton, .ant-spin-spinning")).toHaveCount(0);
      const here = await stumbles(page);
      if (here.length > 0) found[place] = here;
    }
    await page.goto(address(places[0] ?? "/desk"));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await picture(page, `role-${login}`);
    expect(found).toEqual({});
  });
}

test("the keyboard alone reaches the content and the act", async ({ as }) => {
  const page = await as("bank");
  const row = page.getByRole("row").filter({ hasText: scenario.title });
  await page.goto(address("/scenarios"));
  await expect(row).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "跳到正文" })).toBeFocused();
  await page.keyboard.press("Enter");
  const wanted = page.getByRole("link", { name: "新建场景预申报" });
  for (let i = 0; i < 12 && !(await wanted.evaluate((e) => e === document.activeElement)); i++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/scenarios\/new$/);
  await page.goto(address("/scenarios"));
  await row.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/scenarios\/[^/]+$/);
});

test("a list says when it loads, is empty, is refused, and fails; and it recovers", async ({ as }) => {
  const page = await as("operator");
  const list = "**/v1/scenarios?*";
  const bare = "**/v1/scenarios";
  const answer = async (status: number, body: object) => {
    for (const url of [list, bare]) {
      await page.unroute(url);
      await page.route(url, (route) => route.fulfill({ status, json: body, contentType: status < 400 ? "application/json" : "application/problem+json" }));
    }
    await page.goto(address("/scenarios"));
  };

  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  for (const url of [list, bare]) {
    await page.route(url, async (route) => {
      await held;
      await route.continue();
    });
  }
  await page.goto(address("/scenarios"));
  await expect(page.locator(".ant-skeleton, .ant-spin-spinning").first()).toBeVisible();
  await expect(page.getByText("还没有场景", { exact: true })).toHaveCount(0);
  release();
  await expect(page.getByRole("row").filter({ hasText: scenario.title }).first()).toBeVisible();

  await answer(200, { items: [] });
  await expect(page.getByText("还没有场景", { exact: true })).toBeVisible();
  await picture(page, "state-empty");

  const cite = { pack: "quanzhou-2024-05-17", law: "泉州市公共数据资源开发服务管理细则(试行)", article: "第二条", quote: "平台运营单位" };
  await answer(403, { status: 403, code: "unlawful", title: "依规不予办理", detail: "所在单位的数据服务已暂停, 请先申请恢复", cites: [cite], spots: [] });
  await expect(page.getByText("所在单位的数据服务已暂停")).toBeVisible();
  await expect(page.getByRole("button", { name: /^法规依据/ })).toBeVisible();
  await picture(page, "state-refused");

  await answer(500, { status: 500, code: "internal", title: "系统内部错误", detail: "暂时无法读取, 请稍后重试", request_id: "REQ-E2E" });
  await expect(page.getByText("系统内部错误")).toBeVisible();
  await expect(page.getByText("请求编号 REQ-E2E")).toBeVisible();
  await picture(page, "state-failed");
  await page.unroute(list);
  await page.unroute(bare);
  await page.getByRole("button", { name: "重试" }).click();
  await expect(page.getByRole("row").filter({ hasText: scenario.title }).first()).toBeVisible();
});

test("no network says so, and what was typed is kept", async ({ as }) => {
  const page = await as("bank");
  await page.goto(address("/scenarios/new"));
  await page.getByLabel("应用场景", { exact: true }).fill("写到一半的场景");
  await expect(page.getByText("草稿已自动保存")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("应用场景", { exact: true })).toHaveValue("写到一半的场景");
  await page.goto(address("/calls?tab=calls"));
  await expect(page.getByRole("row").filter({ hasText: bank.name })).toBeVisible();
  await page.route("**/v1/deployments*", (route) => route.abort());
  await page.getByRole("tab", { name: "数据服务" }).click();
  await expect(page.getByText("连不上服务器")).toBeVisible();
});

test("English is one click away and stays; nothing of it is Chinese but what people wrote", async ({ as }) => {
  const page = await as("operator");
  await page.getByRole("button", { name: "切换语言" }).click();
  await expect(page.getByRole("menuitem", { name: "Ledger" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en-US");
  await page.reload();
  await page.getByRole("menuitem", { name: "Ledger" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ledger" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Refused" }).first()).toBeVisible();
  await picture(page, "english-ledger");
  // An act without an English name would show its code.
  expect((await page.locator(".ant-table-tbody").innerText()).match(/\b[a-z]+\.[a-z.]+\b/g)).toBeNull();
  const chrome = await page.locator(".console-sider, .page-head, thead").allInnerTexts();
  expect(chrome.join(" ")).not.toMatch(/[\u4e00-\u9fff]/);
});

test("the interface documents itself, and no page asks another host", async ({ anyone }) => {
  const page = await anyone();
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1[:/]|data:|blob:)/.test(request.url())) elsewhere.push(request.url());
  });
  for (const place of ["/", "/open", "/law", "/notices"]) {
    await page.goto(address(place));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await page.goto(address("/docs"));
  await page.locator("#operations-tag-matters").click({ timeout: 40_000 });
  await expect(page.getByText("/v1/matters/{id}/decide")).toBeVisible();
  expect(elsewhere).toEqual([]);
});

test("a wrong password, a page that is none and a dead code are answered in words", async ({ anyone }) => {
  const page = await anyone();
  await page.goto(address("/ledger"));
  await page.getByLabel("账号").fill("auditor");
  await page.getByLabel("密码", { exact: true }).fill("not-the-password");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("账号")).toHaveValue("auditor");
  await page.goto(address("/no/such/page"));
  await expect(page.getByText("没有这个页面")).toBeVisible();
  await page.goto(address("/phone/admission/nothing"));
  await expect(page.getByText("没有找到")).toBeVisible();
});
