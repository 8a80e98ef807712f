/** Checks of single arguments. Each returns the value to hand on, or throws InvalidArgument naming the argument. */

import { SdsError, invalidArgument } from "./errors.js";

/** As in the core. */
const MAX_CONTENT = 1024 * 1024;
const MAX_MESSAGE = 8 * 1024 * 1024;

/** More than any message or snapshot needs, and little enough that the module's memory can hold a copy. */
const MAX_BYTES = 256 * 1024 * 1024;

// The getter reads an internal slot: it knows a Uint8Array of any realm and can't be fooled.
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;

/** Text that survives UTF-8: with lone surrogates replaced, two different ids would become one. */
export function text(name, value) {
  if (typeof value !== "string") throw invalidArgument(name, "a string", value);
  if (/\p{Surrogate}/u.test(value)) {
    throw new SdsError("InvalidArgument", `${name} must be well-formed text, but has a lone surrogate`);
  }
  return value;
}

/** The id of a channel or a message. */
export function id(name, value) {
  if (typeof value !== "string" || value === "") throw invalidArgument(name, "a non-empty string", value);
  return text(name, value);
}

export function ids(name, value) {
  return array(name, value, id);
}

/** An array whose items pass `check(itemName, item)`. */
export function array(name, value, check) {
  if (!Array.isArray(value)) throw invalidArgument(name, "an array", value);
  return Array.from(value, (item, index) => check(`${name}[${index}]`, item));
}

export function isUint8Array(value) {
  return ArrayBuffer.isView(value) && typedArrayName.call(value) === "Uint8Array";
}

/** Bytes of any realm and any kind of buffer, as a Uint8Array of this realm that nobody else writes to meanwhile. */
export const bytes = upTo(MAX_BYTES, tooLarge);

/** What is to be sent. */
export const contentBytes = upTo(MAX_CONTENT, tooLarge);

/** What should be a message. */
export const messageBytes = upTo(MAX_MESSAGE, (name, size, limit) => {
  return new SdsError("DeserializationError", `${name} is ${size} bytes, a message has ${limit} at most`);
});

export function object(name, value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidArgument(name, "an object", value);
  }
  return value;
}

/** An object literal, as opposed to an instance of some class handed over by mistake. */
export function plainObject(name, value) {
  const prototype = Object.getPrototypeOf(object(name, value));
  // The prototype's own prototype is null for object literals of any realm.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidArgument(name, "a plain object", value);
  }
  return value;
}

/** An instance of some class, where it is easily forgotten to wait for one or to make one. */
export function instance(name, value) {
  if (typeof value?.then === "function") throw new SdsError("InvalidArgument", `${name} is a promise: await it`);
  if (isClass(value)) {
    const what = value.name === "" ? "a class" : `the class ${value.name}`;
    throw new SdsError("InvalidArgument", `${name} is ${what}: give an instance of it`);
  }
  return object(name, value);
}

export function boolean(name, value) {
  if (typeof value !== "boolean") throw invalidArgument(name, "true or false", value);
  return value;
}

export function func(name, value) {
  if (typeof value !== "function") throw invalidArgument(name, "a function", value);
  return value;
}

/** A whole number from 0 to `max`. */
export function wholeNumber(name, value, max = Number.MAX_SAFE_INTEGER) {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw invalidArgument(name, `a whole number from 0 to ${max}`, value);
  }
  return value;
}

/** `check` for a value that may be left out. */
export function optional(check) {
  return (name, value) => (value === undefined ? undefined : check(name, value));
}

/** A check for bytes. What is too large is refused before it is copied: the module's memory never shrinks. */
function upTo(limit, refusal) {
  return (name, value) => {
    if (!isUint8Array(value)) throw invalidArgument(name, "a Uint8Array", value);
    if (value.byteLength > limit) throw refusal(name, value.byteLength, limit);
    if (isDetached(value)) {
      throw new SdsError("InvalidArgument", `${name} is detached: its buffer was transferred`);
    }
    // Another thread may write to shared memory while it is being read.
    const shared = Object.prototype.toString.call(value.buffer) === "[object SharedArrayBuffer]";
    return shared || !(value instanceof Uint8Array) ? new Uint8Array(value) : value;
  };
}

function tooLarge(name, size, limit) {
  return new SdsError("MessageTooLarge", `${name} is ${size} bytes, the limit is ${limit}`);
}

/** Written as a class: arrow functions and methods have no prototype, and that of other functions can be written to. */
function isClass(value) {
  return typeof value === "function" && Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

function isDetached(view) {
  if (view.byteLength > 0) return false;
  try {
    // An empty view of a detached buffer can't be made; `buffer.detached` is too new to rely on.
    new Uint8Array(view.buffer, 0, 0);
    return false;
  } catch {
    return true;
  }
}
