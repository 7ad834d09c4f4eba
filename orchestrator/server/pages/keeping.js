// What the browser keeps: the conversation's id, choices of language and panel, and what could not be sent yet.

const PREFIX = "filrouge.";

/** A value kept over visits, or "" (also where storage is forbidden). */
export function kept(name) {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

export function keep(name, value) {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    // Private windows may refuse; the page works without.
  }
}

/** 128 random bits, as the API accepts ids. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
