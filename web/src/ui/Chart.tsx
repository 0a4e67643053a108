import { BarChartOutlined, TableOutlined } from "@ant-design/icons";
import { Segmented, Skeleton, Table } from "antd";
import { Component, lazy, type ReactNode, Suspense, useState } from "react";
import { useText } from "@/text";
import type { ChartData } from "./chartData";

const Drawing = lazy(() => import("./ChartDrawing"));

interface Props {
  kind: "line" | "bar";
  data: ChartData;
  height?: number;
  labelTitle?: string;
}

class FallBack extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}

/** A chart whose numbers can always be read as a table too. The drawing library is loaded when one is first shown. */
export function Chart({ kind, data, height = 320, labelTitle }: Props) {
  const t = useText();
  const [as, setAs] = useState<"chart" | "table">("chart");
  return (
    <div>
      <div style={{ textAlign: "end", marginBottom: 4 }}>
        <Segmented
          size="small"
          value={as}
          onChange={setAs}
          options={[
            { value: "chart", icon: <BarChartOutlined aria-hidden />, label: t.common.chart },
            { value: "table", icon: <TableOutlined aria-hidden />, label: t.common.table },
          ]}
        />
      </div>
      {as === "chart" ? (
        <FallBack instead={<p>{t.chart.failed}</p>}>
          <Suspense fallback={<Skeleton.Node active style={{ width: "100%", height }} />}>
            <Drawing kind={kind} data={data} height={height} />
          </Suspense>
        </FallBack>
      ) : (
        <Table
          size="small"
          pagination={data.labels.length > 50 ? { pageSize: 50 } : false}
          scroll={{ y: height }}
          rowKey="label"
          dataSource={data.labels.map((label, i) => ({ label, values: data.series.map((s) => s.values[i] ?? null) }))}
          columns={[
            { title: labelTitle, dataIndex: "label" },
            ...data.series.map((s, i) => ({
              title: s.unit ? `${s.name}（${s.unit}）` : s.name,
              align: "end" as const,
              render: (_: unknown, r: { values: (number | null)[] }) => r.values[i] ?? t.common.none,
            })),
          ]}
        />
      )}
    </div>
  );
}
