// The conversation as it is read: messages on one thread that runs from the left (the house) to the right (the customer) and back.

import { blocks, byId, el, svg } from "./dom.js";
import { agentName, hour, language, say } from "./words.js";

const NEAR = 80;
const MOUSE = matchMedia("(hover: hover)");
const log = byId("log");
const drafts = byId("drafts");
const scroller = byId("scroller");
const below = byId("below");
const shown = new Map();
let choose = () => {};
let ended = true;

/** Prepares the transcript; `onChoice` hears the label of a quick reply. */
export function openTranscript(onChoice) {
  choose = onChoice;
  scroller.addEventListener("scroll", () => (below.hidden = below.hidden || isAtEnd()), { passive: true });
  below.addEventListener("click", () => toEnd(true));
  scroller.addEventListener("scroll", () => (ended = isAtEnd()), { passive: true });
  new ResizeObserver(() => ended && log.children.length && toEnd(true)).observe(scroller);
}

export function clear() {
  shown.clear();
  log.replaceChildren();
  drafts.replaceChildren();
  below.hidden = true;
}

export const has = (id) => shown.has(id);
export const unsentTexts = () => [...log.querySelectorAll(".unsent .said")].map((said) => said.innerText);

/** The customer's message, as it leaves; `adopt` gives it the server's id. */
export function addOwn(text) {
  dropChoices();
  const message = framed({ role: "customer", text, at: new Date() });
  message.said.append(...blocks(text));
  place(message, log, log.lastElementChild);
  toEnd(true);
  return message;
}

export function adopt(message, id) {
  message.id = id;
  shown.set(id, message);
}

/** Marks a message as not sent, with what can be done about it. */
export function markUnsent(message, sentence, { label, act }) {
  message.line.classList.add("unsent");
  const button = el("button", { type: "button", class: "again", onclick: () => (clearMark(message), act()) }, label);
  message.after.replaceChildren(el("p", { class: "trouble" }, sentence, " ", button));
  toEnd();
}

export function remove(message) {
  message.line.remove();
  shown.delete(message.id);
  rethread();
}

/** A piece of a reply; whole replies move to the log when they are done, so that they are announced once. */
export function addPiece({ message_id: id, agent, text }, spoken) {
  const message = shown.get(id) ?? begin(id, agent, spoken);
  if (message.done) return;
  stay(() => {
    message.text += text;
    message.said.replaceChildren(...blocks(message.text));
  });
}

export function addSource(id, citation) {
  const message = shown.get(id);
  if (message && !message.done) message.citations.push(citation);
}

export function addChoices(id, choices) {
  const message = shown.get(id);
  if (message && !message.done) message.choices = choices.map((choice) => choice.label);
}

/** The turn is over: what it said is complete. */
export function finish(spoken) {
  setTyping(false);
  stay(() => {
    for (const message of [...shown.values()].filter((one) => !one.done)) complete(message, spoken);
  });
}

/** What an interrupted turn had begun to say is void. */
export function dropDrafts() {
  for (const message of [...shown.values()].filter((one) => !one.done)) remove(message);
}

export function addHuman({ message_id: id, text }, spoken) {
  if (shown.has(id)) return;
  stay(() => show({ id, role: "human", text, language: spoken, at: new Date(), agent: "" }, log.lastElementChild));
}

/** Brings the transcript in line with what is stored: missing messages are added in their place, texts corrected. */
export function reconcile(messages, pending) {
  stay(() => {
    let before = null;
    for (const stored of messages) {
      const known = shown.get(stored.id) ?? adopted(stored, pending);
      if (known && known.text !== stored.text && known.done && known.role !== "customer") rewrite(known, stored);
      before = known?.line.parentElement === log ? known.line : known ? before : show({ ...stored, at: new Date(stored.at) }, before).line;
    }
    const last = messages.at(-1);
    const message = last?.choices.length ? shown.get(last.id) : undefined;
    if (message?.line === log.lastElementChild && !message.after.querySelector(".choices")) offer(message, last.choices);
  });
}

export function setTyping(isTyping) {
  drafts.querySelector(".typing")?.remove();
  if (!isTyping) return rethread();
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  stay(() => drafts.append(el("li", { class: "message left typing" }, crossings(), dots)));
  rethread();
}

export function dropChoices() {
  for (const list of document.querySelectorAll(".choices")) list.remove();
}

/** The labels in the page's language. */
export function relabel() {
  for (const message of shown.values()) message.label.textContent = speaker(message);
}

