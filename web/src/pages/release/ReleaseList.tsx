import { useNavigate } from "react-router";
import { useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";

export default function ReleaseList() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={t.release.title} lead={t.release.lead} />
      <ResourceTable
        id="releases"
        endpoint="/v1/releases"
        rowKey="id"
        empty={{ title: t.release.empty, hint: t.release.emptyHint }}
        onRow={(r) => void navigate(path.release(r.id))}
        columns={[
          { key: "title", title: t.common.name, render: (r) => <b style={{ fontWeight: 500 }}>{r.title}</b> },
          { key: "purpose", title: t.common.purpose, ellipsis: true },
          { key: "recipient", title: t.release.recipient, width: 180 },
          { key: "checks", title: t.release.checks, width: 110, render: (r) => t.release.passed(r.checks?.filter((c) => c.outcome === "pass").length ?? 0, r.checks?.length ?? 0) },
          { key: "opened", title: t.common.created, width: 150, render: (r) => minute(r.opened) },
          { key: "state", title: t.common.state, width: 110, render: (r) => <StateTag state={r.state} /> },
        ]}
      />
    </>
  );
}
