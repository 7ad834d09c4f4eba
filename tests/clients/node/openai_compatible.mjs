// @ai-sdk/openai-compatible against /v1, through the AI SDK's generateText and streamText.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import { HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, base, report, session } from "./turns.mjs";

const connect = () => createOpenAICompatible({
  name: "filrouge", baseURL: `${base}/v1`, apiKey: "local", includeUsage: true, headers: { "X-Session-Id": session },
})("filrouge");
const messages = [];
let model = connect();

async function say(text, stream) {
  messages.push({ role: "user", content: text });
  let answer;
  if (stream) {
    const result = streamText({ model, messages, maxRetries: 0 });
    let found = "";
    for await (const piece of result.textStream) found += piece;
    answer = { text: found, finish: await result.finishReason, usage: await result.usage };
  } else {
    const result = await generateText({ model, messages, maxRetries: 0 });
    answer = { text: result.text, finish: result.finishReason, usage: result.usage };
  }
  messages.push({ role: "assistant", content: answer.text });
  return answer;
}

const knowledge = await say(KNOWLEDGE, true);
const lookUp = await say(LOOK_UP, false);
const other = await say(OTHER_AGENT, true);
let error;
try {
  await generateText({ model, messages: [{ role: "user", content: TOO_LONG }], maxRetries: 0 });
} catch (caught) {
  error = { kind: caught.name, status: caught.statusCode, message: caught.message };
}
model = connect();
const human = await say(HUMAN, false);
report({ knowledge, lookUp, other, error, human });
