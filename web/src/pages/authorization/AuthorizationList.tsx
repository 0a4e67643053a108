import { Button, Tabs, Tag } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useOrgName } from "@/api/org";
import type { Me } from "@/api/types";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { roleOfLevel, useLevels } from "./levels";

function Authorizations() {
  const t = useText();
  const navigate = useNavigate();
  const orgName = useOrgName();
  const { levels } = useLevels();
  return (
    <ResourceTable
      id="authorizations"
      endpoint="/v1/authorizations"
      rowKey="id"
      filters={[{ name: "level", label: t.authorization.level, tabs: true, options: levels.map((l) => ({ value: l.level, label: t.roles[roleOfLevel[l.level]] ?? l.level })) }]}
      actions={
        <ButtonLink key="new" to={path.authorizationNew()} type="primary">{t.authorization.apply}</ButtonLink>
      }
      empty={{ title: t.authorization.empty, hint: t.authorization.emptyHint }}
      onRow={(a) => void navigate(path.authorization(a.id))}
      columns={[
        { key: "org", title: t.matter.applicant, render: (a) => <b style={{ fontWeight: 500 }}>{orgName(a.org)}</b>, value: (a) => orgName(a.org) },
        { key: "level", title: t.authorization.level, width: 200, render: (a) => t.roles[roleOfLevel[a.level]], value: (a) => t.roles[roleOfLevel[a.level]] },
        { key: "authorizer", title: t.authorization.authorizer, width: 200, render: (a) => a.authorizer && orgName(a.authorizer), value: (a) => a.authorizer },
        { key: "field", title: t.notice.field, width: 140 },
        { key: "term", title: t.grant.term, width: 210, render: (a) => (a.from ? `${a.from} – ${a.until}` : t.common.none), value: (a) => a.from && `${a.from} ${a.until}` },
        { key: "opened", title: t.scenario.filed, width: 150, render: (a) => minute(a.opened) },
        { key: "state", title: t.common.state, width: 110, render: (a) => <StateTag state={a.state} /> },
      ]}
    />
  );
}

interface Recommend {
  org: string;
  field: string;
  reason: string;
}

function Recommendations() {
  const t = useText();
  const orgName = useOrgName();
  const me = useOutletContext<Me>();
  const [asking, setAsking] = useState(false);
  const may = me.roles?.some((r) => r === "authorizing-department" || r === "data-provider");
  return (
    <>
      <ResourceTable
        id="recommendations"
        endpoint="/v1/recommendations"
        rowKey="id"
        actions={may && <Button key="new" type="primary" onClick={() => setAsking(true)}>{t.authorization.recommend}</Button>}
        empty={{ title: t.authorization.noRecommendations, hint: t.authorization.noRecommendationsHint }}
        columns={[
          { key: "org", title: t.authorization.recommended, render: (r) => orgName(r.org), value: (r) => orgName(r.org) },
          { key: "department", title: t.authorization.by, width: 220, render: (r) => orgName(r.department), value: (r) => orgName(r.department) },
          { key: "field", title: t.notice.field, width: 140 },
          { key: "reason", title: t.common.reason },
          { key: "opened", title: t.common.created, width: 150, render: (r) => minute(r.opened) },
        ]}
      />
      {asking && (
        <FormModal<Recommend>
          title={t.authorization.recommend}
          close={() => setAsking(false)}
          run={(v) => post("/v1/recommendations", {}, v)}
          fields={[
            { name: "org", label: t.authorization.recommended, kind: "org", need: true },
            { name: "field", label: t.notice.field, need: true, max: 60 },
            { name: "reason", label: t.common.reason, kind: "area", need: true },
          ]}
        />
      )}
    </>
  );
}

interface Confirm {
  org: string;
  fields: string[];
  document: string;
}

function Departments() {
  const t = useText();
  const orgName = useOrgName();
  const me = useOutletContext<Me>();
  const [asking, setAsking] = useState(false);
  const bureau = me.roles?.includes("data-bureau");
  return (
    <>
      <ResourceTable
        id="departments"
        endpoint="/v1/departments"
        rowKey="org"
        actions={bureau && <Button key="new" type="primary" onClick={() => setAsking(true)}>{t.authorization.confirm}</Button>}
        empty={{ title: t.authorization.noDepartments, hint: t.authorization.noDepartmentsHint }}
        columns={[
          { key: "org", title: t.authorization.department, render: (d) => orgName(d.org), value: (d) => orgName(d.org) },
          { key: "fields", title: t.notice.field, render: (d) => d.fields?.map((f) => <Tag key={f}>{f}</Tag>), value: (d) => d.fields?.join("、") },
          { key: "document", title: t.notice.document, width: 200 },
          { key: "at", title: t.authorization.confirmed, width: 150, render: (d) => minute(d.at) },
          { key: "ended", title: t.common.state, width: 120, render: (d) => <StateTag state={d.ended ? "ended" : "in-force"} /> },
          {
            key: "end",
            title: t.common.actions,
            width: 130,
            render: (d) =>
              bureau &&
              !d.ended && (
                <ActButton dangerous size="small" label={t.authorization.endDepartment} run={({ reason }) => post("/v1/departments/{id}/end", { path: { id: d.org } }, { reason: reason ?? "" })} />
              ),
          },
        ]}
      />
      {asking && (
        <FormModal<Confirm>
          title={t.authorization.confirm}
          close={() => setAsking(false)}
          run={({ org, ...body }) => post("/v1/departments/{id}/confirm", { path: { id: org } }, body)}
          fields={[
            { name: "org", label: t.authorization.department, kind: "org", need: true },
            { name: "fields", label: t.notice.field, kind: "tags", need: true, extra: t.authorization.fieldsHint },
            { name: "document", label: t.notice.document, need: true },
          ]}
        />
      )}
    </>
  );
}

/** Authorizations by level, where the law in force knows levels. */
export default function AuthorizationList() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const { query, levels } = useLevels();
  const tabs = [
    { key: "authorizations", label: t.authorization.title, children: <Authorizations /> },
    { key: "recommendations", label: t.authorization.recommendations, children: <Recommendations /> },
    { key: "departments", label: t.authorization.departments, children: <Departments /> },
  ];
  return (
    <>
      <PageHead title={t.shell.menuAuthorizations} lead={t.authorization.lead} />
      <Loaded query={query}>
        {() =>
          levels.length === 0 ? (
            <EmptyState title={t.authorization.noLevels} hint={t.authorization.noLevelsHint} />
          ) : (
            <Tabs activeKey={search.get("tab") ?? "authorizations"} onChange={(key) => setSearch({ tab: key }, { replace: true })} destroyOnHidden items={tabs} />
          )
        }
      </Loaded>
    </>
  );
}
