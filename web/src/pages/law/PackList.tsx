import { Skeleton } from "antd";
import { Link } from "react-router";
import { useRegime } from "@/api/law";
import { useText } from "@/text";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import "./law.css";

export function PackList({ to }: { to: (pack: string) => string }) {
  const t = useText();
  const regime = useRegime();
  if (regime.error) return <ProblemPage problem={regime.error} retry={() => void regime.refetch()} />;
  if (!regime.data) return <Skeleton active />;
  if (!regime.data.packs?.length) return <EmptyState title={t.law.noPacks} />;
  return regime.data.packs.map((pack) => (
    <article key={pack.id} className="pack-card">
      <h3>
        <Link to={to(pack.id)}>{pack.title}</Link>
      </h3>
      <p>
        {[pack.issuer, pack.number, `${t.law.inForce} ${pack.from}`, t.law.ruleCount(pack.rules)].filter(Boolean).join(" · ")}
      </p>
    </article>
  ));
}
