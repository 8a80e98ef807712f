/** The one error type of the package, and how failures nobody waits for are reported. */

const CODES = new Set([
  "InvalidArgument",
  "InvalidState",
  "MessageTooLarge",
  "SerializationError",
  "DeserializationError",
  "PersistenceError",
  "InternalError",
  "StorageLocked",
  "StorageBlocked",
  "StorageUnavailable",
  "StorageVersion",
  "StorageQuota",
]);

/** How deep `toJSON` follows a chain of causes: a chain may be a circle. */
const MAX_CAUSES = 4;

export class SdsError extends Error {
  constructor(code, message, options) {
    super(message, options);
    Object.defineProperty(this, "code", { value: code, enumerable: true });
  }

  toJSON() {
    return summarize(this, MAX_CAUSES);
  }

  static fromJSON(json) {
    if (!isObject(json) || typeof json.code !== "string" || typeof json.message !== "string") {
      throw invalidArgument("json", "what SdsError.toJSON returned", json);
    }
    if (!CODES.has(json.code)) throw invalidArgument("json.code", "a code of this version", json.code);
    const options = "cause" in json ? { cause: reviveCause(json.cause) } : undefined;
    return new SdsError(json.code, json.message, options);
  }
}
// On the prototype, as the built-in errors have it: an own property would show up in every printed error.
Object.defineProperty(SdsError.prototype, "name", { value: "SdsError", configurable: true, writable: true });

/** Whatever was thrown, as an SdsError. The core throws plain objects `{ code, message, cause? }`. */
export function toSdsError(thrown) {
  if (thrown instanceof SdsError) return thrown;
  if (isObject(thrown) && CODES.has(thrown.code) && typeof thrown.message === "string") {
    const options = thrown.cause === undefined ? undefined : { cause: thrown.cause };
    return new SdsError(thrown.code, thrown.message, options);
  }
  return new SdsError("InternalError", `unexpected failure: ${messageOf(thrown)}`, { cause: thrown });
}

/** The error for an argument of a wrong kind: names it, says what it must be and what was got. */
export function invalidArgument(name, expected, got) {
  return new SdsError("InvalidArgument", `${name} must be ${expected}, got ${describe(got)}`);
}

/** The text of anything thrown. */
export function messageOf(thrown) {
  return isObject(thrown) && typeof thrown.message === "string" ? thrown.message : describe(thrown);
}

/** A value in a few words, for error texts. */
export function describe(value) {
  switch (typeof value) {
    case "string":
      return `string ${JSON.stringify(value.length > 20 ? `${value.slice(0, 20)}…` : value)}`;
    case "number":
    case "bigint":
    case "boolean":
      return `${typeof value} ${value}`;
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return typeof value;
  }
}

/** Reports a failure that no caller waits for, the way the platform reports a listener that throws. */
export function report(error) {
  if (typeof globalThis.reportError === "function") {
    globalThis.reportError(error);
  } else {
    // Node has no reportError; thrown from a task of its own, the error becomes an uncaught exception.
    queueMicrotask(() => {
      throw error;
    });
  }
}

function describeObject(value) {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "an object";
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

function isObject(value) {
  return typeof value === "object" && value !== null;
}

function summarize(error, depth) {
  const summary = { name: String(error.name), message: String(error.message) };
  // DOMException has a legacy numeric code, which says nothing that its name doesn't.
  if (typeof error.code === "string") summary.code = error.code;
  if (error.cause !== undefined && depth > 0) summary.cause = summarizeCause(error.cause, depth - 1);
  return summary;
}

function summarizeCause(cause, depth) {
  return isObject(cause) && typeof cause.message === "string" ? summarize(cause, depth) : describe(cause);
}

function reviveCause(cause) {
  if (!isObject(cause)) return cause;
  if (cause.name === "SdsError" && CODES.has(cause.code)) return SdsError.fromJSON(cause);
  const error = new Error(String(cause.message), "cause" in cause ? { cause: reviveCause(cause.cause) } : undefined);
  error.name = String(cause.name);
  if (cause.code !== undefined) error.code = cause.code;
  return error;
}
