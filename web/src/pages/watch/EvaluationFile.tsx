import { Alert, Descriptions, Tag, Typography } from "antd";
import { Link, useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { Evidence, FileActs } from "./files";

/** One evaluation: what was concluded beside what the platform counted itself, and who confirmed it. */
export default function EvaluationFile() {
  const t = useText();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const query = useItem("/v1/evaluations/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ evaluation: e, acts }) => {
        const title = `${orgName(e.org)} · ${t.watch.evaluationOf(wordFor(t.watch.permitKinds, e.kind))}`;
        const i = e.indicators;
        const figures: [string, number | undefined][] = [
          [t.watch.calls, i.calls],
          [t.watch.exports, i.exports],
          [t.watch.runs, i.runs],
          [t.org.breaches, i.breaches],
          [t.watch.orders, i.orders],
          [t.watch.lateReports, i.overdue_reports],
          [t.org.upheldComplaints, i.complaints],
        ];
        return (
          <FilePage
            trail={[{ title: t.watch.evaluations, to: `${path.watch()}?tab=evaluations` }, { title }]}
            title={title}
            state={
              <>
                <Tag color={e.result === "pass" ? "success" : "error"}>{wordFor(t.watch.results, e.result)}</Tag>
                {wordFor(t.watch.evaluationStates, e.state)}
              </>
            }
            facts={[
              { label: t.watch.period, value: `${e.from} – ${e.until}` },
              { label: t.watch.score, value: e.score ? t.watch.points(e.score) : undefined },
              { label: t.watch.evaluator, value: orgName(e.evaluator) },
              { label: t.watch.measuresOf, value: e.measures },
              { label: t.watch.concludedOn, value: e.day },
              { label: t.watch.confirmedAt, value: e.confirmed && minute(e.confirmed) },
              { label: t.watch.exits, value: e.exit && <Link to={path.exit(e.exit)}>{t.common.view}</Link> },
            ]}
            acts={
              <FileActs
                acts={acts}
                asks={{
                  "watch.evaluate.confirm": {
                    fields: [
                      { name: "agree", label: t.matter.outcome, kind: "select", need: true, options: [{ value: "yes", label: t.watch.evaluationStates.confirmed }, { value: "no", label: t.watch.evaluationStates.rejected }] },
                      { name: "opinion", label: t.watch.opinion, kind: "area", extra: t.watch.rejectHint },
                    ],
                    run: ({ agree, opinion }) => post("/v1/evaluations/{id}/confirm", { path: { id } }, { agree: String(agree) === "yes", opinion }),
                  },
                }}
              />
            }
            banner={
              e.state === "concluded" ? (
                <div className="file-banner">
                  <Alert type="info" showIcon title={t.watch.countsOnce} />
                </div>
              ) : undefined
            }
            tabs={[
              {
                key: "reason",
                label: t.file.content,
                content: (
                  <>
                    <Typography.Paragraph className="document-text">{e.reason}</Typography.Paragraph>
                    {e.opinion && <Typography.Paragraph className="cite-meaning">{e.opinion}</Typography.Paragraph>}
                  </>
                ),
              },
              {
                key: "figures",
                label: t.watch.indicators,
                content: (
                  <>
                    <Typography.Paragraph type="secondary">{t.watch.indicatorsLead}</Typography.Paragraph>
                    <Descriptions bordered size="small" column={{ xs: 1, md: 2 }} items={figures.map(([label, n]) => ({ key: label, label, children: t.watch.times(n ?? 0) }))} />
                  </>
                ),
              },
              { key: "evidence", label: t.org.evidence, content: <Evidence digests={e.evidence} /> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
