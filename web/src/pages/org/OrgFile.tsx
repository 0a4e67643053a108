import { Button, Descriptions, Tag } from "antd";
import { useState } from "react";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { Me, Option, Organization } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { FileTable } from "@/ui/FileTable";
import { FormModal } from "@/ui/FormModal";
import { PackProcedure } from "@/ui/PackProcedure";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { readsCredit, readsFile } from "@/util/rights";
import { DesignationsOf } from "../register/Designations";
import { Credit } from "./Credit";
import { Qualifications } from "./Qualifications";
import { Security } from "./Security";

interface Change {
  happened: string;
  name?: string;
  representative?: string;
  representative_id?: string;
  contact?: string;
  phone?: string;
}

/** 注册信息变更, filed by the organization itself within the days that the law gives. */
function Changes({ org, me }: { org: Organization; me: Me }) {
  const t = useText();
  const list = useItem("/v1/organizations/{id}/changes", { path: { id: org.id } });
  const [asking, setAsking] = useState(false);
  const words: Record<string, string> = { name: t.common.name, representative: t.admission.representative, representative_id: t.admission.representativeId, contact: t.admission.contact, phone: t.admission.phoneNumber };
  return (
    <>
      {me.org === org.id && (
        <Button type="primary" style={{ margin: "8px 0 12px" }} onClick={() => setAsking(true)}>
          {t.org.fileChange}
        </Button>
      )}
      <FileTable
        list={list}
        width={760}
        empty={{ title: t.org.noChanges }}
        columns={[
          { title: t.org.changed, render: (_, c) => Object.entries(c.set).filter(([, v]) => v).map(([k, v]) => <div key={k}>{`${words[k] ?? k}：${v}`}</div>) },
          { title: t.org.happened, dataIndex: "happened", width: 120 },
          { title: t.org.filedOn, width: 180, render: (_, c) => <>{c.filed_on} {c.late && <Tag color="error">{t.matter.late}</Tag>}</> },
          { title: t.matter.due, dataIndex: "due", width: 120 },
          { title: t.common.state, width: 110, render: (_, c) => <StateTag state={c.state === "filed" ? "reviewing" : c.state} /> },
          { title: t.common.note, dataIndex: "reason" },
        ]}
      />
      <PackProcedure kind="party.change" />
      {asking && (
        <FormModal<Change>
          title={t.org.fileChange}
          close={() => setAsking(false)}
          run={({ happened, ...set }) => post("/v1/changes", {}, { happened, set })}
          fields={[
            { name: "happened", label: t.org.happened, kind: "day", need: true, extra: t.org.happenedHint },
            { name: "name", label: words.name },
            { name: "representative", label: words.representative },
            { name: "representative_id", label: words.representative_id },
            { name: "contact", label: words.contact },
            { name: "phone", label: words.phone },
          ]}
        />
      )}
    </>
  );
}

/** 登记所属区域, among those inside the platform's. */
function PlaceButton({ state, org }: { state: Option; org: Organization }) {
  const t = useText();
  const areas = (useItem("/v1/areas").data?.items ?? []).filter((a) => a.code);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActButton state={state} label={wordFor(t.ledger.acts, state.act)} run={async () => {}} onOpen={() => setAsking(true)} />
      {asking && (
        <FormModal<{ area?: string; reason: string }>
          title={wordFor(t.ledger.acts, state.act)}
          close={() => setAsking(false)}
          run={({ area, reason }) => post("/v1/organizations/{id}/area", { path: { id: org.id } }, { area: area ?? "", reason })}
          fields={[
            { name: "area", label: t.area.name, kind: "select", initial: org.area || undefined, extra: t.area.placeHint, options: areas.map((a) => ({ value: a.code, label: a.name })) },
            { name: "reason", label: t.area.basis, kind: "area", need: true },
          ]}
        />
      )}
    </>
  );
}

export default function OrgFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/organizations/{id}", { path: { id } });
  const act = useAct(({ name, reason }: { name: "suspend" | "lift" | "end"; reason: string }) => post(`/v1/organizations/{id}/${name}`, { path: { id } }, { reason }));
  const names: Record<string, "suspend" | "lift" | "end"> = { "party.suspend": "suspend", "party.lift": "lift", "party.end": "end" };
  return (
    <Loaded query={query}>
      {({ organization: o, acts, admitted, area_name }) => (
        <FilePage
          trail={[{ title: t.shell.menuOrganizations, to: path.organizations() }, { title: o.name }]}
          title={o.name}
          state={admitted ? <StateTag state="admitted" /> : o.kind === "public-body" ? undefined : <Tag>{o.permit ? t.org.stopped : t.org.notAdmitted}</Tag>}
          facts={[
            { label: t.admission.uscc, value: o.uscc },
            { label: t.admission.kind, value: wordFor(t.admission.kinds, o.kind) },
            { label: t.org.legalForm, value: o.legal_form && wordFor(t.org.legalForms, o.legal_form) },
            { label: t.area.name, value: area_name },
            { label: t.org.roles, value: o.roles?.map((r) => wordFor(t.roles, r)).join("、") },
          ]}
          acts={acts?.map((option) => {
            const name = names[option.act];
            if (option.act === "party.area.set") return <PlaceButton key={option.act} state={option} org={o} />;
            return name && <ActButton key={option.act} state={option} dangerous confirmName={name === "end" ? o.name : undefined} label={wordFor(t.ledger.acts, option.act)} run={({ reason }) => act.mutateAsync({ name, reason: reason ?? "" })} />;
          })}
          tabs={[
            {
              key: "org",
              label: t.admission.organization,
              content: (
                <Descriptions
                  bordered
                  column={{ xs: 1, md: 2 }}
                  items={[
                    { label: t.admission.registered, children: o.registered },
                    { label: t.admission.representative, children: o.representative },
                    { label: t.admission.contact, children: `${o.contact} ${o.phone}` },
                    { label: t.admission.inProvince, children: o.in_province ? t.common.yes : t.common.no },
                    { label: t.common.created, children: minute(o.created) },
                  ]}
                />
              ),
            },
            ...(readsFile(me, o.id)
              ? [
                  { key: "qualifications", label: t.org.qualifications, content: <Qualifications org={o.id} me={me} /> },
                  { key: "security", label: t.org.security, content: <Security org={o.id} me={me} /> },
                  { key: "changes", label: t.org.changes, content: <Changes org={o} me={me} /> },
                ]
              : []),
            { key: "designations", label: t.designation.title, content: <DesignationsOf org={o.id} me={me} /> },
            ...(readsCredit(me, o.id) ? [{ key: "credit", label: t.org.credit, content: <Credit org={o.id} me={me} /> }] : []),
          ]}
        />
      )}
    </Loaded>
  );
}
