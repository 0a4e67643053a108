// Act 8. The band model serves one person at a time, under that person's own document and nothing less.
import { bank, creditBand, person } from "./cast";
import { asFile, signDocument } from "./consent";
import { choose, expect, goTo, type Page, picture, readCitation, receipt, test } from "./stage";

async function askAbout(page: Page, idNumber: string) {
  await goTo(page, "实时查询");
  await choose(page, /数据服务/, creditBand.name);
  await page.getByLabel("被查询人证件号码").fill(idNumber);
}

test("the bank deploys the approved model", async ({ as }) => {
  const page = await as(bank.login);
  await goTo(page, "模型");
  await page.getByRole("row").filter({ hasText: creditBand.name }).click();
  await page.getByRole("button", { name: "部署为数据服务" }).click();
  await receipt(page);
  await goTo(page, "实时查询");
  await page.getByRole("tab", { name: "数据服务" }).click();
  await expect(page.getByRole("row").filter({ hasText: creditBand.name })).toContainText("有效");
});

test("a query without a document is refused with its article", async ({ as }) => {
  const page = await as(bank.login);
  await askAbout(page, person.idNumber);
  await page.getByRole("button", { name: /查询$/ }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "依规不予办理" });
  await expect(refusal).toBeVisible();
  await expect(page.locator(".answer")).toHaveCount(0);
  await readCitation(refusal);
  await picture(page, "bank-call-refused");
});

test("a document that somebody changed is refused", async ({ as }) => {
  const page = await as(bank.login);
  const signed = await signDocument(page, "SQS-E2E-2");
  await askAbout(page, person.idNumber);
  const forged = { ...signed, document: signed.document.replace('"max_uses":5', '"max_uses":9') };
  expect(forged.document).not.toBe(signed.document);
  await page.locator("input[type=file]").setInputFiles(asFile(forged, "forged.json"));
  await page.getByRole("button", { name: /查询$/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: "依规不予办理" })).toBeVisible();
  await expect(page.locator(".answer")).toHaveCount(0);
});

test("with the person's signed document it answers the band and nothing else", async ({ as }) => {
  const page = await as(bank.login);
  const signed = await signDocument(page, "SQS-E2E-1");
  await askAbout(page, person.idNumber);
  await page.locator("input[type=file]").setInputFiles(asFile(signed, "授权书.json"));
  await page.getByRole("button", { name: /查询$/ }).click();
  const answer = page.locator(".answer");
  await expect(answer.locator(".ant-statistic")).toHaveCount(1);
  await expect(answer.locator(".ant-statistic-content")).toHaveText(/^[ABC]$/);
  await expect(answer).toContainText("仅以上结果；原始数据不返回");
  await expect(answer).toContainText("1 / 5");
  await expect(answer.getByRole("button", { name: /已记入账本 #\d+/ })).toBeVisible();
  await picture(page, "bank-call");
});
