import { Button, Flex, Popover, Tag, Typography } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me, SampleFigures, SampleRequest } from "@/api/types";
import { useText, wordFor } from "@/text";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { rho } from "@/util/number";

const colors: Record<string, string> = { asked: "processing", answered: "success", refused: "error", running: "processing", done: "success", rejected: "warning", failed: "error", lost: "error" };

interface Wanted {
  level: "S1" | "S2";
  child: string;
  parent?: string;
  reason?: string;
}

/** Requests for samples that cost something, and the sets there are: who holds the budget decides. */
export default function SampleDesk() {
  const t = useText();
  const me = useOutletContext<Me>();
  const decides = me.roles?.some((r) => r === "data-bureau" || r === "data-provider");
  const catalog = useItem("/v1/catalog", { query: { state: "published", limit: 100 } });
  const titles = Object.fromEntries((catalog.data?.items ?? []).map((e) => [e.id, e.title]));
  const [wanted, setWanted] = useState<Wanted | "new">();
  const [refusing, setRefusing] = useState<SampleRequest>();
  const names = (ids: (string | undefined)[] | null | undefined) => (ids ?? []).filter((x) => x !== undefined).map((id) => titles[id] ?? id).join(" + ");
  return (
    <>
      <FilePage
        trail={[{ title: t.shell.menuSamples }]}
        title={t.shell.menuSamples}
        acts={
          decides && (
            <Button type="primary" onClick={() => setWanted("new")}>
              {t.sample.release}
            </Button>
          )
        }
        lead={t.sample.lead}
        tabs={[
          {
            key: "requests",
            label: t.sample.requests,
            content: (
              <ResourceTable
                id="sample-requests"
                endpoint="/v1/sample-requests"
                rowKey="id"
                filters={[{ name: "state", label: t.common.state, tabs: true, options: ["asked", "answered", "refused"].map((value) => ({ value, label: wordFor(t.sample.states, value) })) }]}
                empty={{ title: t.sample.noRequests, hint: t.sample.noRequestsHint }}
                columns={[
                  { key: "resource", title: t.catalog.resource, render: (r) => names([r.parent || undefined, r.resource]) },
                  { key: "level", title: t.sample.level, width: 70 },
                  { key: "reason", title: t.sample.reason, ellipsis: true },
                  { key: "opened", title: t.sample.at, width: 160, render: (r) => minute(r.opened) },
                  { key: "state", title: t.common.state, width: 110, render: (r) => <Tag color={colors[r.state]}>{wordFor(t.sample.states, r.state)}</Tag> },
                  {
                    key: "acts",
                    title: t.sample.decide,
                    width: 170,
                    render: (r) =>
                      r.state === "asked" && decides ? (
                        <Flex gap={6}>
                          <Button size="small" type="primary" onClick={() => setWanted({ level: r.level as "S1", child: r.resource, parent: r.parent || undefined, reason: r.reason })}>
                            {t.sample.releaseShort}
                          </Button>
                          <Button size="small" danger onClick={() => setRefusing(r)}>
                            {t.sample.refuse}
                          </Button>
                        </Flex>
                      ) : (
                        (r.why ?? t.common.none)
                      ),
                  },
                ]}
              />
            ),
          },
          {
            key: "sets",
            label: t.sample.sets,
            content: (
              <ResourceTable
                id="sample-sets"
                endpoint="/v1/sample-sets"
                rowKey="id"
                empty={{ title: t.sample.noSets, hint: t.sample.noSetsHint }}
                columns={[
                  { key: "tables", title: t.catalog.resource, render: (p) => names(p.resources) },
                  { key: "level", title: t.sample.level, width: 70, render: (p) => p.level },
                  { key: "rho", title: t.sample.charged, width: 130, render: (p) => `rho ${rho(p.rho)}` },
                  { key: "opened", title: t.sample.at, width: 160, render: (p) => minute(p.opened) },
                  { key: "state", title: t.common.state, width: 120, render: (p) => <Tag color={colors[p.state]}>{wordFor(t.sample.states, p.state)}</Tag> },
                  { key: "figures", title: t.sample.figures, width: 110, render: (p) => (p.figures ? <Figures figures={p.figures} level={p.level} /> : t.common.none) },
                ]}
              />
            ),
          },
        ]}
      />
      {wanted && (
        <FormModal<Wanted>
          title={t.sample.release}
          lead={<Typography.Paragraph type="secondary">{t.sample.releaseLead}</Typography.Paragraph>}
          ok={t.sample.release}
          fields={[
            { name: "level", label: t.sample.level, kind: "select", need: true, initial: wanted === "new" ? "S1" : wanted.level, options: (["S1", "S2"] as const).map((l) => ({ value: l, label: `${l} · ${t.sample.levels[l]}` })) },
            { name: "child", label: t.catalog.resource, kind: "select", need: true, initial: wanted === "new" ? undefined : wanted.child, options: Object.entries(titles).map(([value, label]) => ({ value, label })) },
            { name: "parent", label: t.sample.parent, kind: "select", extra: t.sample.parentHint, initial: wanted === "new" ? undefined : wanted.parent, options: Object.entries(titles).map(([value, label]) => ({ value, label })) },
            { name: "reason", label: t.sample.reason, kind: "area", need: true, max: 1000, initial: wanted === "new" ? undefined : wanted.reason },
          ]}
          run={(v) => post("/v1/sample-sets", {}, { level: v.level, resources: v.parent ? [v.parent, v.child] : [v.child], reason: v.reason ?? "" })}
          close={() => setWanted(undefined)}
        />
      )}
      {refusing && (
        <FormModal<{ why: string }>
          title={t.sample.refuse}
          danger
          fields={[{ name: "why", label: t.sample.why, kind: "area", need: true, max: 1000 }]}
          run={(v) => post("/v1/sample-requests/{id}/refuse", { path: { id: refusing.id } }, v)}
          close={() => setRefusing(undefined)}
        />
      )}
    </>
  );
}

function Figures({ figures: f, level }: { figures: SampleFigures; level: string }) {
  const t = useText();
  const percent = (n: number) => `${(n * 100).toFixed(2)}%`;
  const lines: [string, string, string][] = [
    [t.sample.oneWay, percent(f.oneWay), "≤ 5%"],
    ...(level === "S2"
      ? ([
          [t.sample.twoWay, percent(f.twoWay), "≤ 10%"],
          [t.sample.match, `${percent(f.match)} / ${percent(f.control)}`, "≤ +0.5%"],
          [t.sample.singlingOut, percent(f.singlingOut.upper), "≤ 5%"],
          [t.sample.linkability, percent(f.linkability.upper), "≤ 5%"],
          [t.sample.inference, percent(f.inference.upper), "≤ 5%"],
        ] as [string, string, string][])
      : []),
    [t.sample.rare, f.rare?.length ? f.rare.join("、") : t.sample.noRare, ""],
  ];
  return (
    <Popover
      trigger="click"
      title={t.sample.figures}
      content={
        <table>
          <tbody>
            {lines.map(([name, value, limit]) => (
              <tr key={name}>
                <th style={{ textAlign: "start", fontWeight: 400, paddingInlineEnd: 16 }}>{name}</th>
                <td style={{ textAlign: "end", paddingInlineEnd: 16 }}>{value}</td>
                <td>{limit}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    >
      <Button size="small" type="link">
        {t.sample.show}
      </Button>
    </Popover>
  );
}
