import { PrinterOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link, useParams } from "react-router";
import { useItem } from "@/api/hooks";
import { useRegime } from "@/api/law";
import type { MatterFileOf, MatterStep } from "@/api/types";
import { useLawTitle } from "@/api/law";
import { useText, wordFor } from "@/text";
import { Loaded } from "@/ui/ProblemView";
import { fromBase64 } from "@/util/bytes";
import { minute } from "@/util/day";
import { paper } from "@/util/paper";
import { path } from "@/util/path";
import { withinWords } from "@/util/within";
import "./print.css";

/** A receipt says which entry it proves in the entry itself. */
function seqOf(entry: string): number | undefined {
  return (JSON.parse(new TextDecoder().decode(fromBase64(entry))) as { seq?: number }).seq;
}

function Step({ step }: { step: MatterStep }) {
  const t = useText();
  return (
    <section>
      <h3>
        {step.title}（{step.role_title}）
      </h3>
      <p>
        {wordFor(t.states, step.state)}
        {step.within && `，${t.procedure.within} ${withinWords(step.within, t)}`}
        {`，${t.cite.article} ${step.cite.law ? paper(step.cite.law) : ""}${step.cite.article}`}
        {step.skipped && `；${t.states.skipped}：${step.skipped.article}`}
      </p>
      {step.clocks?.length ? step.clocks.map((c, i) => <p key={i}>{c.explain}</p>) : step.deadline && <p>{step.deadline.explain}</p>}
      {step.draw && <p>{`${t.matter.drawHow(step.draw.method)} ${t.matter.seed} ${step.draw.seed}`}</p>}
      {step.opinions?.map((o) => (
        <blockquote key={o.account + o.at}>
          <b>{wordFor(t.outcomes, o.verdict)}</b>
          {o.reason}
          {step.checks?.map((c) => `；${c.title}：${o.checks?.[c.id] === undefined ? t.common.none : o.checks[c.id] ? t.matter.met : t.matter.unmet}`)}
          {o.excuse && `；${t.matter.excuseOf(o.excuse)}`}
          {o.corrected?.map((c) => `；${t.matter.correctedBy(c.name, minute(c.at))}${c.text}`)}
          <footer>
            {o.name} {minute(o.at)} {o.signature && t.matter.signed}
          </footer>
        </blockquote>
      ))}
    </section>
  );
}

function Whole({ file }: { file: MatterFileOf }) {
  const t = useText();
  const lawTitle = useLawTitle();
  const { matter } = file;
  return (
    <article className="print-file">
      <header>
        <h1>{matter.title}</h1>
        <p>
          {t.matter.printNumber} {matter.id}
        </p>
      </header>
      <table>
        <tbody>
          {[
            [t.matter.kind, file.kind_title],
            [t.matter.applicant, file.applicant_name],
            [t.matter.accepted, matter.day],
            [t.common.state, wordFor(t.states, matter.state)],
            [t.matter.law, matter.regimes?.map((r) => lawTitle(r)).join("、")],
          ].map(([k, v]) => (
            <tr key={k}>
              <th>{k}</th>
              <td>{v}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>{t.file.steps}</h2>
      {matter.steps?.map((s) => (
        <Step key={s.id} step={s} />
      ))}
      <h2>{t.file.documents}</h2>
      {file.rounds?.map((r) => (
        <section key={r.round}>
          {(file.rounds?.length ?? 0) > 1 && <h3>{t.matter.round(r.round)}</h3>}
          {r.documents?.map((d) => (
            <div key={d.kind + (d.digest ?? d.title)}>
              <h4>{paper(d.title)}</h4>
              {d.text && <p className="print-text">{d.text}</p>}
              {d.digest && <p className="print-code">{d.digest}</p>}
            </div>
          ))}
        </section>
      ))}
      <h2>{t.file.timeline}</h2>
      <table>
        <tbody>
          {matter.events?.map((e, i) => (
            <tr key={i}>
              <td>{minute(e.at)}</td>
              <td>{[wordFor(t.matter.events, e.what), matter.steps?.find((s) => s.id === e.step)?.title].filter(Boolean).join("：")}</td>
              <td>{e.who}</td>
              <td>
                {e.reason}
                {e.cite && `（${paper(e.cite.law)}${e.cite.article}）`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>{t.matter.printReceipts}</h2>
      <p>{t.matter.printReceiptsLead}</p>
      <table>
        <tbody>
          {file.entries?.map((e) => (
            <tr key={e.seq}>
              <td>#{e.seq}</td>
              <td>{wordFor(t.ledger.acts, e.act)}</td>
              <td>{minute(e.recorded)}</td>
              <td className="print-code">{file.receipts?.find((r) => seqOf(r.entry) === e.seq)?.checkpoint.split("\n")[2] ?? t.receipt.pending}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}

/** 整卷: the whole file on A4, with the place of every act in the ledger. */
export default function MatterPrint() {
  const t = useText();
  const { id = "" } = useParams();
  const today = useRegime().data?.today;
  const query = useItem("/v1/matters/{id}/file", { path: { id } });
  return (
    <Loaded query={query}>
      {(file) => (
        <>
          <div className="print-bar">
            <Link to={path.matter(id)}>{t.common.back}</Link>
            <span>{t.law.todayIs(today ?? "")}</span>
            <Button type="primary" icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
              {t.common.print}
            </Button>
          </div>
          <Whole file={file} />
        </>
      )}
    </Loaded>
  );
}
