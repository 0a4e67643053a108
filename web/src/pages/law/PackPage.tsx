import { useRegime } from "@/api/law";
import { Problem } from "@/api/problem";
import { Loaded, ProblemPage } from "@/ui/ProblemView";
import { PackView } from "./PackView";

export function PackPage({ id, trail }: { id: string; trail: { title: string; to: string } }) {
  const regime = useRegime();
  return (
    <Loaded query={regime}>
      {(data) => {
        const pack = data.packs?.find((p) => p.id === id);
        if (!pack) return <ProblemPage problem={new Problem({ code: "not_found" }, 404)} />;
        return <PackView pack={pack} trail={[trail, { title: pack.title }]} />;
      }}
    </Loaded>
  );
}
