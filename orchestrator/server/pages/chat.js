// The chat page: wires the message field, the transcript and the panel to one conversation.

import { changed, focusField, hasText, keepDraft, openComposer, setBusy, setText } from "./composer.js";
import { byId, el } from "./dom.js";
import { keep, kept, newId } from "./keeping.js";
import { clearPanel, drawPanel, note, setDelay, setKnown } from "./panel.js";
import { Record } from "./record.js";
import * as transcript from "./transcript.js";
import { follow, post, read } from "./wire.js";
import { company, firstLanguage, language, openProject, say, speak, suggestions } from "./words.js";

const REPLAYED = 400;
const RETRY = 2000;
const PATIENCE = 2500;
const wide = matchMedia("(min-width: 60rem)");
const unsent = new Set();
let record = new Record(kept("conversation") || newId(), kept("begun") !== "");
let following = null;
let sending = false;
let trouble = "";
let patience = 0;

async function start() {
  openComposer((text) => send(text));
  transcript.openTranscript((label) => send(label));
  openDrawer();
  byId("new").addEventListener("click", () => restart());
  byId("language").value = kept("language");
  byId("language").addEventListener("change", (event) => (keep("language", event.target.value), speakAs(firstLanguage())));
  addEventListener("online", () => (following?.hurry(), tell(trouble)));
  addEventListener("offline", () => tell(trouble));
  addEventListener("pagehide", () => keepDraft(transcript.unsentTexts()));
  document.addEventListener("visibilitychange", seen);
  await begin();
  if (record.hasBegun) await resume();
  if (wide.matches) focusField();
}

/** The page's words; without them (no connection yet) the English of the page itself stands, and it tries again. */
async function begin() {
  try {
    await openProject();
    await speakAs(firstLanguage());
  } catch {
    setTimeout(begin, RETRY);
  }
  document.body.dataset.ready = "";
}

async function speakAs(wanted) {
  await speak(wanted);
  byId("company").textContent = company();
  byId("help").href = `/help/${wanted}`;
  titled();
  byId("suggestions").replaceChildren(
    ...suggestions().map(({ title, text }) =>
      el("li", {}, el("button", { type: "button", onclick: () => send(text) }, el("strong", {}, title), el("span", {}, text))),
    ),
  );
  transcript.relabel();
  drawPanel();
  changed();
  tell(trouble);
}

/** Takes up a conversation begun earlier: its transcript, and the panel from its last events. */
async function resume() {
  byId("welcome").classList.add("begun");
  tell("loading");
  try {
    const stored = await read(record.id);
    refresh(stored);
    record.settled = Math.max(0, stored.last_event - REPLAYED);
    record.known = stored.last_event;
    if (!kept("language")) await speakAs(stored.language);
    tell("");
    listen();
    transcript.toEnd(true);
  } catch (error) {
    if (error.kind === "missing") return void restart();
    tell(error.kind);
    if (error.kind !== "expired") setTimeout(resume, RETRY);
  }
}

/** A new conversation; `text` is what the old one could not take. */
function restart(text = "") {
  following?.stop();
  following = null;
  record = new Record(newId());
  keep("conversation", "");
  keep("begun", "");
  unsent.clear();
  sending = false;
  setBusy(false);
  transcript.clear();
  clearPanel();
  byId("welcome").classList.remove("begun");
  tell("");
  if (text) setText(text);
  focusField();
}

function send(text) {
  if (sending) return false;
  byId("welcome").classList.add("begun");
  const message = transcript.addOwn(text);
  unsent.add(message);
  void deliver(message, text, newId());
  return true;
}

/** Sends one message. A second try uses the same key, so that it cannot be answered twice. */
async function deliver(message, text, key) {
  const here = record;
  const sentAt = performance.now();
  sending = true;
  setBusy(true);
  transcript.setTyping(true);
  here.onFirstWords = () => setDelay(performance.now() - sentAt);
  const chosen = kept("language");
  try {
    await post(here.id, { text, channel: "web", ...(chosen && { language: chosen }) }, key, (event) => {
      if (here !== record) return;
      if (event.kind === "TurnStarted") accepted(message, event.message_id);
      take(event);
    });
    if (here === record) tell("");
  } catch (error) {
    if (here === record) failed(message, error, () => void deliver(message, text, key));
  } finally {
    if (here === record) {
      sending = false;
      setBusy(false);
      transcript.setTyping(false);
    }
  }
}

function accepted(message, id) {
  transcript.adopt(message, id);
  unsent.delete(message);
  keep("conversation", record.id);
  keep("begun", "1");
  if (!following) listen();
}

