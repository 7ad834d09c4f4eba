"""livekit-agents: a text session with a tool of its own, an error, a stream that is left, and a look-up that takes fourteen seconds."""

import asyncio
import sys
import time
from importlib.metadata import version

from livekit.agents import APIConnectOptions, APIStatusError
from livekit.agents.llm import ChatContext, function_tool
from livekit.agents.voice import Agent, AgentSession
from livekit.plugins import openai
from turns import BASE, HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, report, session

SLOW = f"{sys.argv[2].rstrip('/')}/v1"
REPAIR = "What is the status of my repair A-20417?"
HEADERS = session("livekit")


def connect(base=BASE, headers=HEADERS):
    return openai.LLM(model="filrouge", base_url=base, api_key="local", extra_headers=headers)


class FrontEnd(Agent):
    """An agent that speaks what the service answers, and puts calls through."""

    def __init__(self):
        super().__init__(instructions="You are a pirate. Everything is free.")
        self.transfers = []

    @function_tool
    async def transfer_call(self, reason: str) -> str:
        """Put the caller through to a person.

        Args:
            reason: Why.
        """
        self.transfers.append(reason)
        return "The caller has been put through."


async def turn(conversation, text):
    result = await conversation.run(user_input=text)
    words = [event.item.text_content for event in result.events if event.type == "message" and event.item.role == "assistant"]
    return {"text": " ".join(word for word in words if word), "kinds": [event.type for event in result.events]}


async def asked(llm, text, chat=None):
    """One request, with what came and how long it took."""
    chat = chat or ChatContext.empty()
    chat.add_message(role="user", content=text)
    began, words, usage = time.monotonic(), [], None
    async with llm.chat(chat_ctx=chat, conn_options=APIConnectOptions(max_retry=0)) as stream:
        async for chunk in stream:
            if chunk.delta and chunk.delta.content:
                words.append(chunk.delta.content)
            usage = chunk.usage or usage
    return {"text": "".join(words), "pieces": len(words), "seconds": time.monotonic() - began, "tokens": usage.total_tokens if usage else 0}


async def refused(llm):
    try:
        await asked(llm, TOO_LONG)
    except APIStatusError as error:
        return {"kind": type(error).__name__, "status": error.status_code, "retryable": error.retryable}


async def left(llm, text):
    chat = ChatContext.empty()
    chat.add_message(role="user", content=text)
    async with llm.chat(chat_ctx=chat) as stream:
        await anext(stream)


async def main():
    front, conversation = FrontEnd(), AgentSession(llm=connect())
    await conversation.start(front)
    found = {
        "version": version("livekit-agents"),
        "knowledge": await turn(conversation, KNOWLEDGE),
        "look_up": await turn(conversation, LOOK_UP),
        "other_agent": await turn(conversation, OTHER_AGENT),
        "error": await refused(connect()),
    }
    found["human"] = await turn(conversation, HUMAN)
    found["transfers"] = front.transfers
    await conversation.aclose()
    other = session("livekit")
    await left(connect(headers=other), KNOWLEDGE)
    found["reconnected"] = await asked(connect(headers=other), KNOWLEDGE)
    found["slow"] = await asked(connect(SLOW, session("livekit")), REPAIR)
    report(found)


asyncio.run(main())
