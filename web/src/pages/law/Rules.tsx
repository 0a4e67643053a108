import { useOutletContext, useParams } from "react-router";
import type { Me } from "@/api/types";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { PageHead } from "@/ui/FilePage";
import { path } from "@/util/path";
import { oversees } from "@/util/rights";
import { PackList } from "./PackList";
import { AllDates } from "./LawTimeline";
import { PackPage } from "./PackPage";

export default function Rules() {
  const t = useText();
  const me = useOutletContext<Me>();
  const { pack } = useParams();
  if (pack) return <PackPage id={pack} trail={{ title: t.shell.menuRules, to: path.rules() }} />;
  return (
    <>
      <PageHead title={t.shell.menuRules} lead={t.portal.lawLead} extra={oversees(me) && <ButtonLink to={path.transitions()}>{t.transition.title}</ButtonLink>} />
      <PackList to={path.rulesPack} />
      <AllDates />
    </>
  );
}
