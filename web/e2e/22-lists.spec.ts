// Act 22. Every list, as each role: it says when it is empty, refused and failed; and whatever is closed says why.
import type { ElementHandle, Route } from "@playwright/test";
import { address, expect, type Page, test } from "./stage";

/** Where a list stands, which answer it draws from, and who looks. */
const lists: { who: string; at: string; from: string }[] = [
  { who: "bureau", at: "/catalog", from: "/v1/catalog" },
  { who: "bureau", at: "/organizations", from: "/v1/organizations" },
  { who: "bureau", at: "/organizations?tab=areas", from: "/v1/areas" },
  { who: "bureau", at: "/admissions", from: "/v1/admissions" },
  { who: "bureau", at: "/queue", from: "/v1/admissions/queue" },
  { who: "bureau", at: "/scenarios", from: "/v1/scenarios" },
  { who: "bureau", at: "/matters", from: "/v1/matters" },
  { who: "bureau", at: "/models", from: "/v1/versions" },
  { who: "bureau", at: "/grants", from: "/v1/grants" },
  { who: "bureau", at: "/releases", from: "/v1/releases" },
  { who: "bureau", at: "/samples", from: "/v1/sample-requests" },
  { who: "bureau", at: "/watch?tab=orders", from: "/v1/orders" },
  { who: "bureau", at: "/watch?tab=reports", from: "/v1/reports" },
  { who: "bureau", at: "/watch?tab=complaints", from: "/v1/complaints" },
  { who: "bureau", at: "/watch?tab=evaluations", from: "/v1/evaluations" },
  { who: "bureau", at: "/watch?tab=exits", from: "/v1/exits" },
  { who: "bureau", at: "/watch?tab=erasures", from: "/v1/erasures" },
  { who: "bureau", at: "/registers?tab=filings", from: "/v1/filings" },
  { who: "bureau", at: "/registers?tab=seals", from: "/v1/seals" },
  { who: "bureau", at: "/watch?tab=inspections", from: "/v1/inspections" },
  { who: "bureau", at: "/registers?tab=connections", from: "/v1/connections" },
  { who: "bureau", at: "/registers?tab=channels", from: "/v1/channels" },
  { who: "bureau", at: "/registers?tab=designations", from: "/v1/designations" },
  { who: "operator", at: "/providers/desk?view=register", from: "/v1/providers/register" },
  { who: "operator", at: "/providers/desk?view=directory", from: "/v1/providers" },
  { who: "operator", at: "/providers/desk?view=commissions", from: "/v1/commissions" },
  { who: "auditor", at: "/ledger", from: "/v1/ledger/entries" },
  { who: "auditor", at: "/calls?tab=calls", from: "/v1/calls" },
];

const cite = { pack: "quanzhou-2024-05-17", law: "泉州市公共数据资源开发服务管理细则(试行)", article: "第二条", quote: "平台运营单位" };

const answers = [
  { says: "暂停数据服务, 请先申请恢复", status: 403, body: { status: 403, code: "unlawful", title: "依规不予办理", detail: "所在单位已暂停数据服务, 请先申请恢复", cites: [cite], spots: [] } },
  { says: "请求编号 REQ-LISTS", status: 500, body: { status: 500, code: "internal", title: "系统内部错误", detail: "暂时无法读取, 请稍后重试", request_id: "REQ-LISTS" } },
  { says: "", status: 200, body: { items: [] } },
];

async function answering(page: Page, from: string, status: number, body: unknown): Promise<void> {
  await page.route(
    (url) => url.pathname === from,
    (route: Route) => (route.request().method() === "GET" ? route.fulfill({ status, contentType: status === 200 ? "application/json" : "application/problem+json", body: JSON.stringify(body) }) : route.continue()),
  );
}

for (const { who, at, from } of lists) {
  test(`${at} says when it is refused, failed and empty`, async ({ as }) => {
    const page = await as(who);
    for (const { says, status, body } of answers) {
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await answering(page, from, status, body);
      await page.goto(address(at));
      const main = page.getByRole("main");
      // An empty list says what stands here and what to do first; a library's bare "no data" does neither.
      if (says) await expect(main.getByText(says).first()).toBeVisible();
      else await expect(main.locator(".ant-empty-description").first()).toHaveText(/^(?!暂无数据$)\S+/);
      if (status === 500) await expect(main.getByRole("button", { name: "重试" }).or(main.getByRole("alert")).first()).toBeVisible();
    }
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
}

const pages: Record<string, string[]> = {
  bureau: ["/desk", "/catalog", "/organizations", "/registers", "/watch", "/publishing", "/people", "/training", "/samples", "/grants"],
  operator: ["/desk", "/queue", "/providers/desk", "/scenarios", "/calls", "/releases"],
  auditor: ["/ledger", "/rules", "/organizations"],
};

for (const [who, places] of Object.entries(pages)) {
  test(`as ${who}, whatever is closed says why`, async ({ as }) => {
    const page = await as(who);
    for (const place of places) {
      await page.goto(address(place));
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await page.waitForLoadState("networkidle");
      await expect(page.locator(".ant-skeleton, .ant-spin-spinning")).toHaveCount(0);
      // Handles, not locators: an answer that comes late may open a button that was counted.
      for (const button of (await page.getByRole("button", { disabled: true }).elementHandles()) as ElementHandle<HTMLElement>[]) {
        const reason = await button.evaluate((b) => !b.isConnected || b.getAttribute("title") || b.getAttribute("aria-describedby") || b.closest("[title]")?.getAttribute("title") || "");
        const name = await button.evaluate((b) => b.getAttribute("aria-label") ?? b.textContent);
        if (reason) continue;
        await button.focus();
        await expect(page.getByRole("tooltip").filter({ visible: true }).first(), `${place}: ${name} is closed without a reason`).toBeVisible();
        await page.keyboard.press("Escape");
      }
    }
  });
}
