// Act 17. The bank's developer uploads a WebAssembly step, is refused what reaches outside, tries it and submits it; a
// reviewer reads all code that will run. Needs acts 2 to 4.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bank } from "./cast";
import { expect, goTo, type Page, picture, receipt, test } from "./stage";

const guide = (name: string) => fileURLToPath(new URL(`../../docs/guide/step/${name}`, import.meta.url));

const name = "逐人评分";
const text = readFileSync(guide("score.sql"), "utf8");
const score = readFileSync(guide("score.wasm"));
const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** A module that wants the function now of env. */
const clock = Buffer.from([...header, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x02, 0x0b, 0x01, 0x03, ...Buffer.from("env"), 0x03, ...Buffer.from("now"), 0x00, 0x00]);
/** The same code with a section that is none: another digest. */
const other = Buffer.concat([score, Buffer.from([0x00, 0x02, 0x01, 0x78])]);

async function upload(page: Page, file: string, buffer: Buffer) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "上传步骤模块" }).click();
  await (await chooser).setFiles({ name: file, mimeType: "application/wasm", buffer });
}

async function enter(page: Page) {
  await goTo(page, "开发空间");
  await page.getByRole("button", { name: "开通开发空间" }).or(page.getByRole("link", { name: "进入开发空间" })).first().click();
  await expect(page.getByRole("textbox", { name: "模型 SQL" })).toBeVisible();
}

async function submit(page: Page, version: string) {
  await page.getByRole("button", { name: /保存$/ }).click();
  const button = page.getByRole("button", { name: "提交模型" }).first();
  await expect(button).toBeEnabled();
  await button.click();
  await page.getByRole("dialog", { name: `提交模型：${name}` }).getByRole("button", { name: "提交模型" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name} ${version}` })).toBeVisible();
  await receipt(page);
}

test("a module that reaches outside is refused; one that does not is read, checked and tried", async ({ as }) => {
  const page = await as(bank.login, { viewport: { width: 1280, height: 900 } });
  await enter(page);
  await page.getByRole("button", { name: "新建模型" }).click();
  await page.getByRole("textbox", { name: "名称" }).fill(name);
  await page.getByText("单人查询（B 类）", { exact: true }).first().click();
  await page.getByRole("textbox", { name: "模型 SQL" }).fill(text);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /检查$/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: "尚未上传模块" })).toBeVisible();

  const step = page.getByRole("region", { name: "步骤模块" });
  await upload(page, "clock.wasm", clock);
  await expect(step.getByRole("alert")).toContainText("W102");
  await expect(step.getByRole("alert")).toContainText("no_std");
  await picture(page, "step-refused");

  await upload(page, "score.wasm", score);
  await expect(step.getByText("score.wasm")).toBeVisible();
  await expect(page.getByRole("complementary", { name: "模型分析" })).toContainText("模型摘要");
  await step.getByText("score.wasm").hover();
  const report = page.getByRole("tooltip").filter({ hasText: "静态报告" });
  await expect(report).toContainText("band");
  await expect(report).toContainText("至多");
  await page.mouse.move(0, 0);
  await page.getByRole("button", { name: "样例试运行" }).click();
  const used = page.getByRole("row").filter({ hasText: "/ 600" });
  await expect(used).toContainText("band");
  await picture(page, "step-workbench");
  await submit(page, "v1");
});

test("who reviews a version reads all code of its module and how it differs from the one before", async ({ as }) => {
  const page = await as(bank.login, { viewport: { width: 1280, height: 900 } });
  await enter(page);
  await page.getByRole("combobox", { name: "模型" }).click();
  await page.locator(".ant-select-item-option").filter({ hasText: name }).click();
  await expect(page.getByRole("textbox", { name: "名称" })).toHaveValue(name);
  await upload(page, "other.wasm", other);
  await expect(page.getByRole("region", { name: "步骤模块" }).getByText("other.wasm")).toBeVisible();
  await submit(page, "v2");
  const url = page.url();

  const reviewer = await as("operator", { viewport: { width: 1280, height: 900 } });
  await reviewer.goto(url);
  await reviewer.getByRole("tab", { name: "步骤模块" }).click();
  await expect(reviewer.getByLabel("模块代码")).toContainText('(export "band")');
  await expect(reviewer.getByText("至多").first()).toBeVisible();
  const digest = await reviewer.getByText(/^sha256:[0-9a-f]{64}$/).innerText();
  await picture(reviewer, "step-module");
  await reviewer.getByRole("tab", { name: "静态检查" }).click();
  await expect(reviewer.getByText(digest).first()).toBeVisible();
  await reviewer.getByRole("tab", { name: "版本对比" }).click();
  await expect(reviewer.getByText(`+ ${digest.slice(7, 19)}`)).toBeVisible();
  await expect(reviewer.getByLabel("两个版本的模块代码差别")).toBeVisible();
  await picture(reviewer, "step-compare");
  await reviewer.getByRole("tab", { name: "试运行" }).click();
  await reviewer.getByRole("button", { name: "样例试运行" }).click();
  await expect(reviewer.getByRole("row").filter({ hasText: "/ 600" })).toBeVisible();
});
