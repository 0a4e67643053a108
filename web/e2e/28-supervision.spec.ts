// Act 28. Under Guizhou's rules: a file of supervision from its opening to the closing of what was found, and an outside system
// that is connected on valid certificates and not without.
import { playedAt } from "./elsewhere";
import { choose, chooseAll, expect, goTo, type Page, picture, test } from "./stage";

test.describe.configure({ mode: "serial" });
playedAt("--regime", "guizhou", "--until", "assessment");

const title = "第三季度日常监督";
const vendor = "南明银行股份有限公司";
const system = "示例建模平台";
const scan = (name: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) });

async function openFile(page: Page): Promise<void> {
  await goTo(page, "监督");
  await page.getByRole("tab", { name: "监督案卷" }).click();
  await page.getByRole("cell", { name: title }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
}

test("the bureau opens a file about a developer and puts a finding in it", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "监督");
  await page.getByRole("tab", { name: "监督案卷" }).click();
  await expect(page.getByText("没有监督案卷")).toBeVisible();
  await page.getByRole("button", { name: "开立案卷" }).click();
  const form = page.getByRole("dialog", { name: "开立案卷" });
  await choose(form, "种类", "日常监督");
  await form.getByLabel("名称").fill(title);
  await chooseAll(form, "所涉单位", [vendor]);
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.getByRole("button", { name: "记录检查发现" }).click();
  const found = page.getByRole("dialog", { name: "记录检查发现" });
  await found.getByLabel("发现的问题").fill("未按月报送使用情况");
  await choose(found, "负责处理", vendor);
  await found.getByLabel("整改期限").fill("2030-01-31");
  await page.keyboard.press("Enter");
  await found.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(found).toBeHidden();
  await expect(page.getByRole("cell", { name: /未按月报送使用情况/ })).toBeVisible();
  await expect(page.getByRole("cell", { name: "待处理" })).toBeVisible();
  await expect(page.getByRole("cell", { name: vendor })).toBeVisible();
  await picture(page, "inspection-file");
});

test("the developer says what it did, and the finding is open until the bureau has looked", async ({ as }) => {
  const page = await as("bank");
  await openFile(page);
  await expect(page.getByRole("button", { name: "记录检查发现" })).toHaveCount(0);
  await page.getByRole("button", { name: "反馈处理" }).click();
  const form = page.getByRole("dialog", { name: "反馈处理情况" });
  await form.getByLabel("内容").fill("已补报七月至九月");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("cell", { name: "已反馈" })).toBeVisible();

  const bureau = await as("bureau");
  await openFile(bureau);
  await bureau.getByRole("button", { name: "核查销号" }).click();
  const verdict = bureau.getByRole("dialog", { name: "发现销号" });
  await choose(verdict, "核查结果", "同意销号");
  await verdict.getByLabel("核查意见").fill("三个月均已报送");
  await verdict.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(verdict).toBeHidden();
  await expect(bureau.getByRole("cell", { name: "已销号" })).toBeVisible();
  await picture(bureau, "inspection-closed");
});

test("a system without its certificates is refused by the article, with them it waits for a decision", async ({ as }) => {
  const page = await as("bank");
  await goTo(page, "登记簿");
  await page.getByRole("tab", { name: "接入系统" }).click();
  await expect(page.getByText("没有接入系统")).toBeVisible();
  await page.getByRole("button", { name: "申请接入" }).click();
  await page.getByRole("menuitem", { name: "非公共数据承载系统" }).click();
  const form = page.getByRole("dialog", { name: /申请接入/ });
  await form.getByLabel("系统名称").fill(system);
  await form.getByLabel("接入用途").fill("与公共数据融合计算");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form.getByRole("alert").first()).toContainText("第二十五条");
  await picture(page, "connection-refused");
  for (const [paper, number] of [["网络安全等级保护测评报告", "MLPS-2025-01"], ["商用密码应用安全性评估报告", "MP-2025-07"]] as const) {
    await form.getByLabel(`${paper} · 证书编号`).fill(number);
    await form.getByLabel(`${paper} · 出具单位`).fill("示例测评中心");
    await form.getByLabel(`${paper} · 有效期自`).fill("2025-01-01");
    await page.keyboard.press("Enter");
    await form.locator(".ant-form-item").filter({ hasText: `${paper} · 证书扫描件` }).locator("input[type=file]").setInputFiles(scan(`${number}.txt`));
  }
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("cell", { name: "待决定" })).toBeVisible();
});

test("the bureau connects it, and its owner makes the key that is shown once", async ({ as }) => {
  const bureau = await as("bureau");
  await goTo(bureau, "登记簿");
  await bureau.getByRole("tab", { name: "接入系统" }).click();
  await bureau.getByRole("cell", { name: system }).click();
  await bureau.getByRole("button", { name: "作出接入决定" }).click();
  const verdict = bureau.getByRole("dialog", { name: "作出接入决定" });
  await choose(verdict, "决定", "同意接入");
  await verdict.getByLabel("理由").fill("两项证书核验有效");
  await verdict.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(verdict).toBeHidden();
  await expect(bureau.getByRole("button", { name: "断开接入" })).toBeEnabled();
  await picture(bureau, "connection-decided");

  const page = await as("bank");
  await goTo(page, "登记簿");
  await page.getByRole("tab", { name: "接入系统" }).click();
  await page.getByRole("cell", { name: system }).click();
  await page.getByRole("button", { name: "生成接入密钥" }).click();
  await expect(page.getByText(/^conn_/)).toBeVisible();
  await picture(page, "connection-key");
});
