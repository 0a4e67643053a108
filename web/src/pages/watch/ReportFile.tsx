import { Alert, Table, Typography } from "antd";
import { useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { DocumentList } from "@/ui/DocumentList";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { path } from "@/util/path";
import { FileActs } from "./files";

/** One report: what its author states beside what the platform metered itself. */
export default function ReportFile() {
  const t = useText();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const query = useItem("/v1/reports/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ report: r, acts, differs }) => {
        const title = `${orgName(r.org)} · ${wordFor(t.watch.reportKinds, r.kind)}`;
        return (
          <FilePage
            trail={[{ title: t.watch.reports, to: `${path.watch()}?tab=reports` }, { title }]}
            title={title}
            state={wordFor(t.watch.reportStates, r.state)}
            clock={<Deadline closed={r.state === "accepted" || r.state === "filed"} value={{ due: r.due, explain: r.explain }} />}
            facts={[
              { label: t.watch.period, value: `${r.from} – ${r.until}` },
              { label: t.watch.to, value: wordFor(t.roles, r.to) },
              { label: t.org.filedOn, value: r.filed_on },
              { label: t.watch.opinion, value: r.opinion },
            ]}
            acts={
              <FileActs
                acts={acts}
                asks={{
                  "watch.report.review": {
                    fields: [
                      { name: "accept", label: t.matter.outcome, kind: "select", need: true, options: [{ value: "yes", label: t.watch.reportStates.accepted }, { value: "no", label: t.watch.reportStates.returned }] },
                      { name: "opinion", label: t.watch.opinion, kind: "area" },
                    ],
                    run: ({ accept, opinion }) => post("/v1/reports/{id}/review", { path: { id } }, { accept: String(accept) === "yes", opinion }),
                  },
                }}
              />
            }
            banner={differs ? <div className="file-banner"><Alert type="warning" showIcon title={t.watch.differs} /></div> : undefined}
            tabs={[
              { key: "text", label: t.file.content, content: <Typography.Paragraph className="document-text">{r.text ?? t.matter.waiting}</Typography.Paragraph> },
              {
                key: "figures",
                label: t.watch.figures,
                content: (
                  <Table
                    size="small"
                    rowKey="who"
                    pagination={false}
                    dataSource={[
                      { who: t.watch.stated, figures: r.stated },
                      { who: t.watch.metered, figures: r.metered },
                    ]}
                    columns={[
                      { title: "", dataIndex: "who" },
                      { title: t.watch.calls, align: "end", render: (_, x) => x.figures?.calls ?? t.common.none },
                      { title: t.watch.exports, align: "end", render: (_, x) => x.figures?.exports ?? t.common.none },
                      { title: t.watch.runs, align: "end", render: (_, x) => x.figures?.runs ?? t.common.none },
                    ]}
                  />
                ),
              },
              { key: "documents", label: t.file.documents, content: <DocumentList documents={r.documents ?? []} /> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
