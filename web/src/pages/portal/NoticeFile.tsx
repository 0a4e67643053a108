import { Typography } from "antd";
import { useParams } from "react-router";
import { post } from "@/api/client";
import { useAct, useItem } from "@/api/hooks";
import { useSession } from "@/api/session";
import { useLanguage, useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FilePage, Panel } from "@/ui/FilePage";
import { Loaded } from "@/ui/ProblemView";
import { dayWithWeekday, minute } from "@/util/day";
import { path } from "@/util/path";
import { CallWindow, Entries, NoticeTags, Versions } from "../notice/NoticeParts";
import { PublicityView } from "../notice/PublicityView";
import { RankingTab, ranks } from "../notice/RankingTab";
import "../notice/notice.css";

/** One notice whole: anybody reads it; who published it may revoke it here. */
export default function NoticeFile() {
  const t = useText();
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const session = useSession();
  const query = useItem("/v1/notices/{id}", { path: { id } });
  const revoke = useAct((reason: string) => post("/v1/notices/{id}/revoke", { path: { id } }, { reason }));
  return (
    <div className="portal-inner portal-page">
      <Loaded query={query}>
        {({ notice, acts, org_name, open }) => (
          <FilePage
            trail={[{ title: t.portal.notices, to: path.notices() }, { title: notice.title }]}
            title={notice.title}
            state={<NoticeTags notice={notice} open={open} />}
            facts={[
              { label: t.notice.publisher, value: org_name },
              { label: t.notice.published, value: minute(notice.published) },
              { label: t.notice.document, value: notice.document },
              { label: t.law.inForce, value: notice.edition && dayWithWeekday(notice.edition.from, language) },
              { label: t.law.until, value: notice.until && dayWithWeekday(notice.until, language) },
              { label: t.notice.revocation, value: notice.revocation },
            ]}
            acts={acts
              ?.filter((o) => o.allowed || !notice.revoked)
              .map((o) => <ActButton key={o.act} state={o} dangerous label={wordFor(t.ledger.acts, o.act)} run={({ reason }) => revoke.mutateAsync(reason ?? "")} />)}
            tabs={[
              {
                key: "text",
                label: t.file.content,
                content: (
                  <>
                    <CallWindow notice={notice} open={open} />
                    {notice.kind === "publicity" && !notice.revoked && <PublicityView id={notice.id} />}
                    <Typography.Paragraph className="document-text">{notice.text}</Typography.Paragraph>
                    {notice.call && notice.call.conditions !== notice.text && (
                      <Panel title={t.notice.conditions}>
                        <div className="document-text">{notice.call.conditions}</div>
                      </Panel>
                    )}
                    <div className="notice-tables">
                      <Entries notice={notice} />
                      <Versions notice={notice} />
                    </div>
                  </>
                ),
              },
              ...(ranks(notice, session?.roles) ? [{ key: "ranking", label: t.ranking.title, content: <RankingTab call={notice.id} /> }] : []),
            ]}
          />
        )}
      </Loaded>
    </div>
  );
}
