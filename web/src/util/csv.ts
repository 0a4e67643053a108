// What is shown as a table can be taken along as one.

export interface CsvColumn<T> {
  key: string;
  title: string;
  value?: (row: T) => string | number | undefined;
}

function cell(value: unknown): string {
  const text = value === undefined || value === null ? "" : String(value);
  // A spreadsheet takes a cell that begins like this for a formula.
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

export function toCsv<T>(columns: CsvColumn<T>[], rows: readonly T[]): string {
  const line = (values: unknown[]) => values.map(cell).join(",");
  return [
    line(columns.map((c) => c.title)),
    ...rows.map((row) => line(columns.map((c) => (c.value ? c.value(row) : (row as Record<string, unknown>)[c.key])))),
  ].join("\r\n");
}

export function saveText(name: string, text: string, type = "text/csv") {
  const link = document.createElement("a");
  // The mark tells older Excel that the file is UTF-8.
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
