// "Behind the scenes": how the last message was understood, who holds the thread, what was looked up, what is remembered.

import { byId, el } from "./dom.js";
import { agentName, intentName, milliseconds, named, percent, readable, reasonName, say } from "./words.js";

const SHOWN_TOOLS = 8;
const body = byId("panel-body");
const sections = ["ticket", "thread", "decision", "tools", "memory", "cases"];
let state = blank();

function blank() {
  return { stops: [], readings: [], tools: [], facts: new Map(), cases: [], customer: null, delay: null, ticket: null };
}

const drawn = { ticket: drawTicket, thread: drawThread, decision: drawReadings, tools: drawTools, memory: drawMemory, cases: drawCases };

/** Forgets everything, as before a first message. */
export function clearPanel() {
  state = blank();
  drawPanel();
}

/** Draws all in the page's language. */
export function drawPanel() {
  const parts = sections.map((name) => el("section", { class: name, "data-part": name }));
  body.replaceChildren(el("div", { class: "lead" }), ...parts);
  for (const name of sections) draw(name);
}

/** Takes an event of a turn. */
export function note(event) {
  noted[event.kind]?.(event);
}

/** What the server knows at the moment. */
export function setKnown({ facts, cases, customer }) {
  state.facts = new Map(facts.map((fact) => [fact.name, fact]));
  state.cases = cases;
  state.customer = customer;
  draw("memory", "cases");
}

/** How long the customer waited for the first words of the last answer. */
export function setDelay(time) {
  state.delay = time;
  draw("decision");
}

const noted = {
  TurnStarted() {
    state.readings = [];
    state.delay = null;
  },
  IntentDetected(event) {
    state.readings.push(event);
    draw("decision");
  },
  AgentSelected({ agent, intent }) {
    const last = state.stops.at(-1);
    if (last?.agent !== agent) state.stops.push({ agent, intents: [intent] });
    else if (!last.intents.includes(intent)) last.intents.push(intent);
    state.ticket = null;
    draw("ticket", "thread");
  },
  HandedOff({ target, reason }) {
    state.stops.push({ agent: target, intents: reason ? [reason] : [], handed: true });
    draw("thread");
  },
  Escalated({ ticket_id: ticket, reason }) {
    state.ticket = { ticket, reason };
    state.stops.push({ human: true, ticket, reason });
    draw("ticket", "thread");
  },
  HumanReplied({ ticket_id: ticket }) {
    const stop = state.stops.findLast((one) => one.human && one.ticket === ticket);
    if (stop) stop.replied = true;
    if (state.ticket) state.ticket.replied = true;
    draw("ticket", "thread");
  },
  ToolCalled(event) {
    state.tools.unshift(event);
    draw("tools");
  },
  FactLearnt(event) {
    state.facts.set(event.name, event);
    draw("memory");
  },
};

function draw(...names) {
  body.querySelector(".lead").replaceChildren(...(isBlank() ? promise() : []));
  for (const name of names) {
    const section = body.querySelector(`[data-part="${name}"]`);
    const parts = drawn[name]();
    section.hidden = !parts.length;
    section.replaceChildren(...parts);
  }
}

/** What will be seen here, before there is anything. */
function promise() {
  const stops = ["decision", "thread", "tools", "memory"].map((key) => el("li", { class: "stop" }, say(`panel.${key}`)));
  return [el("p", {}, say("panel.empty")), el("ol", { class: "stops ghost" }, stops)];
}

const isBlank = () => !state.readings.length && !state.stops.length && !state.facts.size && !state.cases.length && !state.ticket;
const titled = (key, ...parts) => [el("h3", { class: "caption" }, say(`panel.${key}`)), ...parts];

function drawTicket() {
  if (!state.ticket) return [];
  const { ticket, reason, replied } = state.ticket;
  const why = replied ? `${say("colleague")} ${say("panel.replied")}` : say("panel.because", { reason: reasonName(reason) });
  return [el("p", { class: "number" }, say("panel.ticket", { ticket })), el("p", {}, why)];
}

function drawThread() {
  if (!state.stops.length) return [];
  const stops = state.stops.map((stop, place) => {
    const name = stop.human ? say("colleague") : agentName(stop.agent);
    const what = stop.human ? `${say("panel.ticket", { ticket: stop.ticket })} · ${reasonName(stop.reason)}` : stop.intents.map(intentName).join(" · ");
    const current = place === state.stops.length - 1;
    return el("li", { class: stop.human ? "stop human" : "stop", "aria-current": current ? "step" : null }, el("strong", {}, name), el("span", {}, what));
  });
  return titled("thread", el("ol", { class: "stops" }, stops));
}

