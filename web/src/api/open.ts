import { useItem, useList } from "./hooks";

export interface OpenItem {
  id: string;
  code?: string;
  table: string;
  title: string;
  summary: string;
  holder: string;
  holder_name: string;
  source: string;
  licence: string;
  keywords: string[] | null;
  cycle: string;
  published: string;
  updated: string;
  snapshot?: string;
  rows: number;
  fields: { name: string; title: string; note?: string; unit?: string; type: string; role: string; codes?: { value: string; label?: string }[] | null; filter: boolean }[] | null;
  charts: string[] | null;
  taken: number;
}

export interface RowsPage {
  snapshot: string;
  columns: string[] | null;
  rows: (string | null)[][] | null;
  total: number;
  next?: string;
}

export interface Series {
  title: string;
  field: string;
  every: string;
  labels: string[] | null;
  series: { name: string; unit?: string; values: (number | null)[] | null }[] | null;
  source: string;
  licence: string;
}

export type Every = "day" | "month" | "year";

export const useOpenList = (q?: string) => useList<OpenItem>("/v1/open", { query: { q } });
export const useOpenResource = (id: string) => useItem<OpenItem>("/v1/open/{id}", { path: { id } });
export const useOpenRows = (id: string, limit: number) => useItem<RowsPage>("/v1/open/{id}/rows", { path: { id }, query: { limit } });
export const useOpenSeries = (id: string, field: string, every: Every) =>
  useItem<Series>("/v1/open/{id}/series", { path: { id }, query: { field, every } });
export const openFile = (id: string, format: "csv" | "json") => `/v1/open/${encodeURIComponent(id)}/rows.${format}`;
