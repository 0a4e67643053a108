import { Button, Space, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import type { Run, SpacePage, VersionItem } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FormModal } from "@/ui/FormModal";
import { Receipt } from "@/ui/Receipt";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { rho } from "@/util/number";
import { path } from "@/util/path";
import { ReleaseModal } from "../release/ReleaseModal";

/** What a run or a call chose for the parameters. */
export function chosen(params?: Record<string, string>): string {
  return Object.entries(params ?? {})
    .map(([name, value]) => `${name} = ${value}`)
    .join("，");
}

type Mode = "noised" | "exact";

/** Versions as submitted, and what ran on raw data. */
export function RunsAndVersions({ page }: { page: SpacePage }) {
  const t = useText();
  const [releasing, setReleasing] = useState<Run>();
  const [choosing, setChoosing] = useState<{ version: VersionItem; mode: Mode }>();
  const raw = page.acts?.find((a) => a.act === "lab.run.raw");
  const exact = page.acts?.find((a) => a.act === "lab.run.exact");
  const run = useAct((of: { version: string; params?: Record<string, string>; mode: Mode }) =>
    post("/v1/spaces/{id}/runs", { path: { id: page.space.id } }, of),
  );
  const start = (v: VersionItem, mode: Mode) => {
    if (!v.params?.length) return run.mutateAsync({ version: v.id, mode });
    setChoosing({ version: v, mode });
    return Promise.resolve();
  };
  return (
    <>
      <Table<VersionItem>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={page.versions ?? []}
        locale={{ emptyText: t.lab.noVersions }}
        columns={[
          { title: t.common.name, render: (_, v) => <Link to={path.model(v.id)}>{`${v.name} v${v.number}`}</Link> },
          { title: t.model.class, dataIndex: "class", render: (v: string) => wordFor(t.model.classes, v) },
          { title: t.common.state, render: (_, v) => (v.approved ? <Tag color="success">{t.states.approved}</Tag> : <Tag>{t.model.notApproved}</Tag>) },
          {
            title: "",
            align: "end",
            render: (_, v) =>
              v.class === "A" && (
                <Space wrap>
                  <ActButton size="small" state={raw} label={t.lab.runRaw} run={() => start(v, "noised")} />
                  <ActButton size="small" state={exact} label={t.lab.runExact} run={() => start(v, "exact")} />
                </Space>
              ),
          },
        ]}
      />
      <Typography.Title level={5}>{t.lab.runs}</Typography.Title>
      <Table<Run>
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={page.runs ?? []}
        locale={{ emptyText: t.lab.noRuns }}
        columns={[
          { title: t.common.created, dataIndex: "opened", render: (v: string) => minute(v) },
          { title: t.model.hash, dataIndex: "hash", render: (v: string) => <code>{v.slice(0, 16)}…</code> },
          { title: t.lab.mode, render: (_, r) => (r.mode === "exact" ? <Tag color="blue">{t.release.exact}</Tag> : t.lab.noised) },
          { title: t.lab.params, render: (_, r) => chosen(r.params) },
          { title: t.lab.charge, align: "end", render: (_, r) => (r.mode === "exact" ? t.lab.notCharged : r.reused ? t.lab.reused : rho(r.rho)) },
          {
            title: t.common.state,
            render: (_, r) => (
              <>
                <StateTag state={r.state} /> {r.why}
              </>
            ),
          },
          { title: "", render: (_, r) => (r.start ? <Receipt seq={r.start} /> : null) },
          {
            title: "",
            align: "end",
            render: (_, r) =>
              r.state === "done" && (
                <Button size="small" type="primary" ghost onClick={() => setReleasing(r)}>
                  {t.release.apply}
                </Button>
              ),
          },
        ]}
      />
      {choosing && (
        <FormModal<Record<string, string>>
          title={t.lab.chooseParams}
          lead={t.lab.chooseParamsLead}
          fields={(choosing.version.params ?? []).map((p) => ({
            name: p.name,
            label: `:${p.name}`,
            kind: "select",
            need: true,
            options: p.values?.map((value) => ({ value, label: value })),
          }))}
          ok={choosing.mode === "exact" ? t.lab.runExact : t.lab.runRaw}
          run={(params) => run.mutateAsync({ version: choosing.version.id, params, mode: choosing.mode })}
          close={() => setChoosing(undefined)}
        />
      )}
      {releasing && <ReleaseModal run={releasing} close={() => setReleasing(undefined)} />}
    </>
  );
}
