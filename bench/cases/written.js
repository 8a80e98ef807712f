/** How many bytes one received message writes. */

import { UNACKNOWLEDGED, writtenBytes } from "../receiver.js";

const nameOf = (unacknowledged) => `${unacknowledged.toLocaleString("en")} unacknowledged`;

export const groups = [
  {
    name: "bytes written per operation",
    units: { snapshot: "B", history: "B" },
    rounds: 1,
    exact: true,
    places: ["node"],
    subjects: Object.fromEntries(UNACKNOWLEDGED.map((unacknowledged) => [nameOf(unacknowledged), { unacknowledged }])),
    ratios: [],
    limits: [{ subject: nameOf(100), metric: "snapshot", atMost: 60_000 }],
  },
];

export const measure = ({ unacknowledged }) => writtenBytes(unacknowledged);
