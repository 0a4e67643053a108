import { Tag, Typography } from "antd";
import type { PackInfo } from "@/api/types";
import { useLanguage, useText, wordFor } from "@/text";
import { FilePage } from "@/ui/FilePage";
import { ProblemView } from "@/ui/ProblemView";
import { dayWithWeekday } from "@/util/day";
import { Articles } from "./Articles";
import { Coverage } from "./Coverage";
import { useLawBook } from "./data";
import { LawTimeline } from "./LawTimeline";
import { Matrix } from "./Matrix";
import { Procedures } from "./Procedures";
import { RuleDrawer } from "./RuleDrawer";
import { RuleList } from "./RuleList";
import { ValueList } from "./ValueList";
import "./law.css";

/** One regulation as the platform runs it. */
export function PackView({ pack, trail }: { pack: PackInfo; trail: { title: string; to?: string }[] }) {
  const t = useText();
  const { language } = useLanguage();
  const book = useLawBook(pack.id);
  const mine = book.rules.filter((r) => r.pack === pack.id);
  const until = pack.until || pack.trial_until;
  const counted = (label: string, n: number | undefined) => (n ? `${label} ${n}` : label);
  return (
    <>
      <FilePage
        trail={trail}
        title={pack.title}
        state={<Tag color="blue">{wordFor(t.law.status, pack.status)}</Tag>}
        facts={[
          { label: t.law.issuer, value: pack.issuer },
          { label: t.law.issued, value: pack.issued && dayWithWeekday(pack.issued, language) },
          { label: t.law.inForce, value: `${pack.from}${until ? ` ${t.law.until} ${until}` : ""}` },
          { label: t.law.digest, value: <Typography.Text copyable={{ text: pack.digest }}>{pack.digest.slice(0, 18)}…</Typography.Text> },
        ]}
        banner={book.problem ? <ProblemView problem={book.problem} /> : undefined}
        tabs={[
          { key: "articles", label: t.law.articles, content: <Articles pack={pack} /> },
          {
            key: "procedures",
            label: counted(t.law.procedures, book.procedures.filter((p) => p.pack === pack.id).length),
            content: <Procedures procedures={book.procedures} pack={pack} pending={book.pending} />,
          },
          { key: "rules", label: counted(t.law.rules, mine.length), content: <RuleList rules={book.rules} pack={pack} loading={book.pending} /> },
          { key: "values", label: counted(t.law.values, book.values.filter((v) => v.pack === pack.id).length), content: <ValueList values={book.values} rules={book.rules} pack={pack} loading={book.pending} /> },
          { key: "coverage", label: counted(t.law.coverage, book.coverage?.total), content: <Coverage coverage={book.coverage} rules={book.rules} pack={pack} loading={book.pending} /> },
          { key: "matrix", label: t.law.matrix, content: <Matrix pack={pack} /> },
          { key: "time", label: t.law.timeline, content: <LawTimeline packs={[pack]} rules={book.rules} values={book.values} /> },
        ]}
      />
      <RuleDrawer rules={book.rules} pack={pack} />
    </>
  );
}
