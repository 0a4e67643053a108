import { Button, Tag, Typography } from "antd";
import { useState } from "react";
import { Link, useNavigate, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Demand, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import type { ChosenItems } from "@/ui/EntryItems";
import { EntryFields } from "@/ui/EntryName";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";

const colors: Record<string, string> = { supplying: "processing", standing: "success", failed: "error", stands: "success", asked: "processing", answered: "success" };

type Doing = "process" | "provide" | { end: string; what: "provisions" | "processings" } | { answer: Demand };

/** The desk of supply: applications, what lies in which space, what operators were given and did, and what nothing gives yet. */
export default function SupplyDesk() {
  const t = useText();
  const me = useOutletContext<Me>();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const is = (...roles: string[]) => me.roles?.some((r) => roles.includes(r)) ?? false;
  const [doing, setDoing] = useState<Doing>();
  const operators = is("data-bureau");
  const authorizations = useItem("/v1/authorizations", { query: { level: "operator", limit: 200 } });
  const held = (authorizations.data?.items ?? []).filter((a) => a.state === "started");
  const levels = useItem("/v1/regime/procedures").data?.items?.some((p) => p.kind === "grant.operator") ?? false;
  const processes = is("authorized-operator") || (is("platform-operator") && !levels);
  return (
    <>
      <FilePage
        trail={[{ title: t.shell.menuSupply }]}
        title={t.shell.menuSupply}
        acts={
          <>
            {processes && <Button onClick={() => setDoing("process")}>{t.supply.process}</Button>}
            {operators && held.length > 0 && (
              <Button type="primary" onClick={() => setDoing("provide")}>
                {t.supply.provide}
              </Button>
            )}
          </>
        }
        lead={t.supply.lead}
        tabs={[
          {
            key: "applications",
            label: t.supply.applications,
            content: (
              <ResourceTable
                id="data-applications"
                endpoint="/v1/data-applications"
                rowKey="id"
                empty={{ title: t.supply.noApplications, hint: t.supply.noApplicationsHint }}
                onRow={(a) => void navigate(path.application(a.id))}
                columns={[
                  { key: "title", title: t.supply.scenario, render: (a) => <Link to={path.application(a.id)}>{a.title}</Link>, value: (a) => a.title },
                  { key: "org_name", title: t.supply.applicant },
                  { key: "operator_name", title: t.roles["authorized-operator"] ?? "", hidden: !levels },
                  { key: "items", title: t.supply.items, render: (a) => a.items?.map((i) => <Tag key={i.resource}>{i.title}</Tag>) },
                  { key: "parts", title: t.supply.parts, width: 90, align: "end", render: (a) => a.parts?.length ?? 0 },
                  { key: "opened", title: t.supply.filed, width: 160, render: (a) => minute(a.opened) },
                ]}
              />
            ),
          },
          {
            key: "supplies",
            label: t.supply.supplies,
            content: (
              <ResourceTable
                id="supplies"
                endpoint="/v1/supplies"
                rowKey="id"
                empty={{ title: t.supply.noSupplies, hint: t.supply.noSuppliesHint }}
                columns={[
                  { key: "title", title: t.space.resource },
                  { key: "org_name", title: t.supply.applicant },
                  { key: "provider_name", title: t.space.provider },
                  { key: "route", title: t.space.route, render: (s) => wordFor(t.space.routes, s.route) },
                  { key: "rows", title: t.space.rows, align: "end", render: (s) => s.batches?.at(-1)?.rows },
                  { key: "opened", title: t.supply.at, width: 160, render: (s) => minute(s.opened) },
                  { key: "until", title: t.supply.until, width: 110 },
                  { key: "reference", title: t.space.basis, render: (s) => <Typography.Text code>{s.reference || s.agreement}</Typography.Text> },
                  { key: "state", title: t.common.state, width: 100, render: (s) => <Tag color={colors[s.state]}>{wordFor(t.space.supplyStates, s.state)}</Tag> },
                ]}
              />
            ),
          },
          {
            key: "processings",
            label: t.supply.processings,
            content: (
              <ResourceTable
                id="processings"
                endpoint="/v1/processings"
                rowKey="id"
                empty={{ title: t.supply.noProcessings, hint: t.supply.noProcessingsHint }}
                columns={[
                  { key: "title", title: t.space.resource },
                  { key: "fields", title: t.common.fields, render: (p) => <EntryFields id={p.resource} fields={p.fields} /> },
                  { key: "cleaned", title: t.supply.cleaned, ellipsis: true },
                  { key: "masked", title: t.supply.masked, ellipsis: true },
                  { key: "opened", title: t.supply.at, width: 160, render: (p) => minute(p.opened) },
                  { key: "state", title: t.common.state, width: 100, render: (p) => <Tag color={colors[p.state]}>{wordFor(t.supply.recordStates, p.state)}</Tag> },
                  {
                    key: "acts",
                    title: "",
                    width: 90,
                    render: (p) => p.state === "stands" && p.operator === me.org && <Button size="small" danger onClick={() => setDoing({ end: p.id, what: "processings" })}>{t.supply.end}</Button>,
                  },
                ]}
              />
            ),
          },
          {
            key: "provisions",
            label: t.supply.provisions,
            content: (
              <ResourceTable
                id="provisions"
                endpoint="/v1/provisions"
                rowKey="id"
                empty={{ title: t.supply.noProvisions, hint: t.supply.noProvisionsHint }}
                columns={[
                  { key: "title", title: t.space.resource },
                  { key: "agreement", title: t.space.basis, render: (p) => <Link to={path.agreement(p.agreement)}>{p.agreement}</Link> },
                  { key: "from", title: t.supply.at, width: 110 },
                  { key: "until", title: t.supply.until, width: 110 },
                  { key: "state", title: t.common.state, width: 100, render: (p) => <Tag color={colors[p.ended ? "ended" : "stands"]}>{wordFor(t.supply.recordStates, p.ended ? "ended" : "stands")}</Tag> },
                  {
                    key: "acts",
                    title: "",
                    width: 90,
                    render: (p) => !p.ended && operators && <Button size="small" danger onClick={() => setDoing({ end: p.id, what: "provisions" })}>{t.supply.takeBack}</Button>,
                  },
                ]}
              />
            ),
          },
          {
            key: "demands",
            label: t.supply.demands,
            content: (
              <ResourceTable
                id="demands"
                endpoint="/v1/demands"
                rowKey="id"
                empty={{ title: t.supply.noDemands, hint: t.supply.noDemandsHint }}
                columns={[
                  { key: "what", title: t.supply.what },
                  { key: "why", title: t.supply.demandWhy, ellipsis: true },
                  { key: "scenario", title: t.supply.scenario, render: (d) => <Typography.Text code>{d.scenario}</Typography.Text> },
                  { key: "title", title: t.supply.answeredBy, render: (d) => d.title ?? t.common.none },
                  { key: "state", title: t.common.state, width: 100, render: (d) => <Tag color={colors[d.state]}>{wordFor(t.supply.demandStates, d.state)}</Tag> },
                  {
                    key: "acts",
                    title: "",
                    width: 90,
                    render: (d) => d.state === "asked" && is("platform-owner", "platform-operator", "data-bureau") && <Button size="small" onClick={() => setDoing({ answer: d })}>{t.supply.answer}</Button>,
                  },
                ]}
              />
            ),
          },
        ]}
      />
      {doing === "process" && (
        <FormModal<{ items: ChosenItems; cleaned: string; masked: string }>
          title={t.supply.process}
          lead={<Typography.Paragraph type="secondary">{t.supply.processLead}</Typography.Paragraph>}
          fields={[
            { name: "items", label: t.supply.through, kind: "items", need: true },
            { name: "cleaned", label: t.supply.cleaned, kind: "area", need: true },
            { name: "masked", label: t.supply.masked, kind: "area", need: true },
          ]}
          run={({ items: chosen, ...how }) => post("/v1/processings", {}, { ...chosen, ...how })}
          close={() => setDoing(undefined)}
        />
      )}
      {doing === "provide" && (
        <FormModal<{ authorization: string; resource: string }>
          title={t.supply.provide}
          lead={<Typography.Paragraph type="secondary">{t.supply.provideLead}</Typography.Paragraph>}
          fields={[
            { name: "authorization", label: t.roles["authorized-operator"] ?? "", kind: "select", need: true, options: held.map((a) => ({ value: a.id, label: `${orgName(a.org)}（${a.field ?? ""} ${a.until ?? ""}）` })) },
            { name: "resource", label: t.space.resource, kind: "entry", need: true },
          ]}
          run={(v) => post("/v1/provisions", {}, v)}
          close={() => setDoing(undefined)}
        />
      )}
      {typeof doing === "object" && "end" in doing && (
        <FormModal<{ why: string }>
          title={doing.what === "provisions" ? t.supply.takeBack : t.supply.end}
          danger
          fields={[{ name: "why", label: t.supply.why, kind: "area", need: true, max: 1000 }]}
          run={(v) => (doing.what === "provisions" ? post("/v1/provisions/{id}/end", { path: { id: doing.end } }, v) : post("/v1/processings/{id}/end", { path: { id: doing.end } }, v))}
          close={() => setDoing(undefined)}
        />
      )}
      {typeof doing === "object" && "answer" in doing && (
        <FormModal<{ items: ChosenItems }>
          title={t.supply.answer}
          lead={<Typography.Paragraph type="secondary">{doing.answer.what}</Typography.Paragraph>}
          fields={[
            { name: "items", label: t.supply.answeredBy, kind: "items", need: true, extra: t.supply.oneResource },
          ]}
          run={({ items: chosen }) => post("/v1/demands/{id}/answer", { path: { id: doing.answer.id } }, chosen)}
          close={() => setDoing(undefined)}
        />
      )}
    </>
  );
}
