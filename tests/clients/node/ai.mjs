// The AI SDK against /api/chat: the chat of useChat with its DefaultChatTransport, in the version named by the third argument.
import { HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, base, report, session } from "./turns.mjs";

const { AbstractChat, DefaultChatTransport, readUIMessageStream } = await import(process.argv[4]);

class State {
  status = "ready";
  error = undefined;
  constructor(messages) { this.messages = messages; }
  pushMessage = (message) => { this.messages = [...this.messages, message]; };
  popMessage = () => { this.messages = this.messages.slice(0, -1); };
  replaceMessage = (index, message) => { this.messages = this.messages.with(index, structuredClone(message)); };
  snapshot = (value) => structuredClone(value);
}

class Chat extends AbstractChat {
  constructor(messages, seen, onResponse = () => {}) {
    const answered = async (...request) => {
      const response = await fetch(...request);
      onResponse();
      return response;
    };
    const transport = new DefaultChatTransport({ api: `${base}/api/chat`, body: { language: "en" }, fetch: answered });
    const state = new State(messages);
    super({ id: session, transport, state, onData: (part) => seen.push(part), onError: (error) => seen.push({ type: "error", data: error.message }) });
  }
}

const seen = [];
let chat = new Chat([], seen);
const words = (message) => message.parts.filter((part) => part.type === "text").map((part) => part.text).join("\n");

async function say(text) {
  seen.length = 0;
  await chat.sendMessage({ text });
  const last = chat.messages.at(-1);
  return { text: words(last), role: last.role, id: last.id, metadata: last.metadata, parts: last.parts, data: [...seen], status: chat.status };
}

const knowledge = await say(KNOWLEDGE);
const lookUp = await say(LOOK_UP);
await chat.regenerate();
const regenerated = words(chat.messages.at(-1));
const other = await say(OTHER_AGENT);

const stray = new Chat([], seen);
seen.length = 0;
await stray.sendMessage({ text: TOO_LONG });
const error = { status: stray.status, message: stray.error?.message };

// The page is reloaded when an answer has begun: it asks for all that was said, and for what is still on its way.
const leaving = new Chat(chat.messages, seen, () => leaving.stop());
await leaving.sendMessage({ text: HUMAN });
const kept = await (await fetch(`${base}/api/chat/${session}`)).json();
chat = new Chat(kept, seen);
await chat.resumeStream();
chat = new Chat(await (await fetch(`${base}/api/chat/${session}`)).json(), seen);
const reloaded = chat.messages.map((message) => [message.role, words(message)]);
const idle = await chat.transport.reconnectToStream({ chatId: session });

// The transport alone, with the reader that servers and tests use.
const stream = await new DefaultChatTransport({ api: `${base}/api/chat` }).sendMessages({
  chatId: `${session}-reader`, trigger: "submit-message", messages: [{ id: "u1", role: "user", parts: [{ type: "text", text: HUMAN }] }],
});
let read;
for await (const message of readUIMessageStream({ stream })) read = message;
report({ knowledge, lookUp, regenerated, other, error, reloaded, idle, human: words(read) });