function failed(message, error, again) {
  if (error.started) return following?.hurry();
  transcript.dropDrafts();
  if (error.kind === "missing") return restart(message.text);
  if (error.kind === "refused") {
    const edit = () => (transcript.remove(message), unsent.delete(message), setText(hasText() ? `${message.text}\n` : message.text), focusField());
    return transcript.markUnsent(message, say("refused"), { label: say("edit"), act: edit });
  }
  tell(error.kind !== "offline" || !navigator.onLine ? error.kind : following ? "reconnecting" : "failed");
  if (error.kind === "starting") return void setTimeout(again, RETRY);
  transcript.markUnsent(message, say("notSent"), { label: say("tryAgain"), act: again });
}

function listen() {
  const here = record;
  following = follow(here.id, {
    after: () => here.settled,
    onEvent: (event) => here === record && take(event),
    onState: (kind) => here === record && heard(kind),
  });
}

function heard(kind) {
  clearTimeout(patience);
  if (kind === "open") {
    if (trouble) void sync();
    return tell("");
  }
  if (kind === "missing" || kind === "expired") return tell("expired");
  patience = setTimeout(() => tell(kind === "starting" ? "starting" : "reconnecting"), PATIENCE);
}

/** One event, from whichever stream brings it first; the second time it is nothing. */
function take(event) {
  if (event.kind === "restart") return (record.restart(), clearPanel());
  if (!record.isNew(event)) return;
  note(event);
  happened[event.kind]?.(event);
}

const happened = {
  TurnStarted: () => transcript.dropDrafts(),
  IntentDetected: (event) => (record.language = event.language),
  TextDelta(event) {
    if (record.isReplay(event)) return;
    transcript.addPiece(event, record.language);
    record.firstWords();
  },
  Cited: (event) => transcript.addSource(event.message_id, event.citation),
  ChoicesOffered: (event) => transcript.addChoices(event.message_id, event.choices),
  AgentSelected: () => (record.ticket = ""),
  Escalated(event) {
    record.ticket = event.ticket_id;
    record.isHumans ||= !record.isReplay(event);
    tell(trouble);
  },
  HumanReplied(event) {
    record.ticket ||= event.ticket_id;
    if (record.isReplay(event)) return;
    transcript.addHuman(event, record.language || language());
    if (document.hidden) titled((record.unseen += 1));
  },
  TurnCompleted(event) {
    record.language = event.language;
    if (record.isReplay(event)) return;
    transcript.finish(event.language);
    if (!kept("language") && event.language !== language()) void speakAs(event.language);
    void sync();
  },
};

/** Brings page and server together after a turn: cases, facts, and messages that came another way. */
async function sync() {
  const here = record;
  const stored = await read(record.id).catch(() => null);
  if (stored && here === record && !sending) refresh(stored);
  else if (stored && here === record) setKnown(stored);
}

function refresh(stored) {
  transcript.reconcile(stored.messages, [...unsent]);
  for (const message of unsent) if (message.id) unsent.delete(message);
  setKnown(stored);
  record.isHumans = stored.owner === "human";
  tell(trouble);
}

/** The line above the message field: what is wrong, or who is looking after the customer. */
function tell(kind) {
  trouble = kind;
  const told = navigator.onLine ? kind : "offline";
  const notice = byId("notice");
  const human = record.ticket ? "humanTicket" : "human";
  const key = told || (record.isHumans ? human : "");
  notice.className = told ? "notice warn" : "notice";
  const text = key ? say(`states.${key}`, { ticket: record.ticket }) : "";
  if (notice.dataset.text === text) return;
  notice.dataset.text = text;
  const reload = told === "expired" ? el("button", { type: "button", class: "again", onclick: () => location.reload() }, say("states.reload")) : "";
  notice.replaceChildren(...(text ? [text, " ", reload] : []));
}

function seen() {
  if (document.hidden) return;
  record.unseen = 0;
  titled();
  following?.hurry();
}

function titled(unseen = 0) {
  document.title = `${unseen ? `(${unseen}) ` : ""}${company()}`;
}

/** The panel: beside the chat on wide windows, over it on narrow ones. */
function openDrawer() {
  const [panel, toggle] = [byId("panel"), byId("toggle")];
  const set = (open, focused = false) => {
    document.body.dataset.panel = open ? "open" : "closed";
    toggle.setAttribute("aria-expanded", String(open));
    byId("chat").inert = open && !wide.matches;
    if (focused) (open ? (wide.matches ? panel : byId("close")) : toggle).focus();
  };
  const choose = (open) => {
    if (wide.matches) keep("panel", open ? "" : "closed");
    set(open, true);
  };
  toggle.addEventListener("click", () => choose(document.body.dataset.panel !== "open"));
  byId("close").addEventListener("click", () => choose(false));
  addEventListener("keydown", (event) => event.key === "Escape" && !wide.matches && document.body.dataset.panel === "open" && choose(false));
  wide.addEventListener("change", () => set(wide.matches && kept("panel") !== "closed"));
  set(wide.matches && kept("panel") !== "closed");
}

void start();