export function toEnd(always = false) {
  if (always || isAtEnd()) scroller.scrollTop = scroller.scrollHeight;
}

function begin(id, agent, spoken) {
  setTyping(false);
  const message = framed({ id, role: "agent", agent, text: "", at: new Date(), language: spoken });
  message.done = false;
  shown.set(id, message);
  place(message, drafts, drafts.lastElementChild);
  return message;
}

function complete(message, spoken) {
  message.done = true;
  if (spoken) message.said.lang = spoken;
  decorate(message);
  place(message, log, log.lastElementChild);
}

function show(stored, before) {
  const message = framed(stored);
  message.said.append(...blocks(stored.text));
  message.citations = stored.citations ?? [];
  decorate(message);
  shown.set(stored.id, message);
  place(message, log, before);
  return message;
}

function rewrite(message, stored) {
  message.text = stored.text;
  message.said.replaceChildren(...blocks(stored.text));
  message.citations = stored.citations;
  decorate(message);
}

/** A message of ours whose answer never came back, found again among what is stored. */
function adopted(stored, pending) {
  const message = stored.role === "customer" ? pending.find((one) => !one.id && one.text.trim() === stored.text.trim()) : undefined;
  if (message) {
    clearMark(message);
    adopt(message, stored.id);
  }
  return message;
}

function framed(source) {
  const side = source.role === "customer" ? "right" : "left";
  const label = el("span", { class: "who" });
  const time = el("time", { datetime: source.at.toISOString() }, hour(source.at));
  const said = el("div", { class: "said", lang: source.language });
  const after = el("div", { class: "after" });
  const line = el("li", { class: `message ${side} ${source.role}` }, crossings(), el("div", { class: "body" }, el("p", { class: "by" }, label, " ", time), said, after));
  const message = { id: source.id, role: source.role, agent: source.agent, text: source.text, line, label, said, after, citations: [], choices: [], done: true };
  label.textContent = speaker(message);
  return message;
}

/** The thread's way through the gap above a message: over to the right, and back to the left. */
function crossings() {
  const ways = { over: "M0 0C0 100 100 0 100 100", back: "M100 0C100 100 0 0 0 100" };
  return Object.entries(ways).map(([name, d]) =>
    svg("svg", { class: `crossing ${name}`, viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { d, "vector-effect": "non-scaling-stroke" })),
  );
}

function decorate(message) {
  const links = distinct(message.citations).map(source);
  message.after.replaceChildren();
  if (links.length) message.after.append(el("ul", { class: "sources", "aria-label": say("sources") }, links));
  offer(message, message.choices);
}

function distinct(citations) {
  return [...new Map(citations.map((citation) => [citation.url, citation])).values()];
}

function source({ title, heading, url }) {
  const address = new URL(url, location.origin);
  const text = heading && heading !== title ? `${title} › ${heading}` : title;
  if (!["http:", "https:"].includes(address.protocol)) return el("li", {}, text);
  const note = el("span", { class: "quiet" }, ` (${say("opensInNewTab")})`);
  return el("li", {}, el("a", { href: address.href, target: "_blank", rel: "noopener" }, text, note));
}

function offer(message, choices) {
  message.after.querySelector(".choices")?.remove();
  if (!choices.length) return;
  const buttons = choices.map((label) => el("button", { type: "button", class: "choice", onclick: () => take(message, label) }, label));
  message.after.append(el("div", { class: "choices", role: "group", "aria-label": say("quickReplies"), lang: message.said.lang || language() }, buttons));
}

function take(message, label) {
  if (choose(label) === false) return;
  dropChoices();
  if (MOUSE.matches) byId("message").focus({ preventScroll: true });
}

function speaker(message) {
  if (message.role === "customer") return say("you");
  return message.role === "human" ? say("colleague") : agentName(message.agent);
}

function clearMark(message) {
  message.line.classList.remove("unsent");
  message.after.replaceChildren();
}

function place(message, list, before) {
  if (before) before.after(message.line);
  else list.prepend(message.line);
  rethread();
}

/** Tells each message on which side the thread comes from. */
function rethread() {
  let side = "left";
  for (const line of [...log.children, ...drafts.children]) {
    line.classList.toggle("from-right", side === "right");
    side = line.classList.contains("right") ? "right" : "left";
  }
}

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

/** Changes the transcript and keeps the reader where they were: at the end, or where they had scrolled to. */
function stay(change) {
  const follows = isAtEnd();
  change();
  if (follows) toEnd(true);
  else below.hidden = false;
}
