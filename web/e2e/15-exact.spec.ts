// Act 15. Exact figures for official statistics: what the reviewers see of them, what the applicant does not. In the table of the
// story one level of education is nearly empty, so no box of hidden cells protects it and the tenth check stops it.
import { bank, defaultRates } from "./cast";
import { ask, closed, expect, goTo, type Page, picture, receipt, test } from "./stage";

const purpose = "编制年度统计公报";

/** Everybody of the matter's open step decides, as the console would send it. */
async function pass(page: Page, matter: string, step: string): Promise<void> {
  const file = await ask<{ decision?: { checks?: { id: string }[] }; matter: { steps: { id: string; checks?: { id: string }[] | null }[] } }>(page, "GET", `/v1/matters/${matter}`);
  const checks = file.matter.steps.find((s) => s.id === step)?.checks ?? [];
  await ask(page, "POST", `/v1/matters/${matter}/decide`, {
    step,
    verdict: "pass",
    reason: "依据成立，同意",
    checks: Object.fromEntries(checks.map((c) => [c.id, true])),
  });
}

const file = async (page: Page) => {
  await goTo(page, "出域审查");
  await page.getByRole("row").filter({ hasText: purpose }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: defaultRates.name })).toBeVisible();
};

test("with a permit the bank runs exactly and keeps the application as a draft first", async ({ as }) => {
  const page = await as(bank.login);
  const spaces = await ask<{ items: { id: string; scenario: string; state?: string }[] }>(page, "GET", "/v1/spaces");
  const space = spaces.items.find((s) => !s.state);
  if (!space) throw new Error("the bank has no open space");
  const versions = await ask<{ items: { id: string; class: string; name: string; inputs: string[] }[] }>(page, "GET", `/v1/versions`);
  const version = versions.items.find((v) => v.name === defaultRates.name);
  if (!version) throw new Error("the table was not submitted");
  const resources = [...new Set(version.inputs.map((i) => i.split(".")[0]))];
  const permit = await ask<{ id: string; matter: string }>(page, "POST", `/v1/scenarios/${space.scenario}/statistics`, {
    resources,
    ground: "统计法和批准的统计调查制度",
    purpose,
    recipient: "市统计局",
    until: "2026-06-30",
  });
  await pass(await as("finance"), permit.matter, "holder");
  await pass(await as("bureau"), permit.matter, "bureau");
  await pass(await as("bureau2"), permit.matter, "bureau");
  const run = await ask<{ id: string; mode: string }>(page, "POST", `/v1/spaces/${space.id}/runs`, { version: version.id, mode: "exact" });
  expect(run.mode).toBe("exact");
  await ask(page, "POST", "/v1/releases", { run: run.id, purpose, recipient: "市统计局", retention: "长期", draft: true });
  await file(page);
  await expect(page.getByText("精确统计", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "提交草稿" }).click();
  await receipt(page);
  await expect(page.locator(".file-head").getByText("检查未通过", { exact: true })).toBeVisible();
});

test("the applicant learns a code and sees neither table nor checks", async ({ as }) => {
  const page = await as(bank.login);
  await file(page);
  await expect(page.getByRole("alert").filter({ hasText: "未通过的检查" })).toContainText("E110");
  await expect(page.getByText("结果还在域内")).toBeVisible();
  await closed(page.getByRole("button", { name: /导出$/ }), /./);
  await page.getByRole("tab", { name: "自动检查" }).click();
  await expect(page.getByText("检查由审核人员查看")).toBeVisible();
  await expect(page.getByRole("tab", { name: "单元格" })).toHaveCount(0);
  await page.getByRole("tab", { name: "精确统计许可" }).click();
  await expect(page.getByText("统计法和批准的统计调查制度")).toBeVisible();
  await picture(page, "exact-tenant");
});

test("the bureau sees every cell and why it is hidden, and which check stopped it", async ({ as }) => {
  const page = await as("bureau");
  await file(page);
  await expect(page.locator(".result-table").getByRole("row").nth(2)).toBeVisible();
  await page.getByRole("tab", { name: "单元格" }).click();
  const cells = page.getByRole("table", { name: "单元格" });
  await expect(cells.getByRole("row").filter({ hasText: "初级隐去" }).first()).toContainText(/不足|过高|最大一家/);
  await expect(cells.getByRole("row").filter({ hasText: "公布" }).first()).toBeVisible();
  await picture(page, "exact-bureau-cells");
  await page.getByRole("tab", { name: "分布与重叠" }).click();
  await expect(page.getByRole("heading", { name: "与已公布精确结果的重叠" })).toBeVisible();
  await picture(page, "exact-bureau-audit");
  await page.getByRole("tab", { name: /自动检查/ }).click();
  await expect(page.getByRole("row").filter({ hasText: "次级保密" })).toContainText("未通过");
  await closed(page.getByRole("button", { name: "隐去单元格" }), "不在审核中");
  await expect(page.getByRole("button", { name: "撤回结果" })).toHaveAttribute("aria-disabled", "true");
  await picture(page, "exact-bureau-checks");
});
