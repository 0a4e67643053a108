import { useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage } from "@/ui/FilePage";
import { MatterStrip } from "@/ui/MatterStrip";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { PermitView } from "../release/Exact";
import { PermitState } from "./Permits";

/** One permit for exact figures: what it says word for word, where its decision stands, and its end before the term. */
export default function PermitFile() {
  const t = useText();
  const orgName = useOrgName();
  const { id = "" } = useParams();
  const query = useItem("/v1/statistics/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ permit, in_force, acts }) => (
        <FilePage
          trail={[{ title: t.scenario.title, to: path.scenarios() }, { title: permit.title, to: path.scenario(permit.scenario) }, { title: t.release.permit }]}
          title={`${t.release.permit}：${permit.title}`}
          lead={t.statistics.lead}
          state={<PermitState permit={permit} />}
          facts={[
            { label: t.statistics.applicant, value: orgName(permit.org) },
            { label: t.statistics.from, value: permit.from },
            { label: t.release.until, value: permit.until },
            { label: t.statistics.filed, value: minute(permit.opened) },
          ]}
          acts={acts
            ?.filter((o) => o.allowed || permit.state === "permitted")
            .map((o) => (
              <ActButton key={o.act} state={o} dangerous label={wordFor(t.ledger.acts, o.act)} run={({ reason = "" }) => post("/v1/statistics/{id}/end", { path: { id } }, { reason })} />
            ))}
          tabs={[
            {
              key: "content",
              label: t.file.content,
              content: (
                <>
                  <MatterStrip id={permit.matter} title={t.release.permit} />
                  <PermitView permit={permit} ended={permit.state === "permitted" ? !in_force : permit.state === "ended"} />
                </>
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
