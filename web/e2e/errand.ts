// Errands that one act has already shown in the browser, done over the API where a later act only needs their outcome.
import { readFileSync } from "node:fs";
import { readPersonalKey, signSm2 } from "../src/sign/sm2";
import { password, scenario, type second } from "./cast";
import { ask, kit, type Page } from "./stage";

interface Listed<T> {
  items: T[];
}

type Organization = typeof second;

/** Registers an organization and its account. */
export async function register(page: Page, org: Organization): Promise<void> {
  await ask(page, "POST", "/v1/organizations", {
    account: { login: org.login, password, name: org.handler, roles: ["data-user"] },
    organization: {
      name: org.name,
      uscc: org.uscc,
      kind: "enterprise",
      registered: "2012-06-01",
      in_province: true,
      dcmm: false,
      representative: org.representative,
      representative_id: org.representativeId,
      contact: "业务联系人",
      phone: "0595-22000001",
    },
  });
}

/** Applies by code and signs the pledge; what is left is the operator's decision. */
export async function applyByCode(page: Page, org: Organization): Promise<void> {
  const { admission } = await ask<{ admission: { id: string } }>(page, "POST", "/v1/admissions", { method: "qr", documents: [] });
  const { code } = await ask<{ code: string }>(page, "POST", `/v1/admissions/${admission.id}/code`);
  const { text } = await ask<{ text: string }>(page, "GET", `/v1/codes/${code}`);
  const key = readPersonalKey(readFileSync(kit(`${org.login}-representative.pem`), "utf8"));
  await ask(page, "POST", `/v1/codes/${code}/pledge`, { certificate: key.certificate, signature: await signSm2(key, text) });
}

/** Files the pre-declaration of a scenario that needs these fields of the card accounts and no disclosure budget. */
export async function predeclare(page: Page, fields: string[]): Promise<void> {
  const { title, purpose, solution, safety, why } = scenario;
  const catalog = await ask<Listed<{ id: string; table: string }>>(page, "GET", "/v1/catalog?state=published&limit=100");
  const resource = catalog.items.find((e) => e.table === "credit_default")?.id;
  await ask(page, "POST", "/v1/scenarios", { plan: { title, purpose, solution, safety, needs: [{ resource, fields, why }], special: false, budget: 0 } });
}

/** Passes the first open task whose title and step fit, every check met. */
export async function pass(page: Page, step: string, applicant: string): Promise<void> {
  const tasks = await ask<Listed<{ matter: string; step: string; step_title: string; applicant_name: string }>>(page, "GET", "/v1/tasks");
  const task = tasks.items.find((t) => t.step_title === step && t.applicant_name === applicant);
  if (!task) throw new Error(`no task ${step} of ${applicant}`);
  const { matter } = await ask<{ matter: { steps: { id: string; title: string; draw?: unknown; checks?: { id: string }[] }[] } }>(page, "GET", `/v1/matters/${task.matter}`);
  const open = matter.steps.find((s) => s.title === step);
  await ask(page, "POST", `/v1/matters/${task.matter}/decide`, {
    step: open?.id,
    verdict: "pass",
    reason: "材料齐全, 予以通过",
    no_conflict: open?.draw ? true : undefined,
    checks: Object.fromEntries((open?.checks ?? []).map((c) => [c.id, true])),
  });
}
