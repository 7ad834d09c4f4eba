// The API as the page uses it: a message out, its events in, and the conversation's events as long as the page is open.

const SILENCE = 12_000; // The server says something every 2.5 s.
const PAUSES = [300, 1000, 2000, 4000, 8000, 15_000];

/** A request that did not work: `kind` is offline, starting, expired, refused, missing or failed. */
export class Trouble extends Error {
  constructor(kind, started = false) {
    super(kind);
    this.kind = kind;
    this.started = started;
  }
}

/** Sends a message and hands each event of its turn to `onEvent`. The key makes a second try safe. */
export async function post(id, body, key, onEvent) {
  let started = false;
  let stored = true;
  const note = (event) => {
    started = true;
    if (event.kind === "problem") stored = false;
    else onEvent(event);
  };
  try {
    await streamed(`/v1/conversations/${id}/messages`, note, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    });
  } catch (error) {
    throw new Trouble(error instanceof Trouble ? error.kind : "offline", started);
  }
  if (!stored) throw new Trouble("failed");
}

/** The conversation as it is stored. */
export async function read(id) {
  try {
    const response = await fetch(`/v1/conversations/${id}`, { signal: AbortSignal.timeout(SILENCE) });
    if (!response.ok) throw await trouble(response);
    return await response.json();
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("offline");
  }
}

/** Follows a conversation until stopped: `after()` says where to go on, `onState` hears "open", "lost" or a trouble's kind. */
export function follow(id, { after, onEvent, onState }) {
  let tries = 0;
  let stopped = false;
  let hurry = () => {};
  const stopping = new AbortController();
  const opened = () => {
    tries = 0;
    onState("open");
  };
  const wait = () =>
    new Promise((resolve) => {
      const pause = PAUSES[Math.min(tries, PAUSES.length - 1)];
      const timer = setTimeout(resolve, pause * (0.75 + Math.random() / 2));
      hurry = () => (clearTimeout(timer), resolve());
    });
  const once = async () => {
    try {
      const headers = { "Last-Event-ID": String(after()) };
      await streamed(`/v1/conversations/${id}/events`, onEvent, { headers, signal: stopping.signal }, opened);
      if (!stopped) onState("lost");
    } catch (error) {
      if (!stopped) onState(error instanceof Trouble ? error.kind : "lost");
      if (error instanceof Trouble && ["expired", "missing"].includes(error.kind)) stopped = true;
    }
  };
  const run = async () => {
    while (!stopped) {
      await once();
      if (!stopped) await wait();
      tries += 1;
    }
  };
  void run();
  return {
    stop: () => ((stopped = true), stopping.abort(), hurry()),
    hurry: () => hurry(),
  };
}

async function streamed(address, onEvent, options, onOpen = () => {}) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE);
  const signal = options.signal ? AbortSignal.any([silence.signal, options.signal]) : silence.signal;
  try {
    const response = await fetch(address, { ...options, headers: { Accept: "text/event-stream", ...options.headers }, cache: "no-store", signal });
    if (!response.ok) throw await trouble(response);
    onOpen();
    const parse = parser(onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE);
      parse(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Takes pieces of an event stream as they come and calls back once per whole event. */
export function parser(onEvent) {
  let rest = "";
  return (piece) => {
    rest += piece;
    const frames = rest.split(/\r?\n\r?\n/u);
    rest = frames.pop();
    for (const frame of frames) {
      const event = parsed(frame);
      if (event) told(onEvent, event);
    }
  };
}

/** A fault of the page in one event must not look like a lost connection. */
function told(onEvent, event) {
  try {
    onEvent(event);
  } catch (error) {
    reportError(error);
  }
}

function parsed(frame) {
  const fields = { id: "", event: "message", data: [] };
  for (const line of frame.split(/\r?\n/u)) {
    const [, name, value] = /^(\w+):? ?(.*)$/u.exec(line) ?? [];
    if (name === "data") fields.data.push(value);
    else if (name in fields) fields[name] = value;
  }
  if (!fields.data.length || fields.event === "reconnect") return null;
  return { kind: fields.event, number: Number(fields.id), ...JSON.parse(fields.data.join("\n")) };
}

async function trouble(response) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) return new Trouble("expired");
  if (response.status === 404) return new Trouble("missing");
  if (response.status === 503) return new Trouble("starting");
  if ([400, 413, 415, 422].includes(response.status)) return new Trouble("refused");
  return new Trouble(problem.code === "in_flight" ? "starting" : "failed");
}
