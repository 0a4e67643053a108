import { useText, wordFor } from "@/text";
import "./lineage.css";

export interface LineageSource {
  table: string;
  column: string;
  grade?: string;
  use?: string;
}

export interface LineageOutput {
  name: string;
  class?: string;
  sources: LineageSource[];
}

const row = 34;
const wide = { width: 720, box: 250 };
const narrow = { width: 340, box: 138 };

/** From the source fields on the left to the outputs on the right, one line for each use. Drawn as SVG: a reader can search and copy it. */
export function LineageGraph({ outputs, compact }: { outputs: LineageOutput[]; compact?: boolean }) {
  const { width, box } = compact ? narrow : wide;
  const t = useText();
  const sources = new Map<string, LineageSource>();
  for (const o of outputs) for (const s of o.sources) sources.set(`${s.table}.${s.column}`, s);
  const left = [...sources.entries()].sort(([a], [b]) => a.localeCompare(b));
  const height = Math.max(left.length, outputs.length) * row + 8;
  const offset = (n: number) => (height - n * row) / 2;
  const y = new Map(left.map(([key], i) => [key, offset(left.length) + i * row + row / 2]));
  return (
    <svg className="lineage" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t.lab.lineage}>
      {outputs.map((o, i) => {
        const y2 = offset(outputs.length) + i * row + row / 2;
        return o.sources.map((s) => {
          const y1 = y.get(`${s.table}.${s.column}`) ?? 0;
          return (
            <path
              key={`${o.name}-${s.table}-${s.column}-${s.use}`}
              className={`lineage-edge use-${s.use ?? "value"}`}
              d={`M${box},${y1} C${width / 2},${y1} ${width / 2},${y2} ${width - box},${y2}`}
            >
              <title>{`${s.table}.${s.column} → ${o.name} (${wordFor(t.lab.uses, s.use)})`}</title>
            </path>
          );
        });
      })}
      {left.map(([key, s]) => (
        <g key={key} transform={`translate(0 ${(y.get(key) ?? 0) - 13})`}>
          <rect width={box} height={26} rx={3} className="lineage-source" />
          <text x={10} y={17}>
            {compact ? s.column : key}
          </text>
          {s.grade && !compact && (
            <text x={box - 10} y={17} textAnchor="end" className="lineage-note">
              {wordFor(t.grades, s.grade)}
            </text>
          )}
        </g>
      ))}
      {outputs.map((o, i) => (
        <g key={o.name} transform={`translate(${width - box} ${offset(outputs.length) + i * row + row / 2 - 13})`}>
          <rect width={box} height={26} rx={3} className="lineage-output" />
          <text x={10} y={17}>
            {o.name}
          </text>
          {o.class && !compact && (
            <text x={box - 10} y={17} textAnchor="end" className="lineage-note">
              {wordFor(t.lab.outputClasses, o.class)}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
