/** Making and changing elements. Text goes in as text, never as markup: what peers write is not to be trusted. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `props`: `class`, `text`, `data` (dataset), `on` (listeners), anything else is an attribute; true is an
 * empty one, and false or undefined none.
 */
export function el(tag, props = {}, ...children) {
  return furnish(document.createElement(tag), props, children);
}

/** The same in SVG. */
export function svg(tag, props = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), props, children);
}

function furnish(node, { text, data, on, ...attributes }, children) {
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(data ?? {})) node.dataset[name] = value;
  for (const [name, listener] of Object.entries(on ?? {})) node.addEventListener(name, listener);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/** Touches the attribute only if it changes. */
export function setAttribute(node, name, value) {
  if (value === undefined || value === false || value === null) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Touches the text only if it changes. */
export function setText(node, text) {
  const string = String(text);
  if (node.textContent !== string) node.textContent = string;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

export function setData(node, name, value) {
  if (node.dataset[name] !== String(value)) node.dataset[name] = value;
}

/** A button with an icon, a label, or both; `label` is what a screen reader says where there is no `text`. */
export function button({ text, icon: name, label, class: extra = "", ...props }, onClick) {
  const node = el("button", { type: "button", class: `button ${extra}`.trim(), "aria-label": label, ...props });
  if (label && !text) node.title = label;
  if (name) node.append(icon(name));
  if (text) node.append(el("span", { text }));
  if (onClick) node.addEventListener("click", onClick);
  return node;
}

/** A peer's initial on its colour. */
export function chip(peer) {
  return dressChip(el("span", { class: "chip", "aria-hidden": "true" }), peer);
}

/** Gives an existing chip to another peer; undefined is "nobody knows". */
export function dressChip(node, peer) {
  setData(node, "peer", peer ? peer.index : "none");
  setText(node, peer ? peer.name.slice(0, 1).toUpperCase() : "?");
  return node;
}

const PATHS = {
  play: "M5 3.2v9.6L13 8z",
  pause: "M5 3v10M11 3v10",
  settle: "M2.5 5h6M2.5 8h6M2.5 11h6M10.5 8.5l1.6 1.8L14.5 6.5",
  burst: "M3 13V9M6.3 13V6M9.6 13V3.5M13 13V8",
  link: "M6.5 9.5l3-3M7 5l1.6-1.6a2.6 2.6 0 0 1 3.9 3.9L11 9M9 11l-1.6 1.6a2.6 2.6 0 0 1-3.9-3.9L5 7",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M7 7v3.5M9 7v3.5",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  dice: "M3 3h10v10H3zM5.8 5.8h.01M10.2 5.8h.01M8 8h.01M5.8 10.2h.01M10.2 10.2h.01",
  power: "M8 2.5v5M4.7 4.6a5 5 0 1 0 6.6 0",
  restart: "M12.7 6A5 5 0 1 0 13 9M13 3v3.2H9.8",
  cut: "M2 8h3.5M10.5 8H14M6.5 5v6M9.5 5v6",
  join: "M2 8h4M10 8h4M6 5.5v5h4v-5z",
  send: "M2.5 8h10M8.5 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M8 3v9.5M4 8.8l4 3.9 4-3.9",
  paste: "M5.5 4H4v9.5h8V4h-1.5M6 2.5h4v2.8H6z",
  sliders: "M2 5h6M11.5 5H14M2 11h2.5M8 11h6M9.7 3.3v3.4M6.2 9.3v3.4",
  tab: "M2 4h5l1.2 2H14v7H2z",
  check: "M3 8.5l3.2 3.2L13 4.8",
  warn: "M8 2.5l6 11H2zM8 6.8v3M8 11.8h.01",
  lock: "M4 7.5h8v6H4zM5.7 7.5V5.2a2.3 2.3 0 0 1 4.6 0v2.3",
  // The states of a message.
  pending: "M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6",
  acknowledged: "M1.8 8.6l2.8 2.8 5.6-6.2M7.4 10.8l.7.6 5.8-6.2",
  unheard: "M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6M4.8 11.2l6.4-6.4",
  received: "M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6",
  waiting: "M4.5 2.8h7M4.5 13.2h7M5.2 2.8c0 3 5.6 3.6 5.6 5.2s-5.6 2.2-5.6 5.2M10.8 2.8c0 3-5.6 3.6-5.6 5.2s5.6 2.2 "
    + "5.6 5.2",
  hole: "M3.2 5.4V3.2h2.2M10.6 3.2h2.2v2.2M12.8 10.6v2.2h-2.2M5.4 12.8H3.2v-2.2",
  repaired: "M3 6.2h7.2a2.9 2.9 0 0 1 0 5.8H6M5.8 3.4L3 6.2 5.8 9",
  restored: "M3.2 4.4c0-1.9 9.6-1.9 9.6 0s-9.6 1.9-9.6 0v7.2c0 1.9 9.6 1.9 9.6 0V4.4",
  late: "M8 2.8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 2.8M8 5.2V8l2 1.6",
  twice: "M3 6h7v7H3zM6 6V3h7v7h-3",
};

/** Icons are drawn with the text's colour, so that they do well in high contrast modes. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}

/** Makes an icon show another picture. */
export function turnIcon(node, name) {
  setAttribute(node.firstChild, "d", PATHS[name]);
}
