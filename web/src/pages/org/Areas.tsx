import { Tag } from "antd";
import { useNavigate } from "react-router";
import { useText } from "@/text";
import { ResourceTable } from "@/ui/ResourceTable";
import { path } from "@/util/path";

/** 行政区域: the areas inside the one that the platform serves, who acts in each, and how many bodies stand in it. */
export function Areas() {
  const t = useText();
  const navigate = useNavigate();
  return (
    <ResourceTable
      id="areas"
      endpoint="/v1/areas"
      rowKey="code"
      empty={{ title: t.area.empty, hint: t.area.emptyHint }}
      onRow={(a) => void navigate(path.organizationsIn(a.code))}
      columns={[
        { key: "name", title: t.common.name, render: (a) => <b style={{ fontWeight: 500 }}>{a.name}</b> },
        { key: "code", title: t.area.code, width: 140, render: (a) => a.code || t.area.root, value: (a) => a.code },
        { key: "bodies", title: t.area.bodies, width: 140, align: "end", render: (a) => t.area.count(a.bodies) },
        { key: "bureau", title: t.area.bureau, width: 180, render: (a) => <Tag color={a.bureau ? "success" : undefined}>{a.bureau ? t.area.has : t.area.hasNone}</Tag>, value: (a) => (a.bureau ? t.area.has : t.area.hasNone) },
        { key: "acting", title: t.area.acting, width: 200, render: (a) => (a.bureau ? t.area.itself : t.area.actsFor(a.acting)), value: (a) => a.acting },
      ]}
    />
  );
}
