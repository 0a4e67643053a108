import { Drawer, Tag, Tooltip, Typography } from "antd";
import { useState } from "react";
import { useItem } from "@/api/hooks";
import type { LetterIn, LetterOut } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { LetterContent } from "./LetterContent";

const color: Record<LetterOut["state"], string> = { waiting: "processing", accepted: "success", refused: "error" };

/** Names before codes: the nodes by their number. */
function useNodeName(): (node: string) => string {
  const peers = useItem("/v1/link/peers");
  return (node) => peers.data?.items?.find((p) => p.card.node === node)?.name ?? node;
}

/** 报送的记录: what was written to other nodes, with the receipt or the reason why there is none yet. */
export function Sent() {
  const t = useText();
  const nodeName = useNodeName();
  return (
    <ResourceTable
      id="letters-sent"
      endpoint="/v1/link/sent"
      rowKey="id"
      filters={[{ name: "state", label: t.common.state, tabs: true, options: Object.entries(t.link.letterStates).map(([value, label]) => ({ value, label })) }]}
      empty={{ title: t.link.noSent, hint: t.link.noSentHint }}
      columns={[
        { key: "kind", title: t.link.kind, width: 130, render: (l) => wordFor(t.link.kinds, l.kind) },
        { key: "object", title: t.link.record, width: 290 },
        { key: "node", title: t.link.to, width: 180, render: (l) => nodeName(l.node), value: (l) => nodeName(l.node) },
        { key: "opened", title: t.link.written, width: 150, render: (l) => minute(l.opened) },
        {
          key: "answer",
          title: t.link.answer,
          render: (l) =>
            l.answer?.words ? (
              <Typography.Text type="danger">{l.answer.words}</Typography.Text>
            ) : l.answer ? (
              `${l.answer.number} ${minute(l.answer.at)}`
            ) : (
              l.fault && (
                <Tooltip title={t.link.next(minute(l.next))}>
                  <Typography.Text type="warning">{t.link.attempts(l.attempts, l.fault)}</Typography.Text>
                </Tooltip>
              )
            ),
          value: (l) => l.answer?.words ?? l.answer?.number ?? l.fault,
        },
        { key: "state", title: t.common.state, width: 110, render: (l) => <Tag color={color[l.state]}>{wordFor(t.link.letterStates, l.state)}</Tag> },
      ]}
    />
  );
}

/** 收到的记录: what other nodes sent, as they sent it. */
export function Received() {
  const t = useText();
  const nodeName = useNodeName();
  const [shown, setShown] = useState<LetterIn>();
  return (
    <>
      <ResourceTable
        id="letters-received"
        endpoint="/v1/link/received"
        rowKey="id"
        empty={{ title: t.link.noReceived, hint: t.link.noReceivedHint }}
        onRow={setShown}
        columns={[
          { key: "kind", title: t.link.kind, width: 130, render: (l) => wordFor(t.link.kinds, l.kind) },
          { key: "node", title: t.link.from, width: 200, render: (l) => nodeName(l.node), value: (l) => nodeName(l.node) },
          { key: "object", title: t.link.record, width: 290 },
          { key: "at", title: t.link.receivedAt, width: 150, render: (l) => minute(l.answer.at) },
          { key: "number", title: t.link.number, width: 150, render: (l) => l.answer.number },
          {
            key: "result",
            title: t.common.state,
            width: 220,
            render: (l) => (l.answer.words ? <Typography.Text type="danger">{l.answer.words}</Typography.Text> : <Tag color={color[l.answer.result]}>{wordFor(t.link.letterStates, l.answer.result)}</Tag>),
            value: (l) => l.answer.words ?? l.answer.result,
          },
        ]}
      />
      {shown && (
        <Drawer open size={640} title={`${wordFor(t.link.kinds, shown.kind)} ${shown.answer.number ?? ""}`} onClose={() => setShown(undefined)}>
          <Typography.Paragraph type="secondary">{t.link.contentHint(nodeName(shown.node), shown.digest)}</Typography.Paragraph>
          <LetterContent letter={shown} />
        </Drawer>
      )}
    </>
  );
}
