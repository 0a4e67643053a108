import { DownloadOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Segmented, Select, Table, Tag, Tooltip, Typography } from "antd";
import { useState } from "react";
import { download, post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import type { PolicyTable, SampleLevel } from "@/api/types";
import { useText } from "@/text";
import { FormModal } from "@/ui/FormModal";
import { Loaded, ProblemView } from "@/ui/ProblemView";
import { PlainTable } from "@/ui/ResultTable";
import { rho } from "@/util/number";

/** Which samples there are of each resource, what they cost and who shares them; their rows below. */
export function Samples({ space, tables }: { space: string; tables: PolicyTable[] }) {
  const t = useText();
  const [resource, setResource] = useState(tables[0]?.resource);
  const levels = useItem("/v1/spaces/{id}/sample-levels", { path: { id: space } });
  const [level, setLevel] = useState<"S0" | "S1" | "S2">("S0");
  if (!resource) return null;
  return (
    <Loaded query={levels}>
      {(page) => {
        const mine = (page.items ?? []).filter((l) => l.resource === resource);
        const ready = mine.filter((l) => l.ready).map((l) => l.level);
        const shown = ready.includes(level) ? level : "S0";
        return (
          <Flex vertical gap={12}>
            <Flex gap={10} wrap align="center">
              <Select
                aria-label={t.lab.resources}
                value={resource}
                onChange={setResource}
                style={{ minWidth: 220 }}
                options={tables.map((x) => ({ value: x.resource, label: x.title ?? x.name }))}
              />
            </Flex>
            <Levels space={space} levels={mine} tables={tables} />
            <Flex gap={10} wrap align="center">
              <Segmented<"S0" | "S1" | "S2">
                aria-label={t.sample.level}
                value={shown}
                onChange={setLevel}
                options={(["S0", "S1", "S2"] as const).map((l) => ({ value: l, label: l, disabled: !ready.includes(l) }))}
              />
              <Typography.Text type="secondary">{t.sample.levels[shown]}</Typography.Text>
            </Flex>
            <Rows key={`${resource} ${shown}`} space={space} resource={resource} level={shown} table={tables.find((x) => x.resource === resource)?.name ?? ""} />
          </Flex>
        );
      }}
    </Loaded>
  );
}

function Levels({ space, levels, tables }: { space: string; levels: SampleLevel[]; tables: PolicyTable[] }) {
  const t = useText();
  const [asking, setAsking] = useState<SampleLevel>();
  const parents = tables.filter((x) => x.maxRowsPerSubject === 1 && x.resource !== asking?.resource);
  return (
    <>
      <Table
        size="small"
        rowKey="level"
        pagination={false}
        dataSource={levels}
        columns={[
          { title: t.sample.level, dataIndex: "level", width: 80, render: (l: string) => <b>{l}</b> },
          { title: t.sample.what, render: (_, l) => t.sample.levels[l.level as "S0"] },
          { title: t.sample.cost, width: 210, render: (_, l) => (l.level === "S0" ? t.sample.free : l.charged ? t.sample.paid(rho(l.rho)) : t.sample.wouldCost(rho(l.rho))) },
          {
            title: t.common.state,
            width: 260,
            render: (_, l) => {
              if (l.ready) return <Tag color="success">{l.day ? t.sample.readySince(l.day) : t.sample.ready}</Tag>;
              if (l.why) return <Typography.Text type="secondary">{l.why}</Typography.Text>;
              if (l.request?.state === "asked") return <Tag color="processing">{t.sample.asked}</Tag>;
              return (
                <Flex vertical align="flex-start" gap={4}>
                  {l.request?.state === "refused" && (
                    <Typography.Text type="secondary">
                      {t.sample.refused}：{l.request.why}
                    </Typography.Text>
                  )}
                  <Button size="small" onClick={() => setAsking(l)}>
                    {t.sample.ask(l.level)}
                  </Button>
                </Flex>
              );
            },
          },
        ]}
      />
      {asking && (
        <FormModal<{ parent?: string; reason: string }>
          title={t.sample.ask(asking.level)}
          lead={<Typography.Paragraph type="secondary">{t.sample.askLead(rho(asking.rho))}</Typography.Paragraph>}
          fields={[
            ...(asking.level === "S2" && parents.length
              ? [{ name: "parent" as const, label: t.sample.parent, kind: "select" as const, extra: t.sample.parentHint, options: parents.map((x) => ({ value: x.resource, label: x.title ?? x.name })) }]
              : []),
            { name: "reason", label: t.sample.reason, kind: "area", need: true, max: 1000 },
          ]}
          run={(v) => post("/v1/spaces/{id}/sample-requests", { path: { id: space } }, { resource: asking.resource, level: asking.level as "S1", ...v })}
          close={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function Rows({ space, resource, level, table }: { space: string; resource: string; level: "S0" | "S1" | "S2"; table: string }) {
  const t = useText();
  const at = { path: { id: space, resource }, query: { level } };
  const rows = useItem("/v1/spaces/{id}/samples/{resource}", at);
  const save = useAct(() => download("/v1/spaces/{id}/samples/{resource}/file", at, `${table}-${level}.csv`));
  return (
    <Loaded query={rows}>
      {(sample) => (
        <>
          <Alert
            type="info"
            showIcon
            title={`${sample.note}。${t.sample.watermark}`}
            action={
              <Tooltip title={t.sample.downloadHint}>
                <Button size="small" icon={<DownloadOutlined aria-hidden />} loading={save.isPending} onClick={() => save.mutate(undefined)}>
                  {t.common.download}
                </Button>
              </Tooltip>
            }
          />
          {save.error && <ProblemView problem={save.error} />}
          <PlainTable columns={sample.columns ?? []} rows={sample.rows ?? []} />
        </>
      )}
    </Loaded>
  );
}

/** The level a trial runs on. */
export function TrialLevel({ value, change }: { value: "S0" | "S1" | "S2"; change: (level: "S0" | "S1" | "S2") => void }) {
  const t = useText();
  return (
    <Tooltip title={t.sample.trialHint}>
      <Segmented<"S0" | "S1" | "S2"> aria-label={t.sample.level} value={value} onChange={change} options={["S0", "S1", "S2"]} />
    </Tooltip>
  );
}

