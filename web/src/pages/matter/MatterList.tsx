import { useNavigate } from "react-router";
import { useItem } from "@/api/hooks";
import { useLanguage, useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { dayWithWeekday } from "@/util/day";
import { path } from "@/util/path";

export default function MatterList() {
  const t = useText();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const procedures = useItem("/v1/regime/procedures");
  return (
    <>
      <PageHead title={t.matter.title} lead={t.matter.lead} />
      <ResourceTable
        id="matters"
        endpoint="/v1/matters"
        rowKey="id"
        filters={[
          {
            name: "kind",
            label: t.matter.kind,
            options: procedures.data?.items?.map((p) => ({ value: p.kind, label: p.title })) ?? [],
          },
        ]}
        empty={{ title: t.matter.empty, hint: t.matter.emptyHint }}
        onRow={(m) => void navigate(path.matter(m.id))}
        columns={[
          { key: "title", title: t.common.name, render: (m) => <b style={{ fontWeight: 500 }}>{m.title}</b> },
          { key: "kind_title", title: t.matter.kind, width: 140 },
          { key: "applicant_name", title: t.matter.applicant, width: 200 },
          { key: "step", title: t.matter.holder, width: 180, render: (m) => m.step || t.common.none },
          { key: "day", title: t.matter.accepted, width: 150, render: (m) => dayWithWeekday(m.day, language) },
          { key: "state", title: t.common.state, width: 110, render: (m) => <StateTag state={m.state} /> },
          { key: "id", title: t.common.code, width: 240, hidden: true },
        ]}
      />
    </>
  );
}
