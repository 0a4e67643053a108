import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { ink, palette } from "@/theme";
import type { ChartData } from "./chartData";

use([LineChart, BarChart, GridComponent, TooltipComponent, LegendComponent, DataZoomComponent, AriaComponent, CanvasRenderer]);

const fewLabels = 60;

export default function ChartDrawing({ kind, data, height }: { kind: "line" | "bar"; data: ChartData; height: number }) {
  const place = useRef<HTMLDivElement>(null);
  // An effect, because the library draws into an element of its own.
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current);
    const long = data.labels.length > fewLabels;
    chart.setOption({
      color: palette,
      aria: { enabled: true },
      animationDuration: 200,
      textStyle: { fontFamily: "inherit" },
      grid: { left: 8, right: 16, top: data.series.length > 1 ? 36 : 28, bottom: long ? 48 : 8, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8 } : undefined,
      tooltip: { trigger: "axis", confine: true },
      dataZoom: long ? [{ type: "inside" }, { type: "slider", height: 18, bottom: 8, brushSelect: false }] : undefined,
      xAxis: {
        type: "category",
        data: data.labels,
        boundaryGap: kind === "bar",
        axisLine: { lineStyle: { color: "#b6c1d2" } },
        axisTick: { show: false },
        axisLabel: { color: ink.soft, hideOverlap: true },
      },
      yAxis: {
        type: "value",
        scale: kind === "line",
        name: data.series[0]?.unit,
        nameTextStyle: { color: ink.soft, align: "left" },
        axisLabel: { color: ink.soft },
        splitLine: { lineStyle: { color: "#edf0f5" } },
      },
      series: data.series.map((s) => ({
        type: kind,
        name: s.name,
        data: s.values,
        showSymbol: false,
        barMaxWidth: 36,
        lineStyle: { width: 2 },
        connectNulls: false,
      })),
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [kind, data]);
  return <div ref={place} style={{ height, width: "100%" }} />;
}
