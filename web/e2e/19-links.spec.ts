// Act 19. Joined deployments: the card that is handed over, a node that is recorded, and what goes between.
import { address, ask, choose, expect, goTo, picture, receipt, test } from "./stage";

// A node that nobody runs: its address is on the loopback interface and nothing listens there.
const other = { node: "00112233445566aa", url: "http://127.0.0.1:9", key: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" };

test("the bureau sees its own card, and that nobody is joined", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "节点互联");
  await expect(page.getByText("公钥指纹", { exact: true })).toBeVisible();
  await expect(page.getByText("没有互联节点")).toBeVisible();
  await page.getByRole("tab", { name: "报送的记录" }).click();
  await expect(page.getByText("没有报送的记录")).toBeVisible();
  await page.getByRole("tab", { name: "收到的记录" }).click();
  await expect(page.getByText("没有收到的记录")).toBeVisible();
});

test("a card that cannot be one is refused in the form; a right one is recorded, and shows that the other side is silent", async ({ as }) => {
  const page = await as("bureau");
  await goTo(page, "节点互联");
  await page.getByRole("button", { name: "登记互联节点" }).click();
  const form = page.getByRole("dialog", { name: "登记互联节点" });
  await form.getByLabel("对方节点名称").fill("省授权运营域");
  await choose(form, "层级", "上级节点");
  await form.getByLabel("节点编号").fill(other.node);
  await form.getByLabel("互联地址").fill("http://province.example.gov.cn");
  await form.getByLabel("节点公钥").fill(other.key);
  await form.getByLabel("互联文件").fill("示数〔2025〕21号");
  await form.getByRole("button", { name: "提交" }).click();
  await expect(form.getByText("互联须经 TLS, 请使用 https:// 地址").first()).toBeVisible();
  await form.getByLabel("互联地址").fill(other.url);
  await form.getByRole("button", { name: "提交" }).click();
  await expect(form).toBeHidden();
  await receipt(page);

  const row = page.getByRole("row").filter({ hasText: "省授权运营域" });
  await expect(row).toContainText("对方尚未登记或未应答");
  await picture(page, "links");
  await row.click();
  const file = page.getByRole("dialog", { name: "省授权运营域" });
  await expect(file).toContainText("示数〔2025〕21号");
  await picture(page, "link-peer");
  await file.getByRole("button", { name: "终止互联" }).click();
  const ending = page.getByRole("dialog", { name: /^终止互联/ });
  await ending.getByLabel("理由").fill("登记有误");
  await ending.getByRole("button", { name: "提交" }).click();
  await expect(ending).toBeHidden();
  await expect(row).toContainText("已终止");
});

test("whoever has no business there is told so", async ({ as }) => {
  const page = await as("finance");
  await page.goto(address("/links"));
  await expect(page.getByText("互联情况由主管部门、平台运营单位和审计人员查看").first()).toBeVisible();
  await expect(ask(page, "GET", "/v1/link/peers")).rejects.toThrow(/403/);
});
