import { Typography } from "antd";
import { useState } from "react";
import { useOutletContext, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me, Spot } from "@/api/types";
import { useText } from "@/text";
import { FilePage, Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { SpotTable } from "./SpotTable";

/** One draw of consent files: how it was drawn, so that anybody repeats it, and a result for each file. */
export default function DrawFile() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { id = "" } = useParams();
  const query = useItem("/v1/consent-draws/{id}", { path: { id } });
  const [checking, setChecking] = useState<Spot>();
  const operator = me.roles?.includes("platform-operator");
  const choice = (yes: string, no: string) => [
    { value: "yes", label: yes },
    { value: "no", label: no },
  ];
  return (
    <Loaded query={query}>
      {({ draw, spots, population }) => (
        <>
          <FilePage
            trail={[{ title: t.shell.menuCalls, to: path.consentDraws() }, { title: minute(draw.at) }]}
            title={t.consent.drawOf(minute(draw.at))}
            code={draw.id}
            lead={t.consent.drawLead}
            facts={[
              { label: t.consent.of, value: draw.of },
              { label: t.consent.rate, value: `${draw.rate / 10}%` },
              { label: t.consent.drawnCount, value: draw.drawn },
              { label: t.consent.done, value: `${spots?.filter((s) => s.compliant !== undefined).length ?? 0} / ${draw.drawn}` },
            ]}
            tabs={[
              { key: "spots", label: t.consent.checks, content: <Panel flush><SpotTable spots={spots ?? []} onCheck={operator ? setChecking : undefined} /></Panel> },
              {
                key: "how",
                label: t.consent.how,
                content: (
                  <Panel>
                    <Typography.Paragraph>{t.matter.drawHow(draw.method)}</Typography.Paragraph>
                    <Typography.Paragraph>
                      {t.matter.seed} <Typography.Text code copyable>{draw.seed}</Typography.Text>
                    </Typography.Paragraph>
                    <Typography.Paragraph>
                      {t.consent.listDigest} <Typography.Text code copyable>{draw.digest}</Typography.Text>
                    </Typography.Paragraph>
                    <Typography.Paragraph copyable={{ text: `${population?.join("\n")}\n` }}>{t.consent.population(population?.length ?? 0)}</Typography.Paragraph>
                  </Panel>
                ),
              },
            ]}
          />
          {checking && (
            <FormModal<{ compliant: string; valid: string; note: string }>
              title={t.consent.recordOf(checking.number)}
              close={() => setChecking(undefined)}
              run={(v) =>
                post("/v1/consent-draws/{id}/consents/{consent}", { path: { id, consent: checking.consent } }, { compliant: v.compliant === "yes", valid: v.valid === "yes", note: v.note })
              }
              fields={[
                { name: "compliant", label: t.consent.compliance, kind: "select", need: true, options: choice(t.consent.compliant, t.consent.notCompliant), extra: t.consent.complianceHint },
                { name: "valid", label: t.consent.validity, kind: "select", need: true, options: choice(t.my.standings.valid ?? "", t.consent.notValid), extra: t.consent.validityHint },
                { name: "note", label: t.consent.note, kind: "area", need: true, max: 1000, extra: t.consent.noteHint },
              ]}
            />
          )}
        </>
      )}
    </Loaded>
  );
}
