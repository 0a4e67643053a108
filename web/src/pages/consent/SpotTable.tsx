import { Button, Empty, Table, Tag } from "antd";
import { Link } from "react-router";
import { useOrgName } from "@/api/org";
import type { Spot } from "@/api/types";
import { useText } from "@/text";
import { minute } from "@/util/day";
import { path } from "@/util/path";

/** What was drawn and found, one file a row. */
export function SpotTable({ spots, draws, onCheck }: { spots: Spot[]; draws?: boolean; onCheck?: (spot: Spot) => void }) {
  const t = useText();
  const orgName = useOrgName();
  const verdict = (ok: boolean | undefined, yes: string, no: string) =>
    ok === undefined ? <Tag>{t.consent.unchecked}</Tag> : <Tag color={ok ? "success" : "error"}>{ok ? yes : no}</Tag>;
  return (
    <Table
      rowKey={(s) => `${s.draw} ${s.consent}`}
      size="middle"
      pagination={spots.length > 50 ? { pageSize: 50 } : false}
      dataSource={spots}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t.consent.noChecks} /> }}
      columns={[
        { title: t.consent.number, render: (_, s) => <Link to={path.consent(s.consent)}>{s.number}</Link> },
        { title: t.common.org, render: (_, s) => s.orgs?.map((o) => orgName(o)).join("、") },
        { title: t.consent.compliance, width: 110, render: (_, s) => verdict(s.compliant, t.consent.compliant, t.consent.notCompliant) },
        { title: t.consent.validity, width: 110, render: (_, s) => verdict(s.valid, t.my.standings.valid ?? "", t.consent.notValid) },
        { title: t.consent.note, render: (_, s) => s.note },
        { title: t.call.at, width: 150, render: (_, s) => s.at && minute(s.at) },
        ...(draws ? [{ title: t.consent.draw, width: 110, render: (_: unknown, s: Spot) => <Link to={path.consentDraw(s.draw)}>{t.common.view}</Link> }] : []),
        ...(onCheck
          ? [
              {
                title: "",
                width: 130,
                render: (_: unknown, s: Spot) =>
                  s.compliant && s.valid ? null : (
                    <Button size="small" type={s.compliant === undefined ? "primary" : "default"} onClick={() => onCheck(s)}>
                      {s.compliant === undefined ? t.consent.record : t.consent.again}
                    </Button>
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}
