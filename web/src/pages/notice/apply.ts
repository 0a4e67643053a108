import { path } from "@/util/path";

/** Where one applies for what a call calls for; nothing for kinds that are filed elsewhere. */
export function applyPath(kind: string): string | undefined {
  switch (kind) {
    case "party.admission":
      return path.admissionNew();
    case "grant.prescenario":
      return path.scenarioNew();
    case "grant.operator":
    case "grant.developer":
      return path.authorizationNew();
    case "grant.scenario":
      return path.scenarios();
    default:
      return undefined;
  }
}
