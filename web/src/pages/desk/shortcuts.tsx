import {
  CodeOutlined,
  DatabaseOutlined,
  ExportOutlined,
  FileDoneOutlined,
  IdcardOutlined,
  InboxOutlined,
  SafetyCertificateOutlined,
  SearchOutlined,
  SolutionOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import type { Role } from "@/api/types";
import type { Words } from "@/text";
import { admission, scenario } from "@/shell/menu";
import { path } from "@/util/path";

interface Shortcut {
  to: string;
  icon: ReactNode;
  label: string;
  hint: string;
  roles: Role[];
  /** Shown only where the loaded law decides one of these kinds of matter. */
  kinds?: readonly string[];
}

/** What each role does most, one click from the desk. */
export function shortcutsFor(roles: readonly string[], t: Words, kinds: readonly string[]): Shortcut[] {
  const s = t.desk.do;
  const all: Shortcut[] = [
    { to: path.catalogNew(), icon: <DatabaseOutlined aria-hidden />, label: s.catalog, hint: s.catalogHint, roles: ["data-provider"] },
    { to: path.collect(), icon: <InboxOutlined aria-hidden />, label: s.collect, hint: s.collectHint, roles: ["data-provider"] },
    { to: path.catalog(), icon: <DatabaseOutlined aria-hidden />, label: s.review, hint: s.reviewHint, roles: ["data-bureau"] },
    { to: path.admissions(), icon: <IdcardOutlined aria-hidden />, label: s.admit, hint: s.admitHint, roles: ["platform-operator"], kinds: admission },
    { to: path.admissionNew(), icon: <IdcardOutlined aria-hidden />, label: s.join, hint: s.joinHint, roles: ["data-user", "applicant-org"], kinds: admission },
    { to: path.scenarioNew(), icon: <SolutionOutlined aria-hidden />, label: s.scenario, hint: s.scenarioHint, roles: ["data-user"], kinds: scenario },
    { to: path.lab(), icon: <CodeOutlined aria-hidden />, label: s.lab, hint: s.labHint, roles: ["data-user"], kinds: scenario },
    { to: path.calls(), icon: <SearchOutlined aria-hidden />, label: s.call, hint: s.callHint, roles: ["data-user"], kinds: scenario },
    { to: path.releases(), icon: <ExportOutlined aria-hidden />, label: s.release, hint: s.releaseHint, roles: ["data-bureau", "platform-operator"], kinds: ["output.release"] },
    { to: path.grants(), icon: <FileDoneOutlined aria-hidden />, label: s.grant, hint: s.grantHint, roles: ["data-bureau", "platform-operator"], kinds: scenario },
    { to: path.ledger(), icon: <SafetyCertificateOutlined aria-hidden />, label: s.ledger, hint: s.ledgerHint, roles: ["auditor", "data-bureau"] },
  ];
  return all.filter((item) => item.roles.some((role) => roles.includes(role)) && (!item.kinds || item.kinds.some((k) => kinds.includes(k))));
}
