// Act 38. Under Zhoushan's rules: who supervises searches the network log with a reason; nobody purges what the law keeps.
import { playedAt } from "./elsewhere";
import { address, ask, closed, expect, type Page, picture, test } from "./stage";

test.describe.configure({ mode: "serial" });
const stage = playedAt("--regime", "zhoushan", "--until", "agreement");

const bank = "定海银行股份有限公司";

interface State {
  today: string;
}

let left = ""; // the day on which the bank left

const later = (day: string, months: number, days = 0) => {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + months);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
};

async function open(page: Page, more = ""): Promise<void> {
  await page.goto(address(`/watch?tab=log${more}`));
  await expect(page.getByRole("heading", { name: "留存情况" })).toBeVisible();
}

async function search(page: Page, reason: string): Promise<void> {
  await page.getByLabel("检索事由").fill(reason);
  await page.getByRole("button", { name: /^检\s?索$/ }).click();
}

test("the operator of the platform has no such page", async ({ as }) => {
  const page = await as("operator");
  await page.goto(address("/watch"));
  await expect(page.getByRole("tab", { name: "整改与处置" })).toBeVisible();
  await expect(page.getByRole("tab", { name: "网络日志" })).toHaveCount(0);
});

test("the bureau finds what an operator asked for, with its address, once it says why", async ({ as }) => {
  await (await as("bank")).goto(address("/spaces"));
  const page = await as("bureau");
  const { items } = await ask<{ items: { id: string; name: string }[] }>(page, "GET", `/v1/organizations?q=${encodeURIComponent(bank)}`);
  const org = items[0]?.id ?? "";
  await open(page, `&org=${org}`);
  await expect(page.getByText("尚未检索")).toBeVisible();
  await page.getByRole("button", { name: /^检\s?索$/ }).click();
  await expect(page.getByText("请写明事由，至少两个字")).toBeVisible();
  await search(page, "核查运营单位的访问");
  await expect(page.getByText(/日已全部查完/)).toBeVisible();
  const line = page.getByRole("row").filter({ hasText: "GET /v1/session" }).first();
  await expect(line).toContainText(bank);
  await expect(line).toContainText("127.0.0.1");
  expect(page.url()).toContain("search=nls_");
  await picture(page, "network-log");

  // The auditor reads who searched and why.
  const auditor = await as("auditor");
  await open(auditor, "&view=searches");
  await expect(auditor.getByRole("row").filter({ hasText: "核查运营单位的访问" })).toContainText(org);
  await picture(auditor, "network-log-searches");

  // The lines are the bureau's, who gave the reason.
  await auditor.goto(page.url());
  await expect(auditor.getByText("没有这次检索")).toBeVisible();
});

test("five months after its exit the operator's lines are kept, and found", async ({ as }) => {
  const page = await as("bureau");
  const { items } = await ask<{ items: { id: string }[] }>(page, "GET", `/v1/organizations?q=${encodeURIComponent(bank)}`);
  left = (await ask<State>(page, "GET", "/v1/network-log")).today;
  await ask(page, "POST", "/v1/exits", { org: items[0]?.id, ground: "inspection", reason: "检查发现超出约定用途" });
  await stage.turn(later(left, 5));

  const bureau = await as("bureau");
  await open(bureau, `&org=${items[0]?.id}&from=${left}&to=${later(left, 5)}`);
  const purge = bureau.getByRole("button", { name: "清除网络日志" });
  await closed(purge, "期满之前不得清除");
  await expect(bureau.getByRole("tooltip").getByRole("button", { name: /^法规依据: 舟山.* 三\(六\)$/ })).toBeVisible();
  await expect(bureau.getByText("起可以清除最早一日")).toBeVisible();
  await picture(bureau, "network-log-kept");
  await search(bureau, "退出单位核查");
  await expect(bureau.getByText(/日已全部查完/)).toBeVisible();
  await expect(bureau.getByRole("row").filter({ hasText: bank }).first()).toContainText("127.0.0.1");

  await open(bureau, "&view=days");
  await expect(bureau.getByRole("row").filter({ hasText: "sha256:" })).toContainText(left);
  await picture(bureau, "network-log-days");
});

test("the day after six months from the exit its days go, and a search says so", async ({ as }) => {
  await stage.turn(later(left, 6, 1));
  const page = await as("bureau");
  await open(page, `&from=${left}&to=${left}`);
  await page.getByRole("button", { name: "清除网络日志" }).click();
  const form = page.getByRole("dialog", { name: "清除网络日志" });
  await expect(form.getByLabel("清除到（含当日）")).toHaveValue(left);
  await form.getByLabel("理由").fill("留存期已满");
  await picture(page, "network-log-purge");
  await form.getByRole("button", { name: "清除网络日志" }).click();
  await expect(form).toBeHidden();
  await search(page, "核查清除结果");
  await expect(page.getByText(`这些日期的日志已依规清除：${left}`)).toBeVisible();
  await expect(page.getByText("没有符合条件的日志")).toBeVisible();
  await picture(page, "network-log-purged");
});
