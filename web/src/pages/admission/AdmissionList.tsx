import { PlusOutlined } from "@ant-design/icons";
import { useNavigate, useOutletContext } from "react-router";
import type { Me } from "@/api/types";
import { useOrgName } from "@/api/org";
import { useLanguage, useText, wordFor } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { StateTag } from "@/ui/StateTag";
import { dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";

export default function AdmissionList() {
  const t = useText();
  const orgName = useOrgName();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const me = useOutletContext<Me>();
  const create = me.roles?.some((r) => r === "data-user" || r === "applicant-org" || r === "buyer") && (
    <ButtonLink key="new" to={path.admissionNew()} type="primary" icon={<PlusOutlined aria-hidden />}>
      {t.admission.apply}
    </ButtonLink>
  );
  return (
    <>
      <PageHead title={t.shell.menuAdmissions} lead={t.admission.lead} />
      <ResourceTable
        id="admissions"
        endpoint="/v1/admissions"
        rowKey="id"
        actions={create}
        empty={{ title: t.admission.empty, hint: create ? t.admission.emptyApplicant : t.admission.emptyHint, action: create }}
        onRow={(a) => void navigate(path.admission(a.id))}
        columns={[
          { key: "org", title: t.common.org, render: (a) => orgName(a.org) },
          { key: "method", title: t.admission.method, width: 160, render: (a) => wordFor(t.admission.methods, a.method) },
          { key: "applied_on", title: t.admission.appliedOn, width: 150, render: (a) => dayWithWeekday(a.applied_on, language) },
          { key: "pledge", title: t.admission.pledge, width: 200, render: (a) => (a.pledge ? `${a.pledge.signer} ${minute(a.pledge.signed)}` : t.common.none), value: (a) => a.pledge?.signer },
          { key: "state", title: t.common.state, width: 110, render: (a) => <StateTag state={a.state} /> },
        ]}
      />
    </>
  );
}
