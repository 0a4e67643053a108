/** What a chart draws, and its table lists. */
export interface ChartData {
  /** One name per value of each series. */
  labels: string[];
  series: { name: string; values: (number | null)[]; unit?: string }[];
}
