import { Alert, Descriptions, Segmented, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { ExactCell, ExactEvidence, StatisticsPermit } from "@/api/types";
import { useText, wordFor } from "@/text";
import { Chart } from "@/ui/Chart";
import { EntryName } from "@/ui/EntryName";
import { EmptyState } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import { grouped } from "@/util/number";
import { path } from "@/util/path";

const colors: Record<ExactCell["badge"], string> = { shown: "success", primary: "error", secondary: "warning", redacted: "purple", structural: "default" };

/** Every cell of an exact table with what becomes of it: shown, or hidden and for which reason. For the holder of the data and the bureau only. */
export function ExactCells({ exact }: { exact: ExactEvidence }) {
  const t = useText();
  const [badge, setBadge] = useState("all");
  const cells = exact.cells ?? [];
  const kinds = [...new Set(cells.map((c) => c.badge))];
  return (
    <>
      <Typography.Paragraph type="secondary">{t.release.exactNote(exact.base)}</Typography.Paragraph>
      <Segmented
        style={{ marginBottom: 12 }}
        value={badge}
        onChange={setBadge}
        options={[
          { value: "all", label: t.release.cellsAll(cells.length) },
          ...kinds.map((k) => ({ value: k, label: `${wordFor(t.release.badges, k)} ${cells.filter((c) => c.badge === k).length}` })),
        ]}
      />
      <Table
        size="small"
        rowKey="cell"
        aria-label={t.release.cells}
        pagination={cells.length > 100 ? { pageSize: 100 } : false}
        scroll={{ x: "max-content" }}
        dataSource={cells.filter((c) => badge === "all" || c.badge === badge)}
        columns={[
          { title: t.release.cell, render: (_, c) => c.keys?.join(" · ") || t.release.whole },
          { title: t.release.badge, width: 130, render: (_, c) => <Tag color={colors[c.badge]}>{wordFor(t.release.badges, c.badge)}</Tag> },
          { title: t.release.why, render: (_, c) => (c.why ? wordFor(t.release.whys, c.why) : t.release.whyOf[c.badge]) },
          { title: t.release.units, align: "end", width: 110, render: (_, c) => grouped(c.units) },
          { title: t.release.top, align: "end", width: 120, render: (_, c) => c.top ?? t.common.none },
          { title: t.release.topTwo, align: "end", width: 120, render: (_, c) => c.top_two ?? t.common.none },
        ]}
      />
    </>
  );
}

/** How many subjects the cells have, and what the release has in common with those that left before. */
export function ExactAudit({ exact }: { exact: ExactEvidence }) {
  const t = useText();
  const overlaps = exact.overlaps ?? [];
  return (
    <>
      <Typography.Title level={3}>{t.release.histogram}</Typography.Title>
      <Chart kind="bar" height={220} labelTitle={t.release.units} data={{ labels: t.release.bins, series: [{ name: t.release.cells, values: exact.histogram ?? [] }] }} />
      <Typography.Title level={3}>{t.release.overlaps}</Typography.Title>
      {overlaps.length ? (
        <Table
          size="small"
          rowKey="release"
          pagination={false}
          aria-label={t.release.overlaps}
          dataSource={overlaps}
          columns={[
            { title: t.release.earlier, dataIndex: "release" },
            { title: t.release.pairs, align: "end", render: (_, o) => grouped(o.cells) },
            { title: t.release.shared, align: "end", render: (_, o) => grouped(o.shared) },
            { title: t.release.closest, align: "end", render: (_, o) => (o.closest < 0 ? t.release.equal : grouped(o.closest)) },
          ]}
        />
      ) : (
        <EmptyState title={t.release.noOverlaps} hint={t.release.noOverlapsHint} />
      )}
    </>
  );
}

/** The permit that exact figures rest on. */
export function PermitView({ permit, ended }: { permit: StatisticsPermit; ended: boolean }) {
  const t = useText();
  return (
    <>
      {ended && <Alert type="error" showIcon style={{ marginBottom: 12 }} title={t.release.permitEnded} />}
      <Descriptions
        bordered
        column={1}
        items={[
          { label: t.release.ground, children: permit.ground },
          {
            label: t.statistics.resources,
            children: permit.resources?.map((r) => (
              <div key={r}>
                <Link to={path.catalogEntry(r)}><EntryName id={r} /></Link>
              </div>
            )),
          },
          { label: t.common.purpose, children: permit.purpose },
          { label: t.release.recipient, children: permit.recipient },
          { label: t.release.until, children: permit.until },
          { label: t.common.created, children: minute(permit.opened) },
          ...(permit.reason ? [{ label: t.statistics.endedFor, children: permit.reason }] : []),
          { label: t.release.permitNo, children: <Typography.Text copyable>{permit.id}</Typography.Text> },
        ]}
      />
    </>
  );
}
