import { Alert, Button, Flex, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Differing, Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Citation } from "@/ui/Citation";
import { FilePage, Panel } from "@/ui/FilePage";
import { FormModal, type FormField } from "@/ui/FormModal";
import { EmptyState, Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { withinWords } from "@/util/within";
import { ShiftTable } from "./ShiftTable";
import { stateColor } from "./state";

interface Proposed {
  reason: string;
  late?: boolean;
}

/** Values that changed since running matters were accepted: what moving them would do, and the proposals there are. */
export default function TransitionDesk() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <FilePage
      trail={[{ title: t.shell.menuRules, to: path.rules() }, { title: t.transition.title }]}
      title={t.transition.title}
      lead={t.transition.lead}
      tabs={[
        { key: "values", label: t.transition.values, content: <Values /> },
        {
          key: "list",
          label: t.transition.proposals,
          content: (
            <ResourceTable
              id="transitions"
              endpoint="/v1/transitions"
              rowKey="id"
              empty={{ title: t.transition.noProposals, hint: t.transition.noProposalsHint }}
              onRow={(r) => void navigate(path.transition(r.id))}
              columns={[
                { key: "values", title: t.transition.values, render: (r) => (r.values ?? []).map((v) => v.title).join("、") },
                { key: "reason", title: t.act.reason, ellipsis: true },
                { key: "name", title: t.transition.proposer, width: 110 },
                { key: "at", title: t.transition.proposedAt, width: 160, render: (r) => minute(r.at) },
                { key: "close_name", title: t.transition.closer, width: 110, render: (r) => r.close_name ?? t.common.none },
                { key: "state", title: t.common.state, width: 110, render: (r) => <Tag color={stateColor[r.state]}>{wordFor(t.transition.states, r.state)}</Tag> },
              ]}
            />
          ),
        },
      ]}
    />
  );
}

function Values() {
  const t = useText();
  const query = useItem("/v1/transitions/values");
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <Loaded query={query}>
      {({ items }) => (
        <>
          <Table<Differing>
            size="middle"
            rowKey="value"
            pagination={false}
            dataSource={items ?? []}
            scroll={{ x: 980 }}
            locale={{ emptyText: <EmptyState title={t.transition.noValues} hint={t.transition.noValuesHint} /> }}
            rowSelection={{
              selectedRowKeys: chosen,
              onChange: (keys) => setChosen(keys as string[]),
              getCheckboxProps: (d) => ({ disabled: !d.running || d.matters === 0, "aria-label": d.title }),
            }}
            columns={[
              {
                title: t.common.name,
                width: 200,
                render: (_, d) => (
                  <>
                    {d.title}
                    <div className="quiet">{d.value}</div>
                  </>
                ),
              },
              { title: t.transition.under, width: 150, render: (_, d) => [...new Set((d.was ?? []).map((w) => withinWords(w, t)))].join("、") },
              {
                title: t.transition.today,
                width: 170,
                render: (_, d) => (
                  <>
                    <b>{withinWords(d.now, t)}</b> <Citation cite={d.now.cite} />
                  </>
                ),
              },
              { title: t.transition.matters, width: 150, render: (_, d) => t.transition.count(d.matters, d.kept) },
              {
                title: t.transition.allowed,
                render: (_, d) =>
                  d.running ? (
                    <>
                      <Citation cite={d.running} /> <Typography.Text type="secondary">“{d.running.quote}”</Typography.Text>
                    </>
                  ) : (
                    <Typography.Text type="secondary">{t.transition.notAllowed}</Typography.Text>
                  ),
              },
            ]}
          />
          {chosen.length > 0 && (
            <div style={{ marginTop: 20 }}>
              <Effect values={chosen} done={() => setChosen([])} />
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

/** The preview of what is chosen, and the form that puts it forward. */
function Effect({ values, done }: { values: string[]; done: () => void }) {
  const t = useText();
  const me = useOutletContext<Me>();
  const navigate = useNavigate();
  // What stood on the page when the form was opened: a later answer of the query was not seen.
  const [asking, setAsking] = useState<{ seen: string; late: number }>();
  const query = useItem("/v1/transitions/preview", { query: { values } });
  const decides = me.roles?.includes("data-bureau");
  return (
    <Panel title={t.transition.preview}>
      <Loaded query={query}>
        {(p) => {
          const moves = (p.shifts ?? []).some((s) => !s.kept);
          const fields: FormField<Proposed>[] = [
            { name: "reason", label: t.act.reason, kind: "area", need: true },
            ...(asking?.late ? [{ name: "late", kind: "check", label: t.transition.acceptLate(asking.late) } as const] : []),
          ];
          return (
            <>
              {p.late > 0 && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={t.transition.lateAlert(p.late)} />}
              {p.more && <Alert type="info" showIcon style={{ marginBottom: 12 }} title={t.transition.more} />}
              <ShiftTable shifts={p.shifts ?? []} names={p.names} />
              <Flex justify="flex-end" align="center" gap={12} style={{ marginTop: 16 }}>
                {!decides && <Typography.Text type="secondary">{t.transition.bureauOnly}</Typography.Text>}
                <Button type="primary" disabled={!decides || !moves} onClick={() => setAsking({ seen: p.seen, late: p.late })}>
                  {t.transition.propose}
                </Button>
              </Flex>
              {asking && (
                <FormModal<Proposed>
                  title={t.transition.propose}
                  lead={<Typography.Paragraph type="secondary">{t.transition.proposeLead}</Typography.Paragraph>}
                  fields={fields}
                  run={async (v) => {
                    const page = await post("/v1/transitions", {}, { values, reason: v.reason, seen: asking.seen, late: v.late ?? false });
                    done();
                    void navigate(path.transition(page.transition.id));
                  }}
                  close={() => {
                    setAsking(undefined);
                    void query.refetch();
                  }}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}
