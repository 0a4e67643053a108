import { Button, Tag, Tooltip } from "antd";
import { useState } from "react";
import { Link, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Designation, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FileTable } from "@/ui/FileTable";
import { FormModal, type FormField } from "@/ui/FormModal";
import { type Column, ResourceTable } from "@/ui/ResourceTable";
import { path } from "@/util/path";
import { useClosed } from "../account/closed";

const recorders = ["data-bureau", "government", "data-provider", "upper-authority", "platform-operator"];
const authorities = ["data-bureau", "government", "upper-authority", "platform-operator"];

interface Draft {
  org?: string;
  kind: Designation["kind"];
  document: string;
  issuer: string;
  powers?: string[];
  from: string;
  until?: string;
  paper?: string;
}

/** Puts a paper on file: for a body that is chosen, or for the one whose file is open. */
function Record({ org, own, close }: { org?: string; own?: boolean; close: () => void }) {
  const t = useText();
  const me = useOutletContext<Me>();
  // That it follows the rules by reference a body says itself; everything else is said of others.
  const kinds: Designation["kind"][] = own ? ["reference"] : ["operator", "member", "powers", "benefit"];
  const fields: FormField<Draft>[] = [
    ...(org ? [] : [{ name: "org", label: t.common.org, kind: "org", need: true } as FormField<Draft>]),
    { name: "kind", label: t.designation.kind, kind: "select", need: true, initial: kinds.length === 1 ? kinds[0] : undefined, options: kinds.map((k) => ({ value: k, label: wordFor(t.designation.kinds, k) })) },
    { name: "document", label: t.notice.document, need: true, max: 120 },
    { name: "issuer", label: t.designation.issuer, need: true, max: 120 },
    ...(own ? [] : [{ name: "powers", label: t.designation.powers, kind: "multiple", extra: t.designation.powersHint, options: Object.entries(t.ledger.acts).map(([value, label]) => ({ value, label })) } as FormField<Draft>]),
    { name: "from", label: t.common.from, kind: "day", need: true },
    { name: "until", label: t.common.until, kind: "day", extra: t.designation.untilHint },
    { name: "paper", label: t.designation.paper, kind: "file" },
  ];
  return (
    <FormModal<Draft>
      title={own ? t.designation.follow : t.designation.record}
      lead={<p>{own ? t.designation.followLead : t.designation.recordLead}</p>}
      fields={fields}
      close={close}
      run={({ org: chosen, ...draft }) => post("/v1/organizations/{id}/designations", { path: { id: org ?? chosen ?? me.org ?? "" } }, draft)}
    />
  );
}

function useColumns(me: Me): Column<Designation>[] {
  const t = useText();
  const closed = useClosed();
  const ends = me.roles?.some((r) => recorders.includes(r));
  return [
    { key: "kind", title: t.designation.kind, width: 160, render: (d) => wordFor(t.designation.kinds, d.kind), value: (d) => wordFor(t.designation.kinds, d.kind) },
    { key: "document", title: t.notice.document, width: 150 },
    { key: "issuer", title: t.designation.issuer, width: 140 },
    {
      key: "powers",
      title: t.designation.powers,
      width: 90,
      render: (d) =>
        d.powers?.length ? (
          <Tooltip title={d.powers.map((p) => wordFor(t.ledger.acts, p)).join("、")}>
            <span tabIndex={0}>{t.designation.powersOf(d.powers.length)}</span>
          </Tooltip>
        ) : (
          t.common.none
        ),
      value: (d) => d.powers?.map((p) => wordFor(t.ledger.acts, p)).join("、"),
    },
    { key: "term", title: t.grant.term, width: 190, render: (d) => `${d.from} – ${d.until || t.law.open}`, value: (d) => `${d.from} ${d.until ?? ""}` },
    {
      key: "state",
      title: t.common.state,
      width: 110,
      render: (d) => (
        <Tooltip title={d.reason}>
          <Tag color={d.in_force ? "success" : undefined}>{d.in_force ? t.designation.holds : d.state === "ended" ? t.designation.ended : t.designation.outside}</Tag>
        </Tooltip>
      ),
      value: (d) => (d.in_force ? t.designation.holds : t.designation.ended),
    },
    {
      key: "act",
      title: t.common.actions,
      width: 90,
      render: (d) =>
        ends && (
          <ActButton
            size="small"
            dangerous
            state={closed("party.designation.end", d.state === "ended" && t.designation.alreadyEnded, d.kind === "reference" ? d.org !== me.org && t.designation.ownChoice : d.org === me.org && t.designation.notOwn)}
            label={t.designation.end}
            run={({ reason }) => post("/v1/designations/{id}/end", { path: { id: d.id } }, { reason: reason ?? "" })}
          />
        ),
    },
  ];
}

/** 指定和组成文件: by which paper each body acts as operator, as a member of the mechanism, or by a list of powers. */
export function Designations() {
  const t = useText();
  const me = useOutletContext<Me>();
  const columns = useColumns(me);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ResourceTable
        id="designations"
        endpoint="/v1/designations"
        rowKey="id"
        filters={[{ name: "kind", label: t.designation.kind, tabs: true, options: Object.entries(t.designation.kinds).map(([value, label]) => ({ value, label })) }]}
        actions={
          me.roles?.some((r) => authorities.includes(r)) && (
            <Button key="new" type="primary" onClick={() => setAsking(true)}>
              {t.designation.record}
            </Button>
          )
        }
        empty={{ title: t.designation.empty, hint: t.designation.emptyHint }}
        columns={[{ key: "org_name", title: t.common.org, render: (d) => <Link to={path.organization(d.org)}>{d.org_name}</Link>, value: (d) => d.org_name }, ...columns]}
      />
      {asking && <Record close={() => setAsking(false)} />}
    </>
  );
}

/** The papers of one body, in its file. */
export function DesignationsOf({ org, me }: { org: string; me: Me }) {
  const t = useText();
  const list = useItem("/v1/designations", { query: { org, limit: 100 } });
  const columns = useColumns(me);
  const [asking, setAsking] = useState(false);
  const own = me.org === org;
  const may = own ? me.roles?.includes("data-provider") || me.roles?.includes("platform-operator") : me.roles?.some((r) => authorities.includes(r));
  return (
    <>
      {may && (
        <Button type="primary" style={{ margin: "8px 0 12px" }} onClick={() => setAsking(true)}>
          {own ? t.designation.follow : t.designation.record}
        </Button>
      )}
      <FileTable list={list} width={980} empty={{ title: t.designation.empty, hint: t.designation.emptyHint }} columns={columns.map((c) => ({ key: c.key, title: c.title, width: c.width, dataIndex: c.key, render: c.render && ((_: unknown, d: Designation) => c.render?.(d)) }))} />
      {asking && <Record org={org} own={own} close={() => setAsking(false)} />}
    </>
  );
}
