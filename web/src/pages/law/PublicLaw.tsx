import { useParams } from "react-router";
import { useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { path } from "@/util/path";
import { PackList } from "./PackList";
import { AllDates } from "./LawTimeline";
import { PackPage } from "./PackPage";

export default function PublicLaw() {
  const t = useText();
  const { pack } = useParams();
  return (
    <div className="portal-inner portal-page">
      {pack ? (
        <PackPage id={pack} trail={{ title: t.portal.law, to: path.law() }} />
      ) : (
        <>
          <PageHead title={t.portal.law} lead={t.portal.lawLead} />
          <PackList to={path.pack} />
          <AllDates />
        </>
      )}
    </div>
  );
}
