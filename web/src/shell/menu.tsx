import {
  ApartmentOutlined,
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  BookOutlined,
  CloudServerOutlined,
  CodeOutlined,
  CrownOutlined,
  DatabaseOutlined,
  DeploymentUnitOutlined,
  ExperimentOutlined,
  ExportOutlined,
  EyeOutlined,
  FileDoneOutlined,
  FileTextOutlined,
  HomeOutlined,
  IdcardOutlined,
  InboxOutlined,
  NotificationOutlined,
  OrderedListOutlined,
  ProfileOutlined,
  ReadOutlined,
  SafetyCertificateOutlined,
  SearchOutlined,
  ShopOutlined,
  SolutionOutlined,
  TeamOutlined,
  TrophyOutlined,
  UserOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import type { Role } from "@/api/types";
import type { Words } from "@/text";
import { path } from "@/util/path";

interface Item {
  to: string;
  icon: ReactNode;
  label: keyof Words["shell"];
  group?: "groupData" | "groupMatter" | "groupUse" | "groupWatch";
  roles: (Role | "regulator")[];
  /** Shown only where the loaded law decides one of these kinds of matter, on whatever day. */
  kinds?: string[];
}

/** Bodies that decide or supervise without running the platform. They also make things public. */
const authorities: Role[] = ["authorizing-department", "coordination-mechanism", "government", "upper-authority", "local-data-bureau"];
const offices: Role[] = ["data-bureau", "platform-operator", "auditor"];
/** Whoever applies for something. */
const companies: Role[] = ["data-user", "applicant-org", "authorized-operator", "third-party-provider", "buyer"];
/** Bodies that inspect by their own office and approve nothing, and bodies that sit on the mechanism or own the platform. */
const inspectors: Role[] = ["regulator", "mechanism-member", "platform-owner"];
const officials: Role[] = [...offices, ...inspectors, ...authorities, "data-provider", "authorized-operator", "external-assessor"];
const all: Role[] = [...officials, ...companies, "expert", "info-subject"];

/** Kinds of matter that admission, and use under a scenario, rest on. */
export const admission = ["party.admission"];
export const scenario = ["grant.scenario", "grant.prescenario"];

// In the order of the law: what a data product lives through, from the catalog to the ledger.
const items: Item[] = [
  { to: path.desk(), icon: <HomeOutlined aria-hidden />, label: "menuDesk", roles: [...officials, ...companies] },
  { to: path.expert(), icon: <AuditOutlined aria-hidden />, label: "menuExpert", roles: ["expert"] },
  { to: path.my(), icon: <UserOutlined aria-hidden />, label: "menuMy", roles: ["info-subject"] },
  { to: path.catalog(), icon: <DatabaseOutlined aria-hidden />, label: "menuCatalog", group: "groupData", roles: [...offices, ...inspectors, "data-provider", "data-user"] },
  { to: path.collect(), icon: <InboxOutlined aria-hidden />, label: "menuCollect", group: "groupData", roles: ["data-bureau", "data-provider"] },
  { to: path.dataUse(), icon: <BarChartOutlined aria-hidden />, label: "menuUse", group: "groupData", roles: ["data-provider"] },
  { to: path.samples(), icon: <ExperimentOutlined aria-hidden />, label: "menuSamples", group: "groupData", roles: [...offices, "data-provider"], kinds: scenario },
  { to: path.organizations(), icon: <BankOutlined aria-hidden />, label: "menuOrganizations", group: "groupMatter", roles: [...offices, ...inspectors, ...authorities, ...companies] },
  { to: path.people(), icon: <TeamOutlined aria-hidden />, label: "menuPeople", group: "groupMatter", roles: [...offices, ...inspectors, ...authorities, ...companies, "data-provider", "external-assessor"] },
  { to: path.training(), icon: <TrophyOutlined aria-hidden />, label: "menuTraining", group: "groupMatter", roles: [...officials, ...companies, "expert"] },
  { to: path.queue(), icon: <OrderedListOutlined aria-hidden />, label: "menuQueue", group: "groupMatter", roles: offices, kinds: admission },
  { to: path.admissions(), icon: <IdcardOutlined aria-hidden />, label: "menuAdmissions", group: "groupMatter", roles: [...offices, ...companies], kinds: admission },
  { to: path.authorizations(), icon: <CrownOutlined aria-hidden />, label: "menuAuthorizations", group: "groupMatter", roles: [...officials, ...companies], kinds: ["grant.operator", "grant.developer"] },
  { to: path.providerDesk(), icon: <ShopOutlined aria-hidden />, label: "menuProviders", group: "groupMatter", roles: [...offices, ...companies], kinds: ["party.provider"] },
  { to: path.scenarios(), icon: <SolutionOutlined aria-hidden />, label: "menuScenarios", group: "groupMatter", roles: [...offices, "data-user", "third-party-provider"], kinds: scenario },
  { to: path.matters(), icon: <FileTextOutlined aria-hidden />, label: "menuMatters", group: "groupMatter", roles: [...officials, ...companies, "expert"] },
  { to: path.supply(), icon: <CloudServerOutlined aria-hidden />, label: "menuSupply", group: "groupUse", roles: [...offices, "data-user", "authorized-operator", "data-provider"], kinds: ["supply.part"] },
  { to: path.lab(), icon: <CodeOutlined aria-hidden />, label: "menuLab", group: "groupUse", roles: [...offices, "data-user", "third-party-provider"], kinds: scenario },
  { to: path.models(), icon: <DeploymentUnitOutlined aria-hidden />, label: "menuModels", group: "groupUse", roles: [...offices, "data-user", "third-party-provider", "expert"], kinds: scenario },
  { to: path.grants(), icon: <FileDoneOutlined aria-hidden />, label: "menuGrants", group: "groupUse", roles: [...offices, "data-user"], kinds: scenario },
  { to: path.calls(), icon: <SearchOutlined aria-hidden />, label: "menuCalls", group: "groupUse", roles: ["data-user", "platform-operator", "auditor"], kinds: scenario },
  { to: path.releases(), icon: <ExportOutlined aria-hidden />, label: "menuReleases", group: "groupUse", roles: [...offices, "data-user"], kinds: ["output.release"] },
  { to: path.watch(), icon: <EyeOutlined aria-hidden />, label: "menuWatch", group: "groupWatch", roles: [...officials, ...companies] },
  { to: path.links(), icon: <ApartmentOutlined aria-hidden />, label: "menuLinks", group: "groupWatch", roles: offices },
  { to: path.registers(), icon: <ReadOutlined aria-hidden />, label: "menuRegisters", group: "groupWatch", roles: ["data-bureau", "platform-operator", "auditor", "data-user", "data-provider", ...authorities] },
  { to: path.standards(), icon: <ProfileOutlined aria-hidden />, label: "menuStandards", group: "groupWatch", roles: ["data-bureau", "auditor", "regulator"] },
  { to: path.publishing(), icon: <NotificationOutlined aria-hidden />, label: "menuNotices", group: "groupWatch", roles: ["data-bureau", ...authorities] },
  { to: path.ledger(), icon: <SafetyCertificateOutlined aria-hidden />, label: "menuLedger", group: "groupWatch", roles: all },
  { to: path.rules(), icon: <BookOutlined aria-hidden />, label: "menuRules", group: "groupWatch", roles: all },
];

/** The menu of a person: only what their roles may open, grouped. */
export function menuFor(roles: readonly string[], t: Words["shell"], kinds: readonly string[]) {
  const mine = items.filter((item) => item.roles.some((role) => roles.includes(role)) && (!item.kinds || item.kinds.some((k) => kinds.includes(k))));
  const entry = (item: Item) => ({ key: item.to, icon: item.icon, label: t[item.label] as string });
  const groups = (["groupData", "groupMatter", "groupUse", "groupWatch"] as const).flatMap((group) => {
    const children = mine.filter((item) => item.group === group).map(entry);
    return children.length ? [{ type: "group" as const, key: group, label: t[group], children }] : [];
  });
  return [...mine.filter((item) => !item.group).map(entry), ...groups];
}

/** Where a person lands after signing in. */
export function landing(roles: readonly string[]): string {
  return items.find((item) => item.roles.some((role) => roles.includes(role)))?.to ?? path.home();
}

/** The menu entry a URL belongs to. */
export function activeItem(pathname: string): string | undefined {
  return items.map((i) => i.to).find((to) => pathname === to || pathname.startsWith(`${to}/`));
}
