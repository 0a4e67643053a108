import { Alert, Flex, Tag } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Citation } from "@/ui/Citation";
import { FilePage } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { Loaded } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { withinWords } from "@/util/within";
import { ShiftTable } from "./ShiftTable";
import { stateColor } from "./state";

/** One proposal: what it does today while it waits for the second person, what it did afterwards. */
export default function TransitionFile() {
  const t = useText();
  const { id = "" } = useParams();
  const query = useItem("/v1/transitions/{id}", { path: { id } });
  // What stood on the page when the form was opened: a later answer of the query was not seen.
  const [seen, setSeen] = useState<string>();
  return (
    <Loaded query={query}>
      {({ transition: it, preview, names, acts }) => {
        const act = (name: string) => acts?.find((a) => a.act === name);
        const drop = act("matter.transition.drop");
        const confirm = act("matter.transition.confirm");
        const more = it.state === "done" ? it.more : preview?.more;
        return (
          <>
            <FilePage
              trail={[{ title: t.shell.menuRules, to: path.rules() }, { title: t.transition.title, to: path.transitions() }, { title: (it.values ?? []).map((v) => v.title).join("、") }]}
              title={(it.values ?? []).map((v) => v.title).join("、")}
              state={<Tag color={stateColor[it.state]}>{wordFor(t.transition.states, it.state)}</Tag>}
              acts={
                <>
                  {drop && <ActButton state={drop} label={t.transition.drop} dangerous run={({ reason }) => post("/v1/transitions/{id}/drop", { path: { id } }, { reason: reason ?? "" })} />}
                  {confirm && preview && <ActButton state={confirm} label={t.transition.confirm} primary onOpen={() => setSeen(preview.seen)} run={() => Promise.resolve()} />}
                </>
              }
              facts={[
                { label: t.transition.proposer, value: it.name },
                { label: t.transition.proposedAt, value: minute(it.at) },
                { label: t.act.reason, value: it.reason },
                {
                  label: t.transition.allowed,
                  value: (it.values ?? []).map((v) => v.running && <Citation key={v.value} cite={v.running} />),
                },
                { label: t.transition.today, value: (it.values ?? []).map((v) => `${v.title} ${withinWords(v.now, t)}`).join("；") },
                { label: t.transition.closer, value: it.close_name },
                { label: t.transition.closedAt, value: it.closed && minute(it.closed) },
                { label: t.transition.remark, value: it.remark },
              ]}
              banner={
                (it.state === "proposed" || more) && (
                  <div className="file-banner">
                    <Flex vertical gap={12}>
                      {it.state === "proposed" &&
                        (preview ? (
                          <Alert type={preview.late ? "error" : "info"} showIcon title={preview.late ? t.transition.lateAlert(preview.late) : t.transition.waits} />
                        ) : (
                          <Alert type="warning" showIcon title={t.transition.nothingMoves} />
                        ))}
                      {more && <Alert type="info" showIcon title={t.transition.more} />}
                    </Flex>
                  </div>
                )
              }
              tabs={[
                {
                  key: "shifts",
                  label: it.state === "done" ? t.transition.did : t.transition.preview,
                  content: <ShiftTable shifts={it.state === "done" ? (it.shifts ?? []) : (preview?.shifts ?? [])} names={names} done={it.state === "done"} />,
                },
              ]}
            />
            {seen !== undefined && (
              <FormModal<{ reason: string }>
                title={t.transition.confirm}
                fields={[{ name: "reason", label: t.transition.remark, kind: "area", need: true, extra: t.transition.remarkHint }]}
                run={(v) => post("/v1/transitions/{id}/confirm", { path: { id } }, { seen, reason: v.reason })}
                close={() => {
                  setSeen(undefined);
                  void query.refetch();
                }}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}
