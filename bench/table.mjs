// Text in columns, for a terminal and for Markdown.

/** @param {string[]} header @param {string[][]} rows The first column is text, the others are numbers. */
export function table(header, rows) {
  const line = layout([header, ...rows]);
  return [header, ...rows].map((row) => line(row).join("  ").trimEnd()).join("\n");
}

/** @param {string[]} header @param {string[][]} rows */
export function markdown(header, rows) {
  const rule = header.map((_, column) => (column ? "--:" : "---"));
  return [header, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function layout(all) {
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return (row) => row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column])));
}

/** Three significant digits, in full. */
export function number(value) {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

export const quantity = (value, unit) => (unit ? `${number(value)} ${unit}` : number(value));
