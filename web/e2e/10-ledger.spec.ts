// Act 10. An auditor trusts nothing: every entry can be verified in the browser, the whole ledger on the server.
import { address, expect, goTo, picture, test } from "./stage";

test("the auditor finds the refusals and verifies one entry in the browser", async ({ as }) => {
  const page = await as("auditor");
  await goTo(page, "账本");
  await page.getByText("已拒绝", { exact: true }).first().click();
  await expect(page).toHaveURL(/outcome=refused/);
  await page.getByRole("row").filter({ hasText: "实时查询" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: /^#\d+ 实时查询/ })).toBeVisible();
  await expect(page.getByText("验证通过：该条目确在账本中")).toBeVisible();
  for (const proof of ["条目内容完整", "检查点签名有效（Ed25519）", "包含证明推得的根与签名的根一致（RFC 6962）"]) await expect(page.getByText(proof)).toBeVisible();
  await picture(page, "auditor-entry");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: /下载存证$/ }).click();
  expect((await saving).suggestedFilename()).toMatch(/^receipt-\d+\.json$/);
});

test("an entry that was changed on its way does not verify", async ({ as }) => {
  const page = await as("auditor");
  await page.route("**/v1/ledger/entries/*/receipt", async (route) => {
    const receipt = (await (await route.fetch()).json()) as { entry: string };
    const entry = Buffer.from(receipt.entry, "base64").toString().replace('"outcome":"done"', '"outcome":"refused"');
    await route.fulfill({ json: { ...receipt, entry: Buffer.from(entry).toString("base64") } });
  });
  await page.goto(address("/ledger/1"));
  await expect(page.getByText("验证未通过")).toBeVisible();
});

test("the auditor runs the whole check", async ({ as }) => {
  const page = await as("auditor");
  await goTo(page, "账本");
  await page.getByRole("button", { name: /开始核验$/ }).click();
  await expect(page.getByText("全部一致：账本与业务数据均未被改动")).toBeVisible({ timeout: 60_000 });
  await picture(page, "auditor-ledger");
});
