// Act 32. A file on its way between desks: handed in again with a file replaced, and sent to another body for its opinion.
import { password } from "./cast";
import { address, ask, choose, expect, openTask, type Page, picture, receipt, test } from "./stage";

test.describe.configure({ mode: "serial" });

interface Made {
  id: string;
}
interface Opened {
  matter: { id: string; steps: { id: string; state: string; checks?: { id: string }[] }[] };
}

/** The one open matter about something, read by whoever decides it. */
async function matterOf(page: Page, subject: string): Promise<string> {
  const { items } = await ask<{ items: Made[] }>(page, "GET", `/v1/matters?subject=${subject}`);
  return items[0]?.id ?? "";
}

/** Decides the open step: every check is met. */
async function settle(page: Page, matter: string, verdict: string, reason: string, items?: object[]): Promise<void> {
  const { matter: file } = await ask<Opened>(page, "GET", `/v1/matters/${matter}`);
  const step = file.steps.find((s) => s.state === "open");
  await ask(page, "POST", `/v1/matters/${matter}/decide`, { step: step?.id, verdict, reason, items, checks: Object.fromEntries((step?.checks ?? []).map((c) => [c.id, true])) });
}

/** Keeps a file as the person whose page it is. */
function upload(page: Page, name: string, words: string): Promise<string> {
  return page.evaluate(
    async ([name, words]) => {
      const form = new FormData();
      form.append("file", new File([words], name));
      const response = await fetch("/v1/files", { method: "POST", body: form });
      return ((await response.json()) as { digest: string }).digest;
    },
    [name, words] as const,
  );
}

const firm = { login: "desk", name: "惠安数据服务有限公司", uscc: "91990000MA990327X9" };

test("a returned application is handed in again with a file replaced; former and new file stand side by side", async ({ as, anyone }) => {
  const front = await anyone();
  await front.goto(address("/"));
  await ask(front, "POST", "/v1/organizations", {
    account: { login: firm.login, password, name: "经办人", roles: ["data-user"] },
    organization: { name: firm.name, uscc: firm.uscc, kind: "enterprise", registered: "2012-06-01", in_province: true, dcmm: false, representative: "某负责人", representative_id: "990000196705200464", contact: "经办人", phone: "0595-22000000" },
  });
  const own = await as(firm.login);
  const licence = await upload(own, "营业执照.txt", "营业执照，有效期至二〇二四年");
  const { admission } = await ask<{ admission: Made }>(own, "POST", "/v1/admissions", {
    method: "paper",
    documents: ["business-license", "representative-proof", "organization-profile", "pledge"].map((kind) => ({ kind, name: kind, blob: kind === "business-license" ? licence : "sha256:01" })),
  });
  const operator = await as("operator");
  const matter = await matterOf(operator, admission.id);
  await settle(operator, matter, "return", "营业执照已过有效期", [{ kind: "business-license", what: "换发后的营业执照" }]);

  await own.goto(address(`/matters/${matter}`));
  await own.getByRole("button", { name: "补正" }).first().click();
  const form = own.getByRole("dialog", { name: "补正" });
  await expect(form.getByText("须补正：换发后的营业执照")).toBeVisible();
  await form.locator("input[type=file]").first().setInputFiles({ name: "营业执照.txt", mimeType: "text/plain", buffer: Buffer.from("营业执照，有效期至二〇三四年") });
  await expect(form.getByText("营业执照.txt")).toBeVisible();
  await picture(own, "supplement-file");
  await form.getByRole("button", { name: /^提\s?交$/ }).click();
  await expect(form).toBeHidden();
  await receipt(own);

  await operator.goto(address(`/matters/${matter}?tab=documents`));
  const changed = operator.getByRole("button", { name: /^原文件/ });
  await expect(changed).toHaveCount(1);
  await changed.click();
  const former = operator.getByRole("dialog").filter({ hasText: "二〇二四年" });
  await expect(former).toBeVisible();
  const [saved] = await Promise.all([operator.waitForEvent("download"), former.getByRole("button", { name: "下载" }).click()]);
  expect(saved.suggestedFilename()).toContain("营业执照");
  await operator.keyboard.press("Escape");
  await expect(former).toBeHidden();
  await picture(operator, "file-replaced");
  await operator.getByRole("button", { name: /^新文件/ }).click();
  await expect(operator.getByRole("dialog").filter({ hasText: "二〇三四年" })).toBeVisible();
});

test("another body is asked where the step lets it, sees this one file, and nothing of it once it answered", async ({ as }) => {
  const operator = await as("operator");
  const own = await as(firm.login);
  const { items: waiting } = await ask<{ items: { id: string; title: string }[] }>(operator, "GET", "/v1/matters?kind=party.admission");
  await settle(operator, waiting.find((m) => m.title === firm.name)?.id ?? "", "pass", "材料真实");
  const catalog = await ask<{ items: { id: string; table: string }[] }>(own, "GET", "/v1/catalog?state=published&limit=100");
  const resource = catalog.items.find((e) => e.table === "credit_default")?.id;
  const title = "临商户经营画像";
  const { id } = await ask<Made>(own, "POST", "/v1/scenarios", { plan: { title, purpose: "授信审查", solution: "按等级统计。", safety: "三名实名人员使用。", needs: [{ resource, fields: ["pay_0"], why: "统计所需" }], special: false, budget: 0 } });
  const matter = await matterOf(operator, id);

  const guest = await as("finance");
  const body = (await ask<{ org_name: string }>(guest, "GET", "/v1/me")).org_name;
  await operator.goto(address(`/matters/${matter}`));
  await operator.getByRole("button", { name: "更多办理" }).click();
  await operator.getByRole("button", { name: "加签", exact: true }).click();
  const form = operator.getByRole("dialog", { name: "加签" });
  await expect(form.getByText("对方只能看到这一件")).toBeVisible();
  await choose(form, "请谁加签", new RegExp(`^${body}（.*由该单位人员办理）$`));
  await form.getByRole("textbox", { name: "理由" }).fill("请核实数据项是否足够");
  await picture(operator, "cosign-outside");
  await form.getByRole("button", { name: "加签" }).click();
  await expect(form).toBeHidden();
  await receipt(operator);
  await expect(operator.getByText("其他单位", { exact: true })).toBeVisible();

  await guest.reload();
  await openTask(guest, new RegExp(title));
  await expect(guest.getByRole("button", { name: "更多办理" })).toHaveCount(0);
  await guest.getByRole("button", { name: /^加签：/ }).click();
  const answer = guest.getByRole("dialog", { name: /^加签：/ });
  await choose(answer, "办理结果", "同意");
  await answer.getByLabel("意见与理由").fill("数据项足够");
  await picture(guest, "guest-answers");
  await answer.getByRole("button", { name: "提交意见" }).click();
  await guest.waitForURL((url) => url.pathname === "/desk");
  await guest.goto(address(`/matters/${matter}`));
  await expect(guest.getByText("没有这个办件")).toBeVisible();
  await picture(guest, "guest-afterwards");

  await operator.reload();
  await expect(operator.getByText("数据项足够")).toBeVisible();
  await picture(operator, "outside-opinion");
});
