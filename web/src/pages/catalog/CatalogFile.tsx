import { Alert, Descriptions, Table, Tag, Typography } from "antd";
import { useNavigate, useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useSession } from "@/api/session";
import type { CatalogField, Channel, Entry, Option } from "@/api/types";
import { useLanguage, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { ButtonLink } from "@/ui/ButtonLink";
import { FilePage } from "@/ui/FilePage";
import { Grade } from "@/ui/Grade";
import { Loaded } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { TraceView } from "@/ui/Trace";
import { dayWithWeekday, minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";
import { UseRecord } from "../trace/UseRecord";
import { DisclosureTab } from "./Disclosure";
import { Specials } from "./Specials";

function ChannelLine({ channel, names }: { channel?: Channel; names: Record<string, string> }) {
  if (!channel) return null;
  return (
    <>
      <Tag color={channel.access === "unconditional" ? "success" : channel.access === "conditional" ? "warning" : "default"}>{wordFor(names, channel.access)}</Tag>
      {channel.condition ?? channel.reason}
      {channel.basis && <Typography.Text type="secondary">（{channel.basis}）</Typography.Text>}
    </>
  );
}

/** What may be told apart: the code list, the bounds or the length. */
function Domain({ field }: { field: CatalogField }) {
  const t = useText();
  if (field.codes?.length) {
    return (
      <>
        {field.codes.slice(0, 6).map((c) => (
          <Tag key={c.value}>
            {c.value}
            {c.label && c.label !== c.value && ` ${c.label}`}
          </Tag>
        ))}
        {field.codes.length > 6 && t.catalog.moreCodes(field.codes.length)}
      </>
    );
  }
  if (field.select) return t.catalog.select;
  if (field.lo || field.hi) return `${field.lo} – ${field.hi}`;
  return field.max_length ? t.catalog.length(field.max_length) : null;
}

function Fields({ entry }: { entry: Entry }) {
  const t = useText();
  return (
    <Table<CatalogField>
      size="middle"
      rowKey="name"
      pagination={false}
      scroll={{ x: "max-content" }}
      dataSource={entry.fields ?? []}
      columns={[
        {
          title: t.common.fields,
          render: (_, f) => (
            <>
              {f.title}
              <Typography.Text type="secondary" style={{ display: "block", fontSize: 12 }}>
                {f.name}
              </Typography.Text>
            </>
          ),
        },
        { title: t.catalog.type, dataIndex: "type", width: 90, render: (v: string) => wordFor(t.catalog.types, v) },
        {
          title: t.catalog.grade,
          width: 190,
          render: (_, f) => (
            <>
              <Grade grade={f.grade} />
              {f.personal && !f.grade.sensitive && <Tag color="purple">{t.catalog.personal}</Tag>}
            </>
          ),
        },
        { title: t.catalog.role, width: 110, render: (_, f) => wordFor(t.catalog.roles, f.role || "never") },
        { title: t.catalog.domain, render: (_, f) => <Domain field={f} /> },
        { title: t.catalog.uses, render: (_, f) => f.uses?.map((u) => <Tag key={u}>{wordFor(t.catalog.useNames, u)}</Tag>) },
        { title: t.catalog.cells, width: 100, align: "end", render: (_, f) => f.cells || null },
      ]}
    />
  );
}

function Acts({ entry, acts }: { entry: Entry; acts: Option[] | null }) {
  const t = useText();
  const navigate = useNavigate();
  const params = { path: { id: entry.id } };
  const act = useAct((run: () => Promise<unknown>) => run());
  return acts?.map((o) => {
    switch (o.act) {
      case "catalog.draft":
        return <ActButton key={o.act} state={o} label={t.common.edit} run={async () => {}} onOpen={() => void navigate(path.catalogEdit(entry.id))} />;
      case "catalog.submit":
        return <ActButton key={o.act} state={o} primary label={t.catalog.submit} run={() => act.mutateAsync(() => post("/v1/catalog/{id}/submit", params))} />;
      case "catalog.publish":
        return <ActButton key={o.act} state={o} primary label={t.catalog.publish} run={() => act.mutateAsync(() => post("/v1/catalog/{id}/publish", params))} />;
      case "catalog.return":
        return <ActButton key={o.act} state={o} dangerous label={t.catalog.return} run={({ reason }) => act.mutateAsync(() => post("/v1/catalog/{id}/return", params, { opinion: reason ?? "" }))} />;
      default:
        return null;
    }
  });
}

export default function CatalogFile() {
  const t = useText();
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const me = useSession();
  const official = me?.roles?.some((r) => ["data-bureau", "platform-operator", "auditor"].includes(r));
  const inspects = official || me?.roles?.includes("regulator");
  const query = useItem("/v1/catalog/{id}", { path: { id } });
  const specials = useItem("/v1/catalog/{id}/specials", { path: { id } }, { enabled: query.data !== undefined && !query.data.entry.origin });
  return (
    <Loaded query={query}>
      {({ entry, grade, problems, acts, holder_name }) => (
        <FilePage
          trail={[{ title: t.shell.menuCatalog, to: path.catalog() }, { title: entry.title }]}
          title={entry.title}
          state={<StateTag state={entry.state} />}
          acts={
            <>
              {entry.published && !entry.origin && (inspects || me?.org === entry.holder) && <ButtonLink to={path.entryDecision(id)}>{t.decision.title}</ButtonLink>}
              <Acts entry={entry} acts={acts} />
            </>
          }
          facts={[
            { label: t.portal.holder, value: holder_name || entry.office },
            { label: t.catalog.grade, value: <Grade grade={grade} /> },
            { label: t.catalog.version, value: entry.version || undefined },
            { label: t.catalog.published, value: entry.published && dayWithWeekday(entry.published, language) },
            {
              label: t.portal.rowsLabel,
              value: entry.supply.snapshot
                ? `${t.common.rows(grouped(entry.supply.rows))}${entry.supply.subjects ? `，${t.catalog.subjects(grouped(entry.supply.subjects))}` : ""}`
                : t.catalog.noData,
            },
            { label: t.portal.updatedAt, value: entry.supply.snapshot && minute(entry.supply.at) },
          ]}
          banner={
            (entry.opinion || entry.origin || Boolean(problems?.length)) && (
              <div className="file-banner">
                {entry.origin && <Alert type="info" showIcon title={t.catalog.ofNode(entry.origin.name)} description={t.catalog.ofNodeHint} />}
                {entry.opinion && <Alert type="warning" showIcon title={t.catalog.returnedWith} description={entry.opinion} />}
                {Boolean(problems?.length) && (
                  <Alert
                    type="info"
                    showIcon
                    title={t.catalog.toMend(problems?.length ?? 0)}
                    description={
                      <ul className="problem-spots">
                        {problems?.map((p) => (
                          <li key={`${p.where}${p.message}`}>
                            {p.message} <Typography.Text type="secondary">{p.where}</Typography.Text>
                          </li>
                        ))}
                      </ul>
                    }
                  />
                )}
              </div>
            )
          }
          tabs={[
            { key: "fields", label: `${t.common.fields} ${entry.fields?.length ?? 0}`, content: <Fields entry={entry} /> },
            ...(specials.error || specials.data?.open?.length || specials.data?.items?.length ? [{ key: "special", label: `${t.special.title} ${specials.data?.items?.length ?? ""}`.trim(), content: <Specials entry={id} /> }] : []),
            ...(entry.unit && entry.published && (official || me?.org === entry.holder) ? [{ key: "disclosure", label: t.disclosure.title, content: <DisclosureTab resource={id} /> }] : []),
            ...(!entry.origin && (inspects || me?.org === entry.holder) ? [{ key: "life", label: t.trace.title, content: <TraceView endpoint="/v1/catalog/{id}/lifecycle" id={id} lead={t.trace.lifeLead} /> }, { key: "uses", label: t.uses.title, content: <UseRecord resource={id} reachable={(org) => Boolean(official) || (Boolean(org) && org === me?.org)} /> }] : []),
            {
              key: "about",
              label: t.catalog.about,
              content: (
                <Descriptions
                  bordered
                  size="middle"
                  column={{ xs: 1, lg: 2 }}
                  items={[
                    { label: t.catalog.code, children: entry.code ?? t.common.none },
                    { label: t.catalog.table, children: <code>{entry.table}</code> },
                    { label: t.catalog.summary, children: entry.summary, span: "filled" },
                    { label: t.catalog.share, children: <ChannelLine channel={entry.share} names={t.catalog.shareAccess} />, span: "filled" },
                    { label: t.catalog.open, children: <ChannelLine channel={entry.open} names={t.catalog.access} />, span: "filled" },
                    { label: t.catalog.operate, children: <ChannelLine channel={entry.operate} names={t.catalog.operateAccess} />, span: "filled" },
                    { label: t.catalog.unit, children: wordFor(t.catalog.units, entry.unit || "none") },
                    { label: t.portal.cycle, children: wordFor(t.catalog.cycles, entry.cycle) },
                    ...(entry.series_item ? [{ label: t.catalog.series, children: <code>{entry.series_item}</code> }] : []),
                    { label: t.catalog.system, children: entry.system },
                    { label: t.catalog.gradeBasis, children: entry.grade_basis },
                    { label: t.portal.source, children: entry.source, span: "filled" },
                    { label: t.portal.license, children: entry.licence },
                    ...(entry.returned ? [{ label: t.catalog.fromProvince, children: t.common.yes }] : []),
                  ]}
                />
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
