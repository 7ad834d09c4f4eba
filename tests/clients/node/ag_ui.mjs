// @ag-ui/client against /ag-ui: its own checks of every event and of their order are on.
import { HttpAgent } from "@ag-ui/client";
import { HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, base, report, session } from "./turns.mjs";

const connect = (messages = []) => new HttpAgent({ url: `${base}/ag-ui`, threadId: session, initialMessages: messages, initialState: { basket: 2 } });
let agent = connect();

async function run(text, id = crypto.randomUUID()) {
  if (text) agent.addMessage({ id, role: "user", content: text });
  const events = [];
  const before = agent.messages.length;
  await agent.runAgent({}, {
    onEvent: ({ event }) => { events.push(event); },
  });
  const said = agent.messages.slice(before).filter((message) => message.role === "assistant" && message.content);
  return {
    text: said.map((message) => message.content).join("\n"),
    types: events.map((event) => event.type),
    agents: events.filter((event) => event.type === "SUBAGENT_STARTED").map((event) => event.name),
    tools: events.filter((event) => event.type === "TOOL_CALL_START").map((event) => event.toolCallName),
    custom: Object.fromEntries(events.filter((event) => event.type === "CUSTOM").map((event) => [event.name, event.value])),
    state: agent.state,
  };
}

async function refused(text) {
  const stray = new HttpAgent({ url: `${base}/ag-ui`, threadId: session, initialMessages: [{ id: "e", role: "user", content: text }] });
  try {
    await stray.runAgent();
  } catch (error) {
    return { status: error.status, message: error.message };
  }
}

const knowledge = await run(KNOWLEDGE);
const lookUp = await run(LOOK_UP);
const other = await run(OTHER_AGENT);
const error = await refused(TOO_LONG);
const human = await run(HUMAN, "last");

// The page is reloaded and has nothing but the name of its thread.
agent = connect();
const back = await run("");
const reloaded = agent.messages.map((message) => message.role);

// The last message is sent again by a page that did not see its answer.
agent = connect();
const again = await run(HUMAN, "last");
report({ knowledge, lookUp, other, error, human, back, reloaded, again });
