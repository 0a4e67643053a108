import { CodeOutlined } from "@ant-design/icons";
import { Button, Flex } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useList } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useSession } from "@/api/session";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { GovernanceBooks } from "./Governance";

export default function LabList() {
  const t = useText();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const wanted = search.get("scenario");
  const scenarios = useList("/v1/scenarios");
  const spaces = useList("/v1/spaces");
  const me = useSession();
  const orgName = useOrgName();
  const open = useAct(
    (scenario: string) => post("/v1/scenarios/{id}/space", { path: { id: scenario } }),
    (space) => void navigate(path.space(space.id)),
  );
  const user = Boolean(me?.roles?.includes("data-user"));
  // A provider has scenarios of its own only ahead of demand; its other spaces are those in which it has a seat.
  const ready = scenarios.items?.filter((s) => s.permit && s.org === me?.org && (user || s.plan.ahead) && (!wanted || s.id === wanted)) ?? [];
  const seats = user ? [] : (spaces.items ?? []).filter((sp) => !ready.some((s) => s.id === sp.scenario));
  return (
    <>
      <PageHead title={t.shell.menuLab} lead={t.lab.lead} />
      {(scenarios.problem ?? spaces.problem) && <ProblemView problem={scenarios.problem ?? spaces.problem} />}
      {open.error && <ProblemView problem={open.error} />}
      {user && scenarios.items && ready.length === 0 && (
        <Panel>
          <EmptyState
            title={t.lab.empty}
            hint={t.lab.emptyHint}
            action={
              <ButtonLink to={path.scenarioNew()} type="primary">{t.scenario.create}</ButtonLink>
            }
          />
        </Panel>
      )}
      {seats.map((sp) => (
        <Panel
          key={sp.id}
          title={
            <>
              {orgName(sp.org)} <StateTag state={sp.state === "closed" ? "closed" : "open"} />
            </>
          }
          extra={
            <Flex gap={8}>
              {me?.roles?.includes("third-party-provider") && (
                <ButtonLink to={path.space(sp.id)} type="primary">{t.lab.open}</ButtonLink>
              )}
              <ButtonLink to={path.spaceRecord(sp.id)}>{t.space.record(sp.id.slice(-6))}</ButtonLink>
            </Flex>
          }
        >
          {t.lab.since(minute(sp.opened))}
        </Panel>
      ))}
      {!user && spaces.items?.length === 0 && ready.length === 0 && (
        <Panel>
          <EmptyState title={t.lab.empty} />
        </Panel>
      )}
      {ready.map((s) => {
        const space = spaces.items?.find((x) => x.scenario === s.id);
        return (
          <Panel
            key={s.id}
            title={
              <>
                {s.plan.title} <StateTag state={s.state} />
              </>
            }
            extra={
              space && space.state !== "closed" ? (
                <Flex gap={8}>
                  <ButtonLink to={path.spaceRecord(space.id)}>{t.space.record("").replace(/[：:]\s*$/, "")}</ButtonLink>
                  <ButtonLink to={path.space(space.id)} type="primary" icon={<CodeOutlined aria-hidden />}>
                    {t.lab.open}
                  </ButtonLink>
                </Flex>
              ) : (
                <Button type="primary" loading={open.isPending} onClick={() => open.mutate(s.id)}>
                  {t.lab.openSpace}
                </Button>
              )
            }
          >
            {s.plan.purpose}
            {space && <div style={{ color: "#5b6678", marginTop: 4 }}>{t.lab.since(minute(space.opened))}</div>}
          </Panel>
        );
      })}
      <GovernanceBooks />
    </>
  );
}
