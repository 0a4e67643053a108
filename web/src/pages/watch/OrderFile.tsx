import { Alert, Typography } from "antd";
import { Link, useParams } from "react-router";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText, wordFor } from "@/text";
import { Deadline } from "@/ui/Deadline";
import { FilePage } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { Evidence, FileActs, orderActs, Reported } from "./files";

/** 责令整改 and other orders: what was found, what it closed, by when, what was done about it. */
export default function OrderFile() {
  const t = useText();
  const { id = "" } = useParams();
  const orgName = useOrgName();
  const query = useItem("/v1/orders/{id}", { path: { id } });
  return (
    <Loaded query={query}>
      {({ order: o, acts }) => {
        const title = `${orgName(o.org)} · ${wordFor(t.watch.measures, o.measure)}`;
        const over = ["accepted", "revoked", "failed"].includes(o.state);
        return (
          <FilePage
            trail={[{ title: t.shell.menuWatch, to: path.watch() }, { title }]}
            title={title}
            state={wordFor(t.watch.orderStates, o.state)}
            clock={o.due && <Deadline closed={over} value={{ due: o.due, explain: o.explain }} />}
            facts={[
              { label: t.watch.ground, value: wordFor(t.watch.grounds, o.ground) },
              { label: t.watch.basis, value: o.basis },
              { label: t.cite.article, value: o.article },
              { label: t.watch.issuer, value: orgName(o.issuer) },
              { label: t.watch.issuedOn, value: o.issued },
              { label: t.watch.receivedOn, value: o.received && minute(o.received) },
              { label: t.watch.exits, value: o.exit && <Link to={path.exit(o.exit)}>{t.common.view}</Link> },
            ]}
            acts={<FileActs acts={acts} asks={orderActs(id, t)} />}
            banner={
              o.closed && o.state !== "accepted" && o.state !== "revoked" ? (
                <div className="file-banner">
                  <Alert type="error" showIcon title={t.watch.accessClosedNow} />
                </div>
              ) : undefined
            }
            tabs={[
              {
                key: "reason",
                label: t.file.content,
                content: (
                  <>
                    <Typography.Paragraph className="document-text">{o.reason}</Typography.Paragraph>
                    {o.opinion && <Typography.Paragraph className="cite-meaning">{o.opinion}</Typography.Paragraph>}
                  </>
                ),
              },
              { key: "reports", label: `${t.watch.rectified} ${o.reports?.length ?? 0}`, content: <Reported reports={o.reports} /> },
              { key: "evidence", label: t.org.evidence, content: <Evidence digests={o.evidence} /> },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
