import { PlusOutlined } from "@ant-design/icons";
import { useNavigate, useOutletContext } from "react-router";
import type { Me } from "@/api/types";
import { useOrgName } from "@/api/org";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { minute } from "@/util/day";
import { path } from "@/util/path";

export default function ScenarioList() {
  const t = useText();
  const orgName = useOrgName();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const create = me.roles?.includes("data-user") && (
    <ButtonLink key="new" to={path.scenarioNew()} type="primary" icon={<PlusOutlined aria-hidden />}>
      {t.scenario.create}
    </ButtonLink>
  );
  return (
    <>
      <PageHead title={t.scenario.title} lead={t.scenario.lead} />
      <ResourceTable
        id="scenarios"
        endpoint="/v1/scenarios"
        rowKey="id"
        actions={create}
        empty={{ title: t.scenario.empty, hint: t.scenario.emptyHint, action: create }}
        onRow={(s) => void navigate(path.scenario(s.id))}
        columns={[
          { key: "title", title: t.scenario.name, render: (s) => <b style={{ fontWeight: 500 }}>{s.plan.title}</b>, value: (s) => s.plan.title },
          { key: "org", title: t.common.org, width: 200, render: (s) => orgName(s.org) },
          { key: "purpose", title: t.common.purpose, ellipsis: true, render: (s) => s.plan.purpose, value: (s) => s.plan.purpose },
          {
            key: "needs",
            title: t.common.fields,
            width: 90,
            align: "end",
            render: (s) => s.plan.needs?.reduce((n, need) => n + (need.fields?.length ?? 0), 0),
          },
          { key: "opened", title: t.scenario.filed, width: 150, render: (s) => minute(s.opened), value: (s) => s.opened },
          { key: "state", title: t.common.state, width: 110, render: (s) => <StateTag state={s.state} /> },
        ]}
      />
    </>
  );
}
