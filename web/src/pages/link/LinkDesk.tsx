import { Tabs } from "antd";
import { useSearchParams } from "react-router";
import { useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { Received, Sent } from "./Letters";
import { Nodes } from "./Nodes";

/** 节点互联: other deployments and what goes between them. */
export default function LinkDesk() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  return (
    <>
      <PageHead title={t.shell.menuLinks} lead={t.link.lead} />
      <Tabs
        activeKey={search.get("tab") ?? "nodes"}
        onChange={(key) => setSearch({ tab: key }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "nodes", label: t.link.nodes, children: <Nodes /> },
          { key: "sent", label: t.link.sent, children: <Sent /> },
          { key: "received", label: t.link.received, children: <Received /> },
        ]}
      />
    </>
  );
}
