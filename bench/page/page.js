/** What `places/browser.mjs` calls in a page. */

import { measure } from "../cases/index.js";

globalThis.measure = measure;
