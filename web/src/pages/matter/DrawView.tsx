import { Alert, Table, Tag, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Matter, MatterStep } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { Panel } from "@/ui/FilePage";
import { Receipt } from "@/ui/Receipt";
import { hex } from "@/util/bytes";
import { minute } from "@/util/day";
import { canVerify } from "@/verify/receipt";

type Draw = NonNullable<MatterStep["draw"]>;

/** The lots of a draw computed here, by account, and whether they fall in the order that the file shows: each further draw by itself. */
async function repeated(draw: Draw): Promise<{ lots: Record<string, string>; same: boolean }> {
  const lots: Record<string, string> = {};
  const last: Record<string, string> = {};
  let same = true;
  for (const c of draw.candidates ?? []) {
    const seed = c.seed ?? draw.seed;
    const lot = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${seed} ${c.account}`))));
    same &&= lot > (last[seed] ?? "");
    lots[c.account] = last[seed] = lot;
  }
  return { lots, same };
}

/** What anybody types to draw again, without this program. */
function command(draw: Draw): string {
  const seeds = [...new Set((draw.candidates ?? []).map((c) => c.seed ?? draw.seed))];
  return seeds
    .map((seed) => {
      const accounts = (draw.candidates ?? []).filter((c) => (c.seed ?? draw.seed) === seed).map((c) => c.account);
      return `for a in ${accounts.join(" ")}; do printf '%s ' "$a"; printf '%s' "${seed} $a" | sha256sum; done | sort -k2`;
    })
    .join("\n");
}

function OneDraw({ matter, step, draw }: { matter: string; step: MatterStep; draw: Draw }) {
  const t = useText();
  const orgName = useOrgName();
  const again = useQuery({ queryKey: ["draw", matter, step.id, draw.candidates], queryFn: () => repeated(draw), enabled: canVerify() });
  const file = useItem("/v1/matters/{id}/file", { path: { id: matter } });
  // The draw was part of the act that opened the step; whoever stood aside did it by an act of their own.
  const events = (file.data?.matter?.events ?? []).filter((e) => e.step === step.id && (e.what === "opened" || e.what === "recused"));
  const acts = events
    .filter((e, i) => e.what === "recused" || events.findIndex((x) => x.what === "opened") === i)
    .map((e) => ({ ...e, seq: file.data?.entries?.find((x) => x.recorded === e.at)?.seq }));
  const seeds = [...new Set((draw.candidates ?? []).map((c) => c.seed ?? draw.seed))];
  const seatedNow = (account: string) => step.addressed?.some((a) => a.endsWith(account)) ?? false;
  return (
    <Panel title={t.matter.drawOf(step.title, draw.seats)} extra={step.seats_cite && <Citation cite={step.seats_cite} />}>
      <Typography.Paragraph>{t.matter.drawHow(draw.method)}</Typography.Paragraph>
      {seeds.map((seed, i) => (
        <Typography.Paragraph key={seed}>
          {i === 0 ? t.matter.seed : t.matter.seedFurther(i)} <Typography.Text code copyable>{seed}</Typography.Text>
        </Typography.Paragraph>
      ))}
      {again.data && <Alert style={{ marginBottom: 12 }} type={again.data.same ? "success" : "error"} showIcon title={again.data.same ? t.matter.drawSame : t.matter.drawOther} />}
      <Table
        size="small"
        rowKey="account"
        pagination={false}
        scroll={{ x: 560 }}
        dataSource={draw.candidates ?? []}
        columns={[
          { title: t.matter.drawOrder, width: 60, render: (_, __, i) => i + 1 },
          { title: t.matter.candidate, render: (_, c) => c.name ?? c.account },
          { title: t.common.org, hidden: !draw.candidates?.some((c) => c.org), render: (_, c) => c.org && orgName(c.org) },
          { title: t.matter.lot, render: (_, c) => again.data && <Typography.Text code>{again.data.lots[c.account]?.slice(0, 12)}…</Typography.Text> },
          {
            title: t.matter.drawn,
            render: (_, c) =>
              c.excluded ? (
                <Tag color="warning" style={{ whiteSpace: "normal" }}>
                  {c.excluded}
                </Tag>
              ) : (
                <>
                  {seatedNow(c.account) ? <Tag color="success">{t.matter.drawn}</Tag> : <Tag>{t.matter.notDrawn}</Tag>}
                  {c.seed && <Tag>{t.matter.drawnFurther}</Tag>}
                </>
              ),
          },
        ]}
      />
      <Typography.Paragraph style={{ margin: "12px 0 4px" }} copyable={{ text: command(draw) }}>
        {t.matter.drawCommand}
      </Typography.Paragraph>
      <pre className="receipt-text draw-command">{command(draw)}</pre>
      {acts.length > 0 && (
        <ul className="plain-list" aria-label={t.matter.drawReceipts}>
          {acts.map((a) => (
            <li key={a.at + a.what}>
              {a.what === "opened" ? t.matter.drawTab : wordFor(t.matter.events, a.what)} {a.what === "recused" && a.who} {minute(a.at)} {a.seq && <Receipt seq={a.seq} />}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** How the experts were drawn, so that anybody can draw them again: the seed, every candidate, and why some were left out. */
export function DrawView({ matter, steps }: { matter: Matter; steps: MatterStep[] }) {
  return (
    <>
      {steps.map((s) => s.draw && <OneDraw key={s.id} matter={matter.id} step={s} draw={s.draw} />)}
    </>
  );
}
