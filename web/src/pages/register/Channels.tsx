import { Button, Tag } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import type { Me, OperationChannel } from "@/api/types";
import { useText, wordFor } from "@/text";
import { FormModal } from "@/ui/FormModal";
import { ResourceTable } from "@/ui/ResourceTable";

function Moving({ channel, close }: { channel: OperationChannel; close: () => void }) {
  const t = useText();
  const entries = (useItem("/v1/catalog", { query: { limit: 200 } }).data?.items ?? []).filter((e) => e.holder === channel.org && e.state === "published");
  return (
    <FormModal<{ service: string; entry: string }>
      title={wordFor(t.ledger.acts, "connect.channel.move")}
      close={close}
      run={(v) => post("/v1/channels/{id}/move", { path: { id: channel.id } }, v)}
      fields={[
        { name: "service", label: t.connect.service, kind: "select", need: true, options: (channel.services ?? []).filter((s) => !s.entry).map((s) => ({ value: s.name, label: s.name })) },
        { name: "entry", label: t.connect.entry, kind: "select", need: true, extra: t.connect.entryHint, options: entries.map((e) => ({ value: e.id, label: e.title })) },
      ]}
    />
  );
}

/** 已建通道: ways by which public bodies gave their data to operation beside the platform, and how much of each runs on it by now. */
export function Channels() {
  const t = useText();
  const me = useOutletContext<Me>();
  const orgName = useOrgName();
  const [recording, setRecording] = useState(false);
  const [moving, setMoving] = useState<OperationChannel>();
  const bureau = me.roles?.includes("data-bureau");
  const keeps = bureau || me.roles?.includes("data-provider");
  return (
    <>
      <ResourceTable
        id="channels"
        endpoint="/v1/channels"
        rowKey="id"
        actions={keeps && <Button key="new" type="primary" onClick={() => setRecording(true)}>{t.connect.recordChannel}</Button>}
        empty={{ title: t.connect.noChannels, hint: t.connect.noChannelsHint }}
        columns={[
          { key: "name", title: t.connect.channel, render: (c) => <b style={{ fontWeight: 500 }}>{c.name}</b> },
          { key: "org", title: t.common.org, render: (c) => orgName(c.org), value: (c) => orgName(c.org) },
          { key: "built", title: t.connect.built, width: 130 },
          {
            key: "services",
            title: t.connect.services,
            render: (c) => c.services?.map((s) => <Tag key={s.name} color={s.entry ? "success" : "warning"}>{s.name}</Tag>),
            value: (c) => c.services?.map((s) => s.name).join("、"),
          },
          { key: "state", title: t.common.state, width: 120, render: (c) => <Tag color={c.state === "folded" ? "success" : "warning"}>{wordFor(t.connect.channelStates, c.state)}</Tag> },
          {
            key: "act",
            title: t.common.actions,
            width: 130,
            render: (c) =>
              keeps && c.state === "standing" && (
                <Button size="small" onClick={() => setMoving(c)}>
                  {t.connect.move}
                </Button>
              ),
          },
        ]}
      />
      {recording && (
        <FormModal<{ org?: string; name: string; built: string; services: string[] }>
          title={t.connect.recordChannel}
          lead={<p>{t.connect.channelLead}</p>}
          close={() => setRecording(false)}
          run={(v) => post("/v1/channels", {}, v)}
          fields={[
            ...(bureau ? [{ name: "org" as const, label: t.common.org, kind: "org" as const, need: true }] : []),
            { name: "name", label: t.connect.channel, need: true, max: 120 },
            { name: "built", label: t.connect.built, kind: "day", need: true },
            { name: "services", label: t.connect.services, kind: "tags", need: true, extra: t.connect.servicesHint },
          ]}
        />
      )}
      {moving && <Moving channel={moving} close={() => setMoving(undefined)} />}
    </>
  );
}
