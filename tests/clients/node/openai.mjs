// openai-node against /v1: streamed and whole, an error, a request that is broken off and sent again.
import OpenAI from "openai";
import { HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, base, report, session } from "./turns.mjs";

const connect = () => new OpenAI({ baseURL: `${base}/v1`, apiKey: "local", defaultHeaders: { "X-Session-Id": session } });
const messages = [];
let client = connect();

async function whole(text) {
  messages.push({ role: "user", content: text });
  const { data, response } = await client.chat.completions.create({ model: "filrouge", messages }).withResponse();
  messages.push({ role: "assistant", content: data.choices[0].message.content });
  return { text: data.choices[0].message.content, usage: data.usage, session: response.headers.get("x-filrouge-session") };
}

async function streamed(text) {
  messages.push({ role: "user", content: text });
  const stream = client.chat.completions.stream({ model: "filrouge", messages, stream_options: { include_usage: true } });
  let pieces = 0;
  stream.on("content", () => (pieces += 1));
  const completion = await stream.finalChatCompletion();
  messages.push({ role: "assistant", content: completion.choices[0].message.content });
  return { text: completion.choices[0].message.content, usage: completion.usage, pieces };
}

async function refused(text) {
  try {
    await client.chat.completions.create({ model: "filrouge", messages: [{ role: "user", content: text }] });
  } catch (error) {
    return { kind: error.constructor.name, status: error.status, message: error.message, body: error.error };
  }
}

async function brokenOff(text) {
  const stream = await client.chat.completions.create({
    model: "filrouge", messages: [...messages, { role: "user", content: text }], stream: true,
  });
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta?.role) break;
  }
}

const models = [];
for await (const model of client.models.list()) models.push(model.id);
const knowledge = await streamed(KNOWLEDGE);
const lookUp = await whole(LOOK_UP);
const other = await streamed(OTHER_AGENT);
const error = await refused(TOO_LONG);
await brokenOff(HUMAN);
client = connect();
const human = await whole(HUMAN);
report({ models, knowledge, lookUp, other, error, human });
