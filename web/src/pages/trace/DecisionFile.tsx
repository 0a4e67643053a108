import { PrinterOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link, useLocation, useParams } from "react-router";
import { useItem } from "@/api/hooks";
import type { DecisionOf } from "@/api/types";
import { useText, type Words, wordFor } from "@/text";
import { Loaded } from "@/ui/ProblemView";
import { Receipt } from "@/ui/Receipt";
import { minute } from "@/util/day";
import { paper } from "@/util/paper";
import { path } from "@/util/path";
import { actName } from "../ledger/names";
import "../matter/print.css";

function Rows({ rows }: { rows: [string, React.ReactNode][] }) {
  return (
    <table>
      <tbody>
        {rows.map(([k, v]) => (
          <tr key={k}>
            <th>{k}</th>
            <td>{v}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was decided on, in the words of the decision's own day. */
function Content({ file, t }: { file: DecisionOf; t: Words }) {
  const { entry, matter } = file;
  if (entry) {
    const channel = (c: typeof entry.open, names: Record<string, string>) => [wordFor(names, c?.access), c?.condition ?? c?.reason, c?.basis].filter(Boolean).join("，");
    return (
      <Rows
        rows={[
          [t.catalog.summary, entry.summary],
          [t.catalog.share, channel(entry.share, t.catalog.shareAccess)],
          [t.catalog.open, channel(entry.open, t.catalog.access)],
          [t.catalog.operate, channel(entry.operate, t.catalog.operateAccess)],
          [t.catalog.gradeBasis, entry.grade_basis],
          [t.common.fields, entry.fields?.map((f) => f.title).join("、")],
        ]}
      />
    );
  }
  return (
    <Rows
      rows={[
        [t.common.state, wordFor(t.states, matter?.state)],
        [t.matter.accepted, matter?.day],
        [t.file.steps, matter?.steps?.map((s) => `${s.title}（${s.cite.law ? paper(s.cite.law) : ""}${s.cite.article}）`).join("、")],
        [t.file.documents, matter?.documents?.map((d) => d.title).join("、")],
      ]}
    />
  );
}

/** 决策卷: a decision as it stood when it was taken, on A4. */
export default function DecisionFile() {
  const t = useText();
  const { id = "" } = useParams();
  const of = useLocation().pathname.startsWith("/catalog") ? "catalog" : "matter";
  const query = useItem(of === "catalog" ? "/v1/catalog/{id}/decision" : "/v1/matters/{id}/decision", { path: { id } });
  const back = of === "catalog" ? path.catalogEntry(id) : path.matter(id);
  return (
    <Loaded query={query}>
      {(file) => (
        <>
          <div className="print-bar">
            <Link to={back}>{t.common.back}</Link>
            <Receipt seq={file.seq} />
            <Button type="primary" icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
              {t.common.print}
            </Button>
          </div>
          <article className="print-file">
            <header>
              <h1>
                {t.decision.title}：{file.title}
              </h1>
              <p>{t.decision.lead}</p>
            </header>
            <Rows
              rows={[
                [t.decision.act, actName(t, file.act)],
                [t.decision.occurred, file.occurred],
                [t.decision.recorded, minute(file.at)],
                [t.decision.place, `#${file.seq}`],
              ]}
            />
            <h2>{t.decision.content}</h2>
            <Content file={file} t={t} />
            <h2>{t.decision.participants}</h2>
            <table aria-label={t.decision.participants}>
              <thead>
                <tr>
                  {[t.decision.recorded, t.decision.act, t.decision.person, t.decision.opinion, t.decision.place].map((h) => (
                    <th key={h}>{h}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {file.participants?.map((p) => (
                  <tr key={p.seq}>
                    <td>{minute(p.at)}</td>
                    <td>{[actName(t, p.act), p.step].filter(Boolean).join("：")}</td>
                    <td>{[p.org_name, p.name || (p.account === "platform" ? t.decision.platform : p.account)].filter(Boolean).join(" · ")}</td>
                    <td>{[p.verdict && wordFor(t.outcomes, p.verdict), p.opinion].filter(Boolean).join("：")}</td>
                    <td>#{p.seq}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <h2>{t.decision.basis}</h2>
            {file.basis?.map((b) => (
              <section key={b.pack + b.rule}>
                <h3>
                  {b.title}（{wordFor(t.law.outcomes, b.outcome)}）
                </h3>
                <p>
                  {paper(b.law)} {b.cite.article}：“{b.cite.quote}”
                </p>
                {b.values?.map((v) => (
                  <p key={v.name}>
                    {v.title}：{v.value} {wordFor(t.decision.units, v.unit)}
                  </p>
                ))}
                {b.text && <blockquote style={{ whiteSpace: "pre-wrap" }}>{b.text}</blockquote>}
              </section>
            ))}
            <h2>{t.decision.packs}</h2>
            <table>
              <tbody>
                {file.packs?.map((p) => (
                  <tr key={p.name}>
                    <td>{paper(p.title)}</td>
                    <td className="print-code">{p.name}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </article>
        </>
      )}
    </Loaded>
  );
}
