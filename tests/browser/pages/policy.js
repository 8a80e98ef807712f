import * as sds from "/sds-wasm/entry/browser.js";
import { converse } from "./conversation.js";

const told = ({ code, message }) => ({ code, message });
globalThis.outcome = converse(sds).catch(told);
