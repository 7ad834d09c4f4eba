// The page's words in six languages, and the project's own names for agents, intents and suggestions.

import { kept } from "./keeping.js";

export const LANGUAGES = ["en", "fr", "de", "it", "pt", "es"];
const PROJECT = document.documentElement.dataset.project;
const loaded = new Map();
let words = {};
let project = { company: "", agents: {}, intents: {}, suggestions: {} };

/** The language to begin with: chosen, else the browser's first that we speak, else English. */
export function firstLanguage() {
  const wished = [kept("language"), ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wished.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

export async function openProject() {
  project = await json(PROJECT);
}

/** Makes this the page's language; the earlier words stay when they cannot be loaded. */
export async function speak(language) {
  if (!loaded.has(language)) loaded.set(language, await json(`/static/words/${language}.json`));
  words = { code: language, ...loaded.get(language) };
  document.documentElement.lang = language;
  dress(document);
}

export const language = () => words.code ?? "en";
export const company = () => project.company;
export const suggestions = () => project.suggestions[language()] ?? [];

/** The page's words for a dotted key, with `{name}` filled in. */
export function say(key, values = {}) {
  const found = key.split(".").reduce((part, name) => part?.[name], words);
  const text = typeof found === "object" ? found[new Intl.PluralRules(words.locale).select(values.count)] ?? found.other : found;
  return (text ?? key).replace(/\{(\w+)\}/gu, (_, name) => values[name] ?? "");
}

/** An agent's name as customers know it. */
export const agentName = (agent) => (agent === "human" ? say("colleague") : agent ? project.agents[agent]?.[language()] ?? readable(agent) : say("assistant"));
export const intentName = (intent) => (intent ? project.intents[intent]?.[language()] ?? readable(intent) : "");

/** A word of one of the closed lists (`names`, `acts`, `reasons`, `trust`, `status`), or the code made readable. */
export function named(list, code) {
  return words[list]?.[code.replace(/^system\./u, "")] ?? readable(code.replace(/^system\./u, ""));
}

/** An escalation's reason; sensitive topics are told as such, without the topic. */
export const reasonName = (reason) => named("reasons", reason.split(":")[0]);

export const readable = (code) => code.replaceAll(/[_.:-]+/gu, " ").replace(/^./u, (first) => first.toUpperCase());

export function percent(share) {
  if (share > 0 && share < 0.01) return `< ${percent(0.01)}`;
  const capped = share < 1 ? Math.min(share, 0.999) : share;
  const digits = capped > 0.99 && capped < 1 ? 1 : 0;
  return new Intl.NumberFormat(words.locale, { style: "percent", maximumFractionDigits: digits }).format(capped);
}

export function milliseconds(time) {
  const unit = time < 1000 ? "millisecond" : "second";
  const value = time < 1000 ? Math.round(time) : time / 1000;
  return new Intl.NumberFormat(words.locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

export const hour = (at) => new Intl.DateTimeFormat(words.locale, { hour: "2-digit", minute: "2-digit" }).format(at);

function dress(root) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = say(element.dataset.placeholder);
}

async function json(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}
