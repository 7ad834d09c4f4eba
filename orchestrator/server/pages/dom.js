// Elements from plain values. Text only ever enters as text nodes.

/** An element with attributes (`class`, `lang`, `on…` listeners, booleans) and children; null children are left out. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element; attributes only. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

export const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A text as paragraphs and lists: lines that begin with a dash or bullet become list items. */
export function blocks(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const item = /^\s*[–•-]\s+(.*)$/u.exec(line);
    const last = found.at(-1);
    if (item && last?.tagName === "UL") last.append(el("li", {}, item[1]));
    else if (item) found.push(el("ul", {}, el("li", {}, item[1])));
    else if (line.trim() && last?.tagName === "P" && !last.dataset.ended) last.append("\n", line);
    else if (line.trim()) found.push(el("p", {}, line));
    else if (last?.tagName === "P") last.dataset.ended = "1";
  }
  return found;
}
