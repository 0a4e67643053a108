import { Segmented } from "antd";
import { Link, useNavigate, useOutletContext, useSearchParams } from "react-router";
import { useList } from "@/api/hooks";
import type { Me } from "@/api/types";
import { useText } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { PageHead, Panel } from "@/ui/FilePage";
import { MatterStrip } from "@/ui/MatterStrip";
import { ProblemView } from "@/ui/ProblemView";
import { ResourceTable, type Column } from "@/ui/ResourceTable";
import type { ProviderPage } from "@/api/types";
import { dayOf } from "@/util/day";
import { path } from "@/util/path";
import { useClosed } from "../account/closed";
import { Commissions } from "./Commissions";
import { Disclaimer, keepsRegister, ProviderState, Services, servicesText, useOfferKinds } from "./parts";

/** Where the evaluation of one's own organization stands. */
function Own({ me }: { me: Me }) {
  const t = useText();
  const closed = useClosed();
  const matters = useList("/v1/matters", { query: { kind: "party.provider" } });
  const own = (matters.items ?? []).filter((m) => m.applicant === me.org);
  const may = me.roles?.some((r) => r === "third-party-provider" || r === "applicant-org");
  if (!may && own.length === 0) return null;
  const stands = own.some((m) => m.state !== "refused" && m.state !== "rejected" && m.state !== "withdrawn");
  return (
    <Panel
      title={t.provider.myApplications}
      extra={<ActButton primary state={closed("party.provider.apply", !may && t.provider.applyOnly, stands && t.provider.already)} label={t.provider.apply} to={path.providerApply()} run={async () => {}} />}
    >
      {matters.problem && <ProblemView problem={matters.problem} />}
      {own.length === 0 && !matters.loading && !matters.problem && <span style={{ color: "#5b6678" }}>{t.provider.noApplications}</span>}
      {own.map((m) => (
        <MatterStrip key={m.id} id={m.id} />
      ))}
    </Panel>
  );
}

/** 第三方服务商: the directory for who may choose, the register for who evaluates and supervises. */
export default function ProviderList() {
  const t = useText();
  const me = useOutletContext<Me>();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const office = keepsRegister(me);
  const { words } = useOfferKinds();
  const view = search.get("view") ?? (office ? "register" : "directory");
  const columns: Column<ProviderPage>[] = [
    { key: "name", title: t.provider.name, render: (p) => <b style={{ fontWeight: 500 }}>{p.name}</b> },
    { key: "services", title: t.provider.services, render: (p) => <Services provider={p.provider} />, value: (p) => servicesText(words, p) },
    { key: "evaluated", title: t.provider.evaluated, width: 120, render: (p) => (p.provider.evaluated ? dayOf(p.provider.evaluated) : t.common.none), value: (p) => p.provider.evaluated },
    { key: "published", title: t.provider.published, width: 120, render: (p) => (p.provider.published ? dayOf(p.provider.published) : t.common.none), value: (p) => p.provider.published },
  ];
  const more: Column<ProviderPage>[] = [
    { key: "reported", title: t.provider.reported, width: 190, render: (p) => (p.provider.reported ? `${p.provider.reported.number} ${p.provider.reported.day}` : t.provider.notReported), value: (p) => p.provider.reported?.number },
    { key: "complaints", title: t.provider.complaints, width: 80, align: "end", render: (p) => p.complaints?.length ?? 0, value: (p) => p.complaints?.length },
    { key: "state", title: t.common.state, width: 110, render: (p) => <ProviderState state={p.provider.state} />, value: (p) => p.provider.state },
  ];
  const views = (
    <Segmented
      aria-label={t.common.view}
      value={view}
      onChange={(v) => setSearch({ view: v }, { replace: true })}
      options={[
        ...(office ? [{ value: "register", label: t.provider.register }] : []),
        { value: "directory", label: t.provider.directoryShort },
        { value: "commissions", label: t.provider.commissions },
      ]}
    />
  );
  const open = (p: ProviderPage) => void navigate(path.provider(p.provider.id));
  return (
    <>
      <PageHead title={t.shell.menuProviders} lead={office ? t.provider.officeLead : t.provider.lead} extra={<Link to={path.providers()}>{t.provider.directory}</Link>} />
      {!office && <Disclaimer />}
      {me.org && <Own me={me} />}
      <div style={{ marginBottom: 12 }}>{views}</div>
      {view === "commissions" ? (
        <Commissions />
      ) : view === "register" && office ? (
        <ResourceTable id="provider-register" endpoint="/v1/providers/register" rowKey="name" empty={{ title: t.provider.noRegister, hint: t.provider.noRegisterHint }} onRow={open} columns={[...columns, ...more]} />
      ) : (
        <ResourceTable id="providers" endpoint="/v1/providers" rowKey="name" empty={{ title: t.provider.none, hint: t.provider.noneHint }} onRow={open} columns={columns} />
      )}
    </>
  );
}
