// What several rounds of one measurement come to.

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median with the least and the greatest of the rounds. @param {number[]} values */
export const summarize = (values) => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
  rounds: values,
});
