import { Typography } from "antd";
import { useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { Evidence, FileActs } from "./files";

export default function ComplaintFile() {
  const t = useText();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const query = useItem("/v1/complaints/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ complaint: c, acts }) => {
        const title = t.watch.complaintOf(orgName(c.accused));
        return (
          <FilePage
            trail={[{ title: t.watch.complaints, to: `${path.watch()}?tab=complaints` }, { title }]}
            title={title}
            state={wordFor(t.watch.complaintStates, c.state)}
            clock={c.due && <Deadline closed={c.state !== "filed"} value={{ due: c.due, explain: c.explain }} />}
            facts={[
              { label: t.common.code, value: c.number },
              { label: t.watch.topic, value: wordFor(t.watch.topics, c.topic) },
              { label: t.watch.to, value: wordFor(t.roles, c.to) },
              { label: t.common.created, value: minute(c.opened) },
            ]}
            acts={
              <FileActs
                acts={acts}
                asks={{
                  "watch.complaint.withdraw": { run: () => post("/v1/complaints/{id}/withdraw", { path: { id } }) },
                  "watch.complaint.decide": {
                    fields: [
                      { name: "upheld", label: t.matter.outcome, kind: "select", need: true, options: [{ value: "yes", label: t.watch.complaintStates.upheld }, { value: "no", label: t.watch.complaintStates.rejected }] },
                      { name: "reply", label: t.matter.reply, kind: "area", need: true },
                      { name: "proof", label: t.org.evidence, kind: "files" },
                    ],
                    run: ({ upheld, reply = "", proof }) => post("/v1/complaints/{id}/decide", { path: { id } }, { upheld: String(upheld) === "yes", reply, proof }),
                  },
                }}
              />
            }
            tabs={[
              { key: "text", label: t.watch.facts, content: <Typography.Paragraph className="document-text">{c.text}</Typography.Paragraph> },
              { key: "reply", label: t.matter.reply, content: <Typography.Paragraph className="document-text">{c.reply ?? t.matter.waiting}</Typography.Paragraph> },
              { key: "evidence", label: t.org.evidence, content: <Evidence digests={[...(c.evidence ?? []), ...(c.proof ?? [])]} /> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
