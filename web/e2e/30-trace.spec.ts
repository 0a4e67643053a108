// Act 30. The whole story of a resource and of what was made of it, read by those who supervise and by who provided the data.
import { playedAt } from "./elsewhere";
import { address, ask, expect, type Page, picture, test } from "./stage";

test.describe.configure({ mode: "serial" });

interface Items {
  items: { id: string; table?: string; state?: string }[];
}

async function card(page: Page): Promise<string> {
  const { items } = await ask<Items>(page, "GET", "/v1/catalog?state=published&limit=100");
  return items.find((e) => e.table === "credit_default")?.id ?? "";
}

test.describe("Hainan, after the vendor was removed", () => {
  playedAt("--regime", "hainan");

  test("an auditor follows a resource from its entry to the destruction of the copies", async ({ as }) => {
    const page = await as("auditor");
    const resource = await card(page);
    await page.goto(address(`/catalog/${resource}?tab=life`));
    await expect(page.getByText("链条完整，没有缺口")).toBeVisible();
    const stages = page.getByRole("group", { name: "按环节查看" });
    for (const stage of ["编目", "定级", "归集", "授权", "供数", "使用", "出域审查", "交付", "销毁"]) await expect(stages.getByRole("button", { name: new RegExp(`^${stage} [1-9]`) })).toBeVisible();
    await expect(page.getByText("授权生效")).toBeVisible();
    await picture(page, "lifecycle");

    await stages.getByRole("button", { name: /^销毁/ }).click();
    await expect(page.getByText("空间密钥销毁")).toBeVisible();
    await expect(page.getByText("编制目录条目")).toHaveCount(0);
    expect(page.url()).toContain("stage=destruction");
    await picture(page, "lifecycle-destruction");

    // Each step opens its proof.
    await page.getByRole("button", { name: /已记入账本 #\d+/ }).first().click();
    await expect(page.getByRole("dialog")).toContainText("验证通过");
  });

  test("the provider reads the same of its own data, who uses it does not", async ({ as }) => {
    const provider = await as("finance");
    const resource = await card(provider);
    await provider.goto(address(`/catalog/${resource}?tab=life`));
    await expect(provider.getByText("链条完整，没有缺口")).toBeVisible();
    await picture(provider, "lifecycle-provider");
    const vendor = await as("bank");
    await vendor.goto(address(`/catalog/${resource}`));
    await expect(vendor.getByRole("tab", { name: "基本信息" })).toBeVisible();
    await expect(vendor.getByRole("tab", { name: "全程记录" })).toHaveCount(0);
  });

  test("each use stands with who, what, when, why and on which basis", async ({ as }) => {
    const page = await as("finance");
    const resource = await card(page);
    await page.goto(address(`/catalog/${resource}?tab=uses&from=2025-09-01&until=2025-12-31`));
    const run = page.getByRole("row").filter({ hasText: "用原始数据运行" }).first();
    await expect(run).toContainText("琼州数据科技有限公司");
    await expect(run).toContainText("授权");
    await expect(page.getByRole("row").filter({ hasText: "导出结果" })).toContainText("办件");
    await picture(page, "uses");
  });

  test("the publication of an entry is shown as it was decided", async ({ as }) => {
    const page = await as("auditor");
    const resource = await card(page);
    await page.goto(address(`/catalog/${resource}`));
    await page.getByRole("link", { name: "决策卷" }).click();
    await expect(page.getByRole("heading", { level: 1, name: /^决策卷：/ })).toBeVisible();
    await expect(page.getByRole("table", { name: "参与人和意见" }).getByRole("row").filter({ hasText: "发布目录条目" })).toContainText("通过");
    await expect(page.getByRole("heading", { name: "依据的规则（当时的文本）" })).toBeVisible();
    await picture(page, "decision");
  });

  test("a result leads back to its application, review by review", async ({ as }) => {
    const page = await as("auditor");
    const { items } = await ask<Items>(page, "GET", "/v1/releases");
    const release = items.find((r) => r.state === "exported");
    await page.goto(address(`/releases/${release?.id}?tab=trace`));
    await expect(page.getByText("链条完整，没有缺口")).toBeVisible();
    const stages = page.getByRole("group", { name: "按环节查看" });
    await expect(stages.getByRole("button", { name: /^模型 1/ })).toBeVisible();
    await expect(page.getByText("场景预申报").first()).toBeVisible();
    await expect(page.getByText("导出结果")).toBeVisible();
    await picture(page, "release-trace");
  });
});

test.describe("Guizhou", () => {
  playedAt("--regime", "guizhou", "--until", "assessment");

  test("what a developer tried in vain is in the log of the department that authorized it", async ({ as }) => {
    const developer = await as("bank");
    const { items } = await ask<Items>(developer, "GET", "/v1/spaces");
    const refused = await developer.evaluate(
      async ([space]) => (await fetch(`/v1/spaces/${space}/try`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ class: "A", text: "DELETE FROM credit_default" }) })).status,
      [items[0]?.id],
    );
    expect(refused).toBe(403);
    const department = await as("authority");
    await department.goto(address("/watch?tab=findings"));
    const row = department.getByRole("row").filter({ hasText: "试图写入: DELETE" });
    await expect(row).toContainText("已拒绝, 未读取也未改动任何数据");
    await picture(department, "findings");
  });
});