function drawReadings() {
  if (!state.readings.length) return [];
  const delay = state.delay === null ? null : el("p", { class: "fine" }, say("panel.firstWords", { time: milliseconds(state.delay) }));
  return titled("decision", ...state.readings.map(reading), delay ?? "");
}

function reading(event) {
  const decision = el("p", { class: "verdict" }, say(`decisions.${event.decision}`, { agent: agentName(event.agent) }));
  const isChosen = ["route", "clarify"].includes(event.decision);
  const isSaid = !isChosen && event.acts.length > 0;
  const others = isSaid ? [] : event.candidates.filter((candidate) => !isChosen || candidate.intent !== event.intent).slice(0, 3);
  const chosen = isChosen ? bar(intentName(event.intent), agentName(event.agent), event.confidence, say("panel.confidence")) : null;
  const running = event.decision === "continue" ? el("p", {}, intentName(event.intent)) : null;
  const rest = others.map((one) => bar(intentName(one.intent), agentName(one.agent), one.probability, say("panel.confidence")));
  const title = say(isChosen ? "panel.considered" : "panel.alone");
  return el(
    "div",
    { class: "reading" },
    decision,
    running,
    chosen ? el("div", { class: "bars chosen" }, chosen) : null,
    rest.length ? el("div", { class: "bars others" }, el("p", { class: "fine" }, title), rest) : null,
    el("dl", { class: "pairs" }, heard(event), entities(event), isSaid ? null : pair(say("panel.offTopic"), percent(event.out_of_scope))),
  );
}

function bar(name, agent, share, label) {
  const filling = el("div", { class: "filling" });
  filling.style.width = `${Math.max(share * 100, 0.5)}%`;
  const meter = { class: "meter", role: "meter", "aria-label": `${label}: ${name}`, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(share * 100) };
  return el("div", { class: "bar" }, el("span", { class: "name" }, name, el("small", {}, agent)), el("span", { class: "share" }, percent(share)), el("div", meter, filling));
}

function pair(name, ...values) {
  return [el("dt", {}, name), el("dd", {}, ...values)];
}

function heard({ acts }) {
  return acts.length ? pair(say("panel.heard"), acts.map((act) => named("acts", act)).join(", ")) : null;
}

function entities({ entities: found }) {
  const chips = found.map(([kind, value]) => el("span", { class: "chip" }, el("small", {}, named("names", kind)), " ", readableValue(kind, value)));
  return chips.length ? pair(say("panel.read"), ...chips) : null;
}

/** Codes of our own lists are made readable; what the customer wrote stays as it is. */
const readableValue = (kind, value) => (["category", "product", "choice_ref"].includes(kind) ? value.replaceAll(/[-_]/gu, " ") : value);

function drawTools() {
  if (!state.tools.length) return [];
  const rows = state.tools.slice(0, SHOWN_TOOLS).map((call) => {
    const values = call.arguments.map(([name, value]) => `${named("names", name)} ${value}`).join(" · ");
    const kind = say(call.effect ? "panel.changes" : "panel.looksUp");
    const outcome = ["failed", "done"].includes(call.outcome) ? say(`panel.${call.outcome}`) : readable(call.outcome).toLowerCase();
    const mark = call.outcome === "failed" ? "outcome bad" : "outcome";
    return el(
      "li",
      {},
      el("span", { class: "tool" }, el("code", {}, call.tool), el("span", { class: mark }, outcome)),
      el("span", { class: call.effect ? "fine effect" : "fine" }, kind, values ? ` · ${values}` : ""),
    );
  });
  return titled("tools", el("ul", { class: "calls" }, rows));
}

function drawMemory() {
  const known = state.customer ? fact(say("panel.customer"), state.customer.name, "verified") : null;
  const rows = [...state.facts.values()].map((one) => fact(named("names", one.name), one.value, one.trust));
  return known || rows.length ? titled("memory", el("dl", { class: "facts" }, known, rows)) : [];
}

function fact(name, value, trust) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value, " ", el("span", { class: `trust ${trust}` }, named("trust", trust))));
}

function drawCases() {
  const open = state.cases.filter((one) => one.status !== "closed");
  if (!open.length) return [];
  const rows = open.map((one) =>
    el("li", {}, el("span", {}, intentName(one.intent), one.subject ? ` · ${one.subject}` : ""), el("small", {}, `${agentName(one.agent)} · ${named("status", one.status)}`)),
  );
  return titled("cases", el("ul", { class: "issues" }, rows));
}
