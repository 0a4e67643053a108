// Act 1. A department catalogs, the bureau publishes, the public looks without signing in.
import { address, choose, expect, goTo, picture, receipt, test } from "./stage";

const title = "环境空气监测点名录";

test("a department drafts a catalog entry, is told what is missing, and submits it", async ({ as }) => {
  const page = await as("ecology");
  await goTo(page, "资源目录");
  await page.getByRole("link", { name: "编制目录条目" }).click();
  await page.getByLabel("资源名称").fill(title);
  await page.getByLabel("模型中的表名").fill("air_stations");
  await page.getByLabel("摘要").fill("市区环境空气质量自动监测点的名称和所在区县。");
  await page.getByLabel("所属信息系统").fill("环境空气质量监测平台");
  await page.getByLabel("定级依据").fill("公开的站点信息，按一般数据 1 级管理");
  await page.getByLabel("使用条件").first().fill("用于履行职责");
  await page.getByLabel("使用条件").nth(1).fill("用于经批准的应用场景");
  await choose(page, "开放类型", "有条件开放");
  await page.getByLabel("使用条件").nth(1).fill("注明来源");
  await page.getByLabel("使用条件").nth(2).fill("用于经批准的应用场景");
  await page.getByRole("button", { name: "添加数据项" }).click();
  const drawer = page.getByRole("dialog", { name: "添加数据项" });
  await drawer.getByRole("textbox", { name: /^(\* )?名称$/ }).fill("监测点");
  await drawer.getByLabel("编号").fill("station");
  await choose(drawer, "角色", "分组维度");
  await drawer.getByRole("button", { name: "确定" }).click();
  await expect(drawer).toBeHidden();
  await page.getByRole("button", { name: "保存草稿" }).click();

  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.getByText("草稿", { exact: true })).toBeVisible();
  // A text to group by needs its public list of values: said here, before anybody refuses.
  await expect(page.getByText(/提交前还需完善 \d+ 处/)).toBeVisible();
  await expect(page.getByText("文字维度须有公开取值表")).toBeVisible();
  await page.getByRole("button", { name: "修改" }).or(page.getByRole("button", { name: "编辑" })).first().click();
  await page.getByRole("button", { name: "编辑 监测点" }).click();
  const again = page.getByRole("dialog", { name: "监测点" });
  await choose(again, "角色", "不得使用");
  await again.getByRole("button", { name: "确定" }).click();
  await expect(again).toBeHidden();
  await page.getByRole("button", { name: "保存草稿" }).click();
  await expect(page.getByText(/提交前还需完善/)).toBeHidden();
  await page.getByRole("button", { name: "提交审核" }).click();
  await expect(page.getByText("已提交", { exact: true })).toBeVisible();
  await receipt(page);
  await picture(page, "department-catalog");
});

test("the bureau publishes it", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "资源目录");
  await page.getByText("已提交", { exact: true }).first().click();
  await page.getByRole("row").filter({ hasText: title }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await page.getByRole("button", { name: "审核发布" }).click();
  await expect(page.locator(".file-head").getByText("已发布", { exact: true })).toBeVisible();
  await receipt(page);
});

test("a department supplies its data against the catalog", async ({ as }) => {
  const page = await as("ecology");
  await goTo(page, "数据归集");
  await page.getByRole("row").filter({ hasText: title }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const upload = page.locator("input[type=file]");
  await upload.setInputFiles({ name: "stations.csv", mimeType: "text/csv", buffer: Buffer.from("site\n涂山街\n") });
  await expect(page.getByRole("alert").filter({ hasText: "填写有误" })).toBeVisible();
  await upload.setInputFiles({ name: "stations.csv", mimeType: "text/csv", buffer: Buffer.from("station\n涂山街\n津头埔\n万安\n") });
  await expect(page.getByText(/已归集并启用：3 行/)).toBeVisible();
});

test("anyone sees the open data as a chart and as numbers", async ({ anyone }) => {
  const page = await anyone();
  await page.goto(address("/"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("公共数据授权运营");
  await picture(page, "public-portal");
  await page.getByRole("navigation").getByRole("link", { name: "开放数据" }).click();
  await page.getByRole("article").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "走势" })).toBeVisible();
  await expect(page.locator("canvas")).toBeVisible();
  await expect(page.getByRole("cell", { name: "2010" }).first()).toBeVisible();
  await picture(page, "public-open-data");
  await page.getByText("表", { exact: true }).first().click();
  await expect(page.getByRole("columnheader", { name: "时间" }).first()).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "下载 CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
});
