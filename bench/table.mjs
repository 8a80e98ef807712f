// Text in columns.

/** @param {string[]} header @param {string[][]} rows The first column is text, the others are numbers. */
export function table(header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}

/** Three significant digits, in full. */
export function number(value) {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
