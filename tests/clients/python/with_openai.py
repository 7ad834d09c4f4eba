"""openai-python: whole and streamed, an error, a request that is broken off and sent again, a transfer by the caller's own tool."""

import openai
from openai import OpenAI
from turns import BASE, DESTINATION, HUMAN, KNOWLEDGE, LOOK_UP, OTHER_AGENT, TOO_LONG, report, session

HEADERS = session("openai")
TRANSFER = {
    "type": "function",
    "function": {
        "name": "transferCall",
        "parameters": {
            "type": "object",
            "properties": {"destination": {"type": "string", "enum": [DESTINATION]}},
            "required": ["destination"],
        },
    },
}


def connect():
    return OpenAI(base_url=BASE, api_key="local", default_headers=HEADERS)


def whole(client, messages, text, **more):
    messages.append({"role": "user", "content": text})
    completion = client.chat.completions.create(model="filrouge", messages=messages, **more)
    messages.append(completion.choices[0].message.to_dict())
    return {
        "text": completion.choices[0].message.content,
        "finish": completion.choices[0].finish_reason,
        "tokens": completion.usage.total_tokens,
    }


def streamed(client, messages, text):
    messages.append({"role": "user", "content": text})
    with client.chat.completions.stream(model="filrouge", messages=messages, stream_options={"include_usage": True}) as stream:
        pieces = sum(event.type == "content.delta" for event in stream)
        completion = stream.get_final_completion()
    messages.append({"role": "assistant", "content": completion.choices[0].message.content})
    return {"text": completion.choices[0].message.content, "pieces": pieces, "tokens": completion.usage.total_tokens}


def refused(client, text):
    try:
        client.chat.completions.create(model="filrouge", messages=[{"role": "user", "content": text}])
    except openai.APIStatusError as error:
        return {"kind": type(error).__name__, "status": error.status_code, "code": error.code, "message": error.message}


def broken_off(client, messages, text):
    stream = client.chat.completions.create(model="filrouge", messages=[*messages, {"role": "user", "content": text}], stream=True)
    next(iter(stream))
    stream.close()


def transferred(client, messages):
    first = whole(client, messages, HUMAN, tools=[TRANSFER])
    call = messages[-1]["tool_calls"][0]
    messages.append({"role": "tool", "tool_call_id": call["id"], "content": "transferred"})
    after = client.chat.completions.create(model="filrouge", messages=messages, tools=[TRANSFER]).choices[0]
    return {**first, "call": call["function"], "after": [after.message.content, after.finish_reason]}


def main():
    client, messages = connect(), []
    found = {
        "version": openai.__version__,
        "session": HEADERS["X-Session-Id"],
        "models": [model.id for model in client.models.list()],
        "knowledge": streamed(client, messages, KNOWLEDGE),
        "look_up": whole(client, messages, LOOK_UP),
        "error": refused(client, TOO_LONG),
    }
    broken_off(client, messages, OTHER_AGENT)
    client = connect()
    found["other_agent"] = streamed(client, messages, OTHER_AGENT)
    found["human"] = transferred(client, messages)
    report(found)


main()
