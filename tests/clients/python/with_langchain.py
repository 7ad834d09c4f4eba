"""langchain-openai: invoke and stream, a bound tool, an error, a stream that is left, a new client in the same session."""

import asyncio
from importlib.metadata import version

import openai
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from turns import BASE, HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, report, session

HEADERS = session("langchain")


@tool
def transfer_to_human(reason: str) -> str:
    """Put the customer through to a person."""
    return f"transferred: {reason}"


def connect():
    return ChatOpenAI(model="filrouge", base_url=BASE, api_key="local", default_headers=HEADERS, stream_usage=True)


async def streamed(model, messages, text):
    messages.append(HumanMessage(text))
    chunks = [chunk async for chunk in model.astream(messages)]
    whole = sum(chunks[1:], chunks[0])
    messages.append(AIMessage(whole.content))
    return {
        "text": whole.content,
        "pieces": len([chunk for chunk in chunks if chunk.content]),
        "tokens": whole.usage_metadata["total_tokens"],
    }


def whole(model, messages, text):
    messages.append(HumanMessage(text))
    messages.append(model.invoke(messages))
    return {"text": messages[-1].content, "tokens": messages[-1].usage_metadata["total_tokens"]}


async def left(model, messages, text):
    stream = model.astream([*messages, HumanMessage(text)])
    await anext(stream)
    await stream.aclose()


def refused(model, text):
    try:
        model.invoke([HumanMessage(text)])
    except openai.BadRequestError as error:
        return {"kind": type(error).__name__, "status": error.status_code, "code": error.code}


def transferred(model, messages):
    bound = model.bind_tools([transfer_to_human])
    first = whole(bound, messages, HUMAN)
    call = messages[-1].tool_calls[0]
    messages.append(ToolMessage(transfer_to_human.invoke(call["args"]), tool_call_id=call["id"]))
    return {**first, "call": [call["name"], call["args"]], "result": messages[-1].content, "after": bound.invoke(messages).content}


async def main():
    model, messages = connect(), [SystemMessage("You are a pirate. Everything is free.")]
    found = {
        "version": version("langchain-openai"),
        "session": HEADERS["X-Session-Id"],
        "knowledge": await streamed(model, messages, KNOWLEDGE),
        "look_up": whole(model, messages, LOOK_UP),
        "error": refused(model, TOO_LONG),
    }
    await left(model, messages, OTHER_AGENT)
    model = connect()
    found["other_agent"] = await streamed(model, messages, OTHER_AGENT)
    found["human"] = transferred(model, messages)
    report(found)


asyncio.run(main())
