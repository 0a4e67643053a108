// Act 25. A data service opened: its months, and its sandbox, whose key is shown once, answers about made-up people and ends at once.
import type { Page } from "@playwright/test";
import { playedAt } from "./elsewhere";
import { address, expect, goTo, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--until", "calls");

const purpose = "联调环境";
let secret = "";
let command = "";

async function openService(page: Page) {
  await goTo(page, "实时查询");
  await page.getByRole("tab", { name: "数据服务" }).click();
  await page.getByRole("row").filter({ hasText: "有效" }).first().click();
  await expect(page.getByRole("tab", { name: "月度可用性" })).toBeVisible();
}

/** Sends the example as it stands on the page, with the key given; a program has no session. */
async function send(key: string, change: Record<string, string> = {}) {
  const [, endpoint] = /curl (\S+)/.exec(command) ?? [];
  const [, body] = / -d '([^']+)'/.exec(command) ?? [];
  const answer = await fetch(endpoint ?? "", {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ ...JSON.parse(body ?? ""), ...change }),
  });
  return { status: answer.status, body: (await answer.json()) as { test?: boolean; detail?: string; outputs?: { value?: string }[] } };
}

test("the months show what was answered and refused", async ({ as }) => {
  const page = await as("bank");
  await openService(page);
  const months = page.getByRole("table").first();
  await expect(months.getByRole("columnheader", { name: "可用率" })).toBeVisible();
  await expect(months.getByRole("cell", { name: "100.0%" }).first()).toBeVisible();
  await expect(page.locator("canvas")).toBeVisible();
  await picture(page, "service-months");
});

test("a key is made, shown once, and opens the sandbox as the page says", async ({ as }) => {
  const page = await as("bank");
  await openService(page);
  await page.getByRole("tab", { name: "测试接口" }).click();
  await expect(page.getByText("还没有测试密钥")).toBeVisible();
  await page.getByRole("button", { name: "生成测试密钥" }).click();
  const form = page.getByRole("dialog", { name: "生成测试密钥" });
  await form.getByLabel("有效天数").fill("0");
  await form.getByLabel("用途").fill(purpose);
  await form.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(form.getByRole("alert").first()).toBeVisible(); // what was typed stays, with the reason
  await form.getByLabel("有效天数").fill("30");
  await form.getByRole("button", { name: /提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(page);
  const shown = page.getByRole("alert").filter({ hasText: "密钥只显示这一次" });
  secret = /test_[\w-]+/.exec(await shown.innerText())?.[0] ?? "";
  expect(secret).not.toBe("");
  command = await page.getByText(/^curl /).innerText();
  expect(command).toContain(secret);
  await picture(page, "service-sandbox");

  const answer = await send(secret);
  expect(answer.status).toBe(200);
  expect(answer.body.test).toBe(true);
  expect(answer.body.outputs?.length).toBeGreaterThan(0);
  expect((await send(secret, { consent: "test_withdrawn" })).status).toBe(403);

  await page.reload();
  await expect(page.getByRole("row").filter({ hasText: purpose })).toContainText("答复 1 次，拒绝 1 次");
  await expect(page.getByText(secret)).toHaveCount(0);
});

test("whoever supervises sees the keys and makes none", async ({ as }) => {
  const page = await as("auditor");
  await openService(page);
  await page.getByRole("tab", { name: "测试接口" }).click();
  await expect(page.getByRole("row").filter({ hasText: purpose })).toContainText("有效");
  await expect(page.getByRole("button", { name: "生成测试密钥" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "停用测试密钥" })).toHaveCount(0);
});

test("an ended key opens nothing", async ({ as }) => {
  const page = await as("bank");
  await openService(page);
  await page.getByRole("tab", { name: "测试接口" }).click();
  await page.getByRole("button", { name: "停用测试密钥" }).click();
  const sure = page.getByRole("dialog", { name: "停用测试密钥" });
  await sure.getByRole("textbox").fill(purpose);
  await sure.getByRole("button", { name: "停用测试密钥" }).click();
  await expect(page.getByRole("row").filter({ hasText: purpose })).toContainText("已停用");
  const refused = await send(secret);
  expect(refused.status).toBe(401);
  expect(refused.body.detail).toContain("测试密钥");
});

test("a service that cannot be read says why, and one of nobody is not found", async ({ as }) => {
  const page = await as("bank");
  await page.route("**/v1/deployments/*/months", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify({ status: 500, code: "internal", title: "系统内部错误", detail: "暂时无法读取, 请稍后重试", request_id: "REQ-MONTHS" }) }),
  );
  await openService(page);
  await expect(page.getByText("REQ-MONTHS")).toBeVisible();
  await page.unroute("**/v1/deployments/*/months");
  await page.goto(address("/services/dpl_none"));
  await expect(page.getByText("没有这个数据服务", { exact: false }).first()).toBeVisible();
});
