import { Button, Dropdown } from "antd";
import { useState } from "react";
import { useNavigate, useOutletContext } from "react-router";
import type { Me } from "@/api/types";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { minute } from "@/util/day";
import { path } from "@/util/path";
import { NoticeTags } from "./NoticeParts";
import { type Publishing, PublishModal } from "./PublishModal";

/** Where the bodies that decide make things public. */
export default function NoticeDesk() {
  const t = useText();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const [publishing, setPublishing] = useState<Publishing>();
  const forms: Publishing[] = ["call", "announcement", "rules", "list", ...(me.roles?.includes("data-bureau") ? (["budget", "continuation"] as const) : [])];
  const menu = (
    <Dropdown
      key="publish"
      trigger={["click"]}
      menu={{ items: forms.map((f) => ({ key: f, label: wordFor(t.portal.noticeKinds, f) })), onClick: ({ key }) => setPublishing(key as Publishing) }}
    >
      <Button type="primary">{t.notice.publish}</Button>
    </Dropdown>
  );
  return (
    <>
      <PageHead title={t.shell.menuNotices} lead={t.notice.lead} />
      <ResourceTable
        id="notices"
        endpoint="/v1/notices"
        rowKey="id"
        actions={menu}
        filters={[
          {
            name: "kind",
            label: t.notice.kind,
            options: Object.entries(t.portal.noticeKinds).map(([value, label]) => ({ value, label })),
          },
        ]}
        empty={{ title: t.portal.noticesEmpty, hint: t.notice.emptyHint }}
        onRow={(n) => void navigate(path.notice(n.id))}
        columns={[
          { key: "title", title: t.common.name, render: (n) => <b style={{ fontWeight: 500 }}>{n.title}</b> },
          { key: "kind", title: t.notice.kind, width: 240, render: (n) => <NoticeTags notice={n} open={n.open} />, value: (n) => n.kind },
          { key: "org_name", title: t.notice.publisher, width: 200 },
          { key: "document", title: t.notice.document, width: 180 },
          { key: "published", title: t.notice.published, width: 150, render: (n) => minute(n.published) },
        ]}
      />
      {publishing && <PublishModal kind={publishing} close={() => setPublishing(undefined)} />}
    </>
  );
}
