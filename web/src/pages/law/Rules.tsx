import { useParams } from "react-router";
import { useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { path } from "@/util/path";
import { PackList } from "./PackList";
import { AllDates } from "./LawTimeline";
import { PackPage } from "./PackPage";

export default function Rules() {
  const t = useText();
  const { pack } = useParams();
  if (pack) return <PackPage id={pack} trail={{ title: t.shell.menuRules, to: path.rules() }} />;
  return (
    <>
      <PageHead title={t.shell.menuRules} lead={t.portal.lawLead} />
      <PackList to={path.rulesPack} />
      <AllDates />
    </>
  );
}
