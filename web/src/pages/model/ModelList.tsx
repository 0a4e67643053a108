import { Tag, Typography } from "antd";
import { useNavigate } from "react-router";
import { useText, wordFor } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { rho } from "@/util/number";
import { path } from "@/util/path";

export default function ModelList() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={t.model.title} lead={t.model.lead} />
      <ResourceTable
        id="models"
        endpoint="/v1/versions"
        rowKey="id"
        filters={[{ name: "listed", label: t.model.shelf, tabs: true, options: [{ value: "true", label: t.model.shelf }] }]}
        empty={{ title: t.model.empty, hint: t.model.emptyHint }}
        onRow={(v) => void navigate(path.model(v.id))}
        columns={[
          { key: "name", title: t.common.name, render: (v) => <b style={{ fontWeight: 500 }}>{`${v.name} v${v.number}`}</b> },
          { key: "class", title: t.model.class, width: 150, render: (v) => wordFor(t.model.classes, v.class) },
          { key: "inputs", title: t.model.inputs, width: 100, align: "end", render: (v) => v.inputs?.length ?? 0, value: (v) => v.inputs?.length },
          { key: "outputs", title: t.model.outputs, render: (v) => v.outputs?.map((o) => <Tag key={o}>{o}</Tag>), value: (v) => v.outputs?.join(" ") },
          { key: "rho", title: t.lab.charge, width: 110, align: "end", render: (v) => (v.rho ? rho(v.rho) : t.common.none) },
          { key: "hash", title: t.model.hash, width: 190, render: (v) => <Typography.Text code>{v.hash.slice(0, 18)}…</Typography.Text> },
          {
            key: "approved",
            title: t.common.state,
            width: 130,
            render: (v) => (v.approved ? <Tag color="success">{v.shared ? t.states.listed : t.states.approved}</Tag> : <Tag>{t.model.notApproved}</Tag>),
          },
        ]}
      />
    </>
  );
}
