// Act 23. Everybody can use it: what a scan finds, a keyboard alone, a narrow screen.
import AxeBuilder from "@axe-core/playwright";
import { address, expect, type Page, test } from "./stage";

const pages: Record<string, string[]> = {
  bureau: ["/desk", "/catalog", "/organizations", "/organizations?tab=areas", "/matters", "/grants", "/watch", "/watch?tab=evaluations", "/registers?tab=designations", "/publishing", "/rules", "/ledger"],
  operator: ["/desk", "/queue", "/admissions", "/scenarios", "/providers/desk", "/lab", "/calls", "/releases"],
  expert1: ["/expert", "/matters", "/training"],
  auditor: ["/ledger", "/watch"],
  person: ["/my"],
};

const open = ["/", "/open", "/notices", "/providers", "/law", "/signin", "/register"];

/** What hinders somebody from reading or acting, by the rules of WCAG 2.1 A and AA. */
async function hindrances(page: Page): Promise<string[]> {
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]).analyze();
  return violations.filter((v) => v.impact === "serious" || v.impact === "critical").flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}`));
}

for (const [who, places] of Object.entries(pages)) {
  test(`nothing serious hinders ${who}`, async ({ as }) => {
    test.setTimeout(300_000);
    const page = await as(who);
    const found: Record<string, string[]> = {};
    for (const place of places) {
      await page.goto(address(place));
      const list = await hindrances(page);
      if (list.length) found[place] = list;
    }
    expect(found).toEqual({});
  });
}

test("nothing serious hinders who has not signed in", async ({ anyone }) => {
  test.setTimeout(300_000);
  const page = await anyone();
  const found: Record<string, string[]> = {};
  const complaints: string[] = [];
  page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
  for (const place of open) {
    await page.goto(address(place));
    const list = await hindrances(page);
    if (list.length) found[place] = list;
  }
  expect(found).toEqual({});
  // Being nobody is no error: the portal's console stays quiet.
  expect(complaints).toEqual([]);
});

test("at 1024 px no page is wider than the screen", async ({ as }) => {
  test.setTimeout(180_000);
  for (const [who, places] of Object.entries(pages)) {
    const page = await as(who, { viewport: { width: 1024, height: 768 } });
    for (const place of places) {
      await page.goto(address(place));
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await page.waitForLoadState("networkidle");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${who} ${place}`).toBeLessThanOrEqual(0);
    }
  }
});
