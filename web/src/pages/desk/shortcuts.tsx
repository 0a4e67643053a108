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
import { path } from "@/util/path";

interface Shortcut {
  to: string;
  icon: ReactNode;
  label: string;
  hint: string;
  roles: Role[];
}

/** What each role does most, one click from the desk. */
export function shortcutsFor(roles: readonly string[], t: Words): Shortcut[] {
  const s = t.desk.do;
  const all: Shortcut[] = [
    { to: path.catalogNew(), icon: <DatabaseOutlined aria-hidden />, label: s.catalog, hint: s.catalogHint, roles: ["data-provider"] },
    { to: path.collect(), icon: <InboxOutlined aria-hidden />, label: s.collect, hint: s.collectHint, roles: ["data-provider"] },
    { to: path.catalog(), icon: <DatabaseOutlined aria-hidden />, label: s.review, hint: s.reviewHint, roles: ["data-bureau"] },
    { to: path.admissions(), icon: <IdcardOutlined aria-hidden />, label: s.admit, hint: s.admitHint, roles: ["platform-operator"] },
    { to: path.admissionNew(), icon: <IdcardOutlined aria-hidden />, label: s.join, hint: s.joinHint, roles: ["data-user", "applicant-org"] },
    { to: path.scenarioNew(), icon: <SolutionOutlined aria-hidden />, label: s.scenario, hint: s.scenarioHint, roles: ["data-user"] },
    { to: path.lab(), icon: <CodeOutlined aria-hidden />, label: s.lab, hint: s.labHint, roles: ["data-user"] },
    { to: path.calls(), icon: <SearchOutlined aria-hidden />, label: s.call, hint: s.callHint, roles: ["data-user"] },
    { to: path.releases(), icon: <ExportOutlined aria-hidden />, label: s.release, hint: s.releaseHint, roles: ["data-bureau", "platform-operator"] },
    { to: path.grants(), icon: <FileDoneOutlined aria-hidden />, label: s.grant, hint: s.grantHint, roles: ["data-bureau", "platform-operator"] },
    { to: path.ledger(), icon: <SafetyCertificateOutlined aria-hidden />, label: s.ledger, hint: s.ledgerHint, roles: ["auditor", "data-bureau"] },
  ];
  return all.filter((item) => item.roles.some((role) => roles.includes(role)));
}
