import { Alert, Button, Descriptions, Drawer, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Me, Peer } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { Panel } from "@/ui/FilePage";
import { FormModal } from "@/ui/FormModal";
import { Loaded } from "@/ui/ProblemView";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";

/** What this bureau hands the other one. */
function OwnCard() {
  const t = useText();
  const card = useItem("/v1/link/card");
  return (
    <Panel title={t.link.ownCard}>
      <Loaded query={card}>
        {(c) => (
          <>
            <Typography.Paragraph type="secondary">{t.link.ownCardHint}</Typography.Paragraph>
            <Descriptions
              column={1}
              size="small"
              items={[
                { key: "node", label: t.link.node, children: <Typography.Text copyable>{c.node}</Typography.Text> },
                { key: "url", label: t.link.url, children: <Typography.Text copyable>{c.url}</Typography.Text> },
                { key: "key", label: t.link.key, children: <Typography.Text copyable>{c.key}</Typography.Text> },
                { key: "fingerprint", label: t.link.fingerprint, children: <b>{c.fingerprint}</b> },
              ]}
            />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface Joining {
  name: string;
  side: "upper" | "lower";
  node: string;
  url: string;
  key: string;
  area?: string;
  within: number;
  document: string;
}

/** Whether the link to a node stands, in one tag. */
function LinkState({ peer }: { peer: Peer }) {
  const t = useText();
  if (peer.state !== "active") return <Tag color={peer.state === "suspended" ? "warning" : "default"}>{wordFor(t.link.peerStates, peer.state)}</Tag>;
  if (peer.lost) return <Tag color="error">{t.link.lostSince(minute(peer.lost))}</Tag>;
  if (!peer.heard) return <Tag color="processing">{t.link.unanswered}</Tag>;
  return <Tag color={peer.fault ? "warning" : "success"}>{peer.fault ? t.link.faulty : t.link.stands}</Tag>;
}

function PeerDrawer({ peer, bureau, close }: { peer: Peer; bureau: boolean; close: () => void }) {
  const t = useText();
  const [asking, setAsking] = useState<"suspend" | "end">();
  return (
    <Drawer open size={640} title={peer.name} onClose={close} extra={<LinkState peer={peer} />}>
      {peer.fault && <Alert type="warning" showIcon title={t.link.fault} description={peer.fault} style={{ marginBottom: 16 }} />}
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: "side", label: t.link.side, children: wordFor(t.link.sides, peer.side) },
          { key: "area", label: t.link.area, children: peer.area || "—" },
          { key: "within", label: t.link.within, children: t.link.minutes(peer.within) },
          { key: "document", label: t.link.document, children: peer.document },
          { key: "node", label: t.link.node, children: peer.card.node },
          { key: "url", label: t.link.url, children: peer.card.url },
          { key: "fingerprint", label: t.link.fingerprint, children: <b>{peer.fingerprint}</b> },
          { key: "heard", label: t.link.heard, children: peer.heard ? minute(peer.heard) : "—" },
          { key: "waiting", label: t.link.waiting, children: peer.waiting },
          { key: "opened", label: t.common.created, children: minute(peer.opened) },
          ...(peer.reason ? [{ key: "reason", label: t.common.reason, children: peer.reason }] : []),
        ]}
      />
      {bureau && peer.state !== "ended" && (
        <Space style={{ marginTop: 16 }}>
          {peer.state === "active" ? (
            <Button onClick={() => setAsking("suspend")}>{t.link.suspend}</Button>
          ) : (
            <ActButton label={t.link.resume} run={async () => { await post("/v1/link/peers/{id}/resume", { path: { id: peer.id } }); close(); }} />
          )}
          <Button danger onClick={() => setAsking("end")}>
            {t.link.end}
          </Button>
        </Space>
      )}
      {asking && (
        <FormModal<{ reason: string }>
          title={`${asking === "end" ? t.link.end : t.link.suspend}: ${peer.name}`}
          danger={asking === "end"}
          close={() => setAsking(undefined)}
          run={async (v) => {
            await post(asking === "end" ? "/v1/link/peers/{id}/end" : "/v1/link/peers/{id}/suspend", { path: { id: peer.id } }, v);
            close();
          }}
          fields={[{ name: "reason", label: t.common.reason, kind: "area", need: true }]}
        />
      )}
    </Drawer>
  );
}

/** 互联节点: which deployments are joined, and whether the link stands. */
export function Nodes() {
  const t = useText();
  const me = useOutletContext<Me>();
  const bureau = Boolean(me.roles?.includes("data-bureau"));
  const [joining, setJoining] = useState(false);
  const [shown, setShown] = useState<Peer>();
  return (
    <>
      <OwnCard />
      <ResourceTable
        id="peers"
        endpoint="/v1/link/peers"
        rowKey="id"
        actions={
          bureau && (
            <Button key="new" type="primary" onClick={() => setJoining(true)}>
              {t.link.join}
            </Button>
          )
        }
        empty={{ title: t.link.noPeers, hint: t.link.noPeersHint }}
        onRow={setShown}
        columns={[
          { key: "name", title: t.common.name, render: (p) => <b style={{ fontWeight: 500 }}>{p.name}</b> },
          { key: "side", title: t.link.side, width: 110, render: (p) => wordFor(t.link.sides, p.side) },
          { key: "document", title: t.link.document, width: 200 },
          { key: "within", title: t.link.within, width: 110, render: (p) => t.link.minutes(p.within), value: (p) => p.within },
          { key: "heard", title: t.link.heard, width: 150, render: (p) => minute(p.heard) },
          { key: "waiting", title: t.link.waiting, width: 90, align: "end" },
          { key: "state", title: t.common.state, width: 190, render: (p) => <LinkState peer={p} /> },
        ]}
      />
      {joining && (
        <FormModal<Joining>
          title={t.link.join}
          lead={<Typography.Paragraph type="secondary">{t.link.joinLead}</Typography.Paragraph>}
          close={() => setJoining(false)}
          run={({ node, url, key, ...rest }) => post("/v1/link/peers", {}, { ...rest, card: { node, url, key } })}
          fields={[
            { name: "name", label: t.link.peerName, need: true, max: 120 },
            { name: "side", label: t.link.side, kind: "select", need: true, options: Object.entries(t.link.sides).map(([value, label]) => ({ value, label })) },
            { name: "node", label: t.link.node, need: true, max: 16 },
            { name: "url", label: t.link.url, need: true, max: 300, extra: t.link.urlHint },
            { name: "key", label: t.link.key, need: true, max: 64, extra: t.link.keyHint },
            { name: "area", label: t.link.area, max: 6, extra: t.link.areaHint },
            { name: "within", label: t.link.withinMinutes, kind: "number", need: true, extra: t.link.withinHint, initial: 30 },
            { name: "document", label: t.link.document, need: true, extra: t.link.documentHint },
          ]}
        />
      )}
      {shown && <PeerDrawer peer={shown} bureau={bureau} close={() => setShown(undefined)} />}
    </>
  );
}
