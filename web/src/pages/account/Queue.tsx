import { Tag } from "antd";
import { Link, useNavigate } from "react-router";
import { useText, wordFor, useLanguage } from "@/text";
import { Citations } from "@/ui/Citation";
import { PageHead } from "@/ui/FilePage";
import { ResourceTable } from "@/ui/ResourceTable";
import { dayWithWeekday } from "@/util/day";
import { path } from "@/util/path";

/** Applications for admission in the order in which they are taken: the reason why one comes first stands beside it. */
export default function Queue() {
  const t = useText();
  const { language } = useLanguage();
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={t.people.queue} lead={t.people.queueLead} />
      <ResourceTable
        id="admission-queue"
        endpoint="/v1/admissions/queue"
        rowKey={"name"}
        empty={{ title: t.people.noQueue, hint: t.people.noQueueHint }}
        onRow={(q) => void navigate(path.admission(q.admission.id))}
        columns={[
          { key: "name", title: t.common.org, render: (q) => <b style={{ fontWeight: 500 }}>{q.name}</b> },
          { key: "day", title: t.admission.appliedOn, width: 170, render: (q) => dayWithWeekday(q.admission.applied_on, language), value: (q) => q.admission.applied_on },
          { key: "method", title: t.admission.method, width: 150, render: (q) => wordFor(t.admission.methods, q.admission.method), value: (q) => wordFor(t.admission.methods, q.admission.method) },
          {
            key: "first",
            title: t.people.order,
            width: 420,
            render: (q) =>
              q.first ? (
                <>
                  <Tag color="gold">{t.people.first}</Tag>
                  {q.reason} {q.cite && <Citations cites={[q.cite]} />}
                </>
              ) : (
                t.common.none
              ),
            value: (q) => q.reason,
          },
          { key: "go", title: t.common.actions, width: 100, render: (q) => <Link to={path.admission(q.admission.id)}>{t.people.verify}</Link> },
        ]}
      />
    </>
  );
}
