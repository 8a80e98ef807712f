/** All that is measured, in the order of the report. */

import * as receive from "./receive.js";
import * as send from "./send.js";

const CASES = { send, receive };

export const GROUPS = Object.entries(CASES).flatMap(([file, { groups }]) => groups.map((group) => ({ file, ...group })));

export const measure = (file, subject) => CASES[file].measure(subject);
