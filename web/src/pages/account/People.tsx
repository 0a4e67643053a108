import { Tabs } from "antd";
import { useOutletContext, useSearchParams } from "react-router";
import type { Me } from "@/api/types";
import { useText } from "@/text";
import { PageHead, Panel } from "@/ui/FilePage";
import { EmptyState } from "@/ui/ProblemView";
import { Results, Signatures } from "../training/Results";
import { Accounts } from "./Accounts";
import { Departures } from "./Departures";
import { oversees } from "@/util/rights";
import { OrgPicker, sees, useWhose } from "./OrgPicker";
import { StaffList, WaitingStaff } from "./Staff";

/** 人员: the accounts of an organization, its dedicated staff, what its people passed and signed. */
export default function People() {
  const t = useText();
  const me = useOutletContext<Me>();
  const org = useWhose(me);
  const [search, setSearch] = useSearchParams();
  const none = <EmptyState title={t.people.noOrg} hint={t.people.noOrgHint} />;
  const tabs = [
    { key: "accounts", label: t.people.accounts, children: org ? <Accounts org={org} me={me} /> : none },
    { key: "staff", label: t.people.staff, children: org ? <StaffList org={org} me={me} /> : none },
    { key: "results", label: t.training.results, children: org ? <Results org={org} me={me} /> : none },
    { key: "signed", label: t.training.whoSigned, children: org ? <Signatures org={org} /> : none },
    ...(oversees(me) ? [{ key: "waiting", label: t.people.waitingStaff, children: <WaitingStaff me={me} /> }] : []),
    ...(org && !(sees(me) && org === me.org) ? [{ key: "leave", label: t.people.leave, children: <Departures org={org} me={me} /> }] : []),
  ];
  const wanted = search.get("tab");
  return (
    <>
      <PageHead title={t.shell.menuPeople} lead={sees(me) ? t.people.officeLead : t.people.lead} extra={<OrgPicker me={me} />} />
      <Panel>
        <Tabs
          activeKey={tabs.some((tab) => tab.key === wanted) ? wanted! : "accounts"}
          onChange={(key) =>
            setSearch(
              (before) => {
                before.set("tab", key);
                return before;
              },
              { replace: true },
            )
          }
          destroyOnHidden
          items={tabs}
        />
      </Panel>
    </>
  );
}
