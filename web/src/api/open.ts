import { useItem, useList } from "./hooks";

export type Every = "day" | "month" | "year";

export const useOpenList = (q?: string) => useList("/v1/open", { query: { q } });
export const useOpenResource = (id: string) => useItem("/v1/open/{id}", { path: { id } });
export const useOpenRows = (id: string, limit: number) => useItem("/v1/open/{id}/rows", { path: { id }, query: { limit } });
export const useOpenSeries = (id: string, field: string, every: Every) =>
  useItem("/v1/open/{id}/series", { path: { id }, query: { field, every } });
export const openFile = (id: string, format: "csv" | "json") => `/v1/open/${encodeURIComponent(id)}/rows.${format}`;
