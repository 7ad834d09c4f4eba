// The message field: grows with its text, counts near the limit, and never loses what was typed.

import { byId } from "./dom.js";
import { keep, kept } from "./keeping.js";
import { say } from "./words.js";

const LIMIT = 4000;
const WARN_FROM = 3600;
const field = byId("message");
const button = byId("send");
const count = byId("count");
let busy = false;

/** Prepares the field; `onSend` gets the text and says whether it was taken. */
export function openComposer(onSend) {
  const submit = () => {
    const text = field.value.trim();
    if (text && canSend() && onSend(text) !== false) setText("");
  };
  byId("composer").addEventListener("submit", (event) => (event.preventDefault(), submit()));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.altKey) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener("input", changed);
  setText(kept("draft"));
}

/** While a message is on its way the next one can be written, not sent. */
export function setBusy(value) {
  busy = value;
  changed();
}

export function setText(text) {
  field.value = text;
  changed();
}

/** Before the page goes: messages that could not be sent come back as a draft. */
export function keepDraft(texts) {
  keep("draft", [...texts, field.value].filter(Boolean).join("\n"));
}

export const hasText = () => Boolean(field.value.trim());
export const focusField = () => field.focus({ preventScroll: true });

/** The counter in the page's language. */
export function changed() {
  keep("draft", field.value);
  const length = [...field.value].length;
  const over = length > LIMIT;
  count.textContent = over ? say("over", { count: length - LIMIT }) : length >= WARN_FROM ? say("left", { count: LIMIT - length }) : "";
  count.classList.toggle("over", over);
  button.setAttribute("aria-disabled", String(!canSend() || !hasText()));
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

const canSend = () => !busy && [...field.value].length <= LIMIT;
