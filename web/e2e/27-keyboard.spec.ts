// Act 27. Without a mouse: from the inbox to a decision by keys alone, with the focus to be seen at each stop.
import { password } from "./cast";
import { address, ask, expect, type Locator, type Page, picture, receipt, test } from "./stage";

const firm = { login: "keyboard", name: "南安数据服务有限公司", uscc: "91990000MA99032889" };

/** Moves on by Tab until the target has the focus. */
async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  await expect(target).toBeAttached(); // a radio hides behind its label
  for (let i = 0; i < most; i++) {
    if (await target.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(target).toBeFocused();
}

/** Whoever works by keys must see where they are: an outline or a ring around what has the focus. */
async function seen(target: Locator): Promise<void> {
  await expect
    .poll(() =>
      target.evaluate((e) => {
        const style = getComputedStyle(e);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      }),
    )
    .toBe(true);
}

test("a clerk opens a file from the inbox and decides it by keys alone", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/"));
  await ask(front, "POST", "/v1/organizations", {
    account: { login: firm.login, password, name: "经办人", roles: ["data-user"] },
    organization: { name: firm.name, uscc: firm.uscc, kind: "enterprise", registered: "2012-06-01", in_province: true, dcmm: false, representative: "某负责人", representative_id: "990000196705200464", contact: "经办人", phone: "0595-22000000" },
  });
  const own = await as(firm.login);
  await ask(own, "POST", "/v1/admissions", { method: "paper", documents: ["business-license", "representative-proof", "organization-profile", "pledge"].map((kind) => ({ kind, name: kind, blob: "sha256:01" })) });

  const page = await as("operator");
  await page.goto(address("/desk"));
  const task = page.locator(".inbox").first().getByRole("link", { name: new RegExp(firm.name) }).first();
  await expect(task).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "跳到正文" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, task);
  await seen(task);
  await picture(page, "keyboard-inbox");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: firm.name })).toBeVisible();

  const decide = page.getByRole("button", { name: "办理：入驻核验" });
  await tabTo(page, decide);
  await seen(decide);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "办理：入驻核验" });
  await expect(dialog).toBeVisible();

  // The order is that of the paper: each point, the outcome, the reason, then the two buttons.
  for (const point of await dialog.getByRole("radiogroup").all()) {
    const first = point.getByRole("radio").first();
    await tabTo(page, first, 12);
    await page.keyboard.press("Space");
    await expect(first).toBeChecked();
  }
  await tabTo(page, dialog.getByLabel("意见与理由"), 4);
  await page.keyboard.type("材料齐全, 身份核验一致");
  const submit = dialog.getByRole("button", { name: "提交意见" });
  await tabTo(page, submit, 4);
  await seen(submit);
  await picture(page, "keyboard-decide");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await receipt(page);
  await expect(page.getByRole("main").getByText("通过", { exact: true }).first()).toBeVisible();
});
