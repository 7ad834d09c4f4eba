"""OpenAI's own client against the service at a port."""

from collections.abc import AsyncIterator

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionStreamOptionsParam, ChatCompletionToolParam

from orchestrator.memory import conversations
from tests.channels.listening import at_a_port
from tests.projects.tiny_house import PRICE, REPAIR, Workshop
from tests.server.service import Service

pytestmark = pytest.mark.anyio

BOOK = "I want to book a repair tomorrow"
TRANSFER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "transferCall",
        "parameters": {"type": "object", "properties": {"destination": {"type": "string", "enum": ["+41215550100"]}}},
    },
}


@pytest.fixture
async def client(service: Service) -> AsyncIterator[AsyncOpenAI]:
    async with (
        at_a_port(service) as address,
        AsyncOpenAI(base_url=f"{address}/v1", api_key="none", default_headers={"X-Session-Id": "s1"}) as client,
    ):
        yield client


def user(text: str) -> ChatCompletionMessageParam:
    return {"role": "user", "content": text}


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["velo-lac", "filrouge", "filrouge-voice"]
    assert (await client.models.retrieve("filrouge")).owned_by == "filrouge"


async def test_a_conversation_of_three_turns(client: AsyncOpenAI, workshop: Workshop) -> None:
    history: list[ChatCompletionMessageParam] = []
    for text in (PRICE, BOOK, "yes"):
        history.append(user(text))
        completion = await client.chat.completions.create(model="filrouge", messages=history)
        history.append({"role": "assistant", "content": completion.choices[0].message.content})
    assert "Booked" in str(history[-1].get("content"))
    assert len(workshop.booked) == 1


async def test_a_stream_with_usage(client: AsyncOpenAI) -> None:
    options: ChatCompletionStreamOptionsParam = {"include_usage": True}
    stream = await client.chat.completions.create(model="any", messages=[user(PRICE)], stream=True, stream_options=options)
    chunks: list[ChatCompletionChunk] = [chunk async for chunk in stream]
    assert "CHF\u00a042" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens > 30


async def test_a_transfer_is_put_together(client: AsyncOpenAI) -> None:
    messages = [user("I want to talk to a human")]
    async with client.chat.completions.stream(model="filrouge", messages=messages, tools=[TRANSFER]) as stream:
        completion = await stream.get_final_completion()
    choice = completion.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls
    assert choice.message.tool_calls[0].function.name == "transferCall"
    assert choice.message.tool_calls[0].function.arguments == '{"destination": "+41215550100"}'


async def test_refusals_are_the_clients_own_errors(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="4001 characters") as refused:
        await client.chat.completions.create(model="filrouge", messages=[user("x" * 4001)])
    assert (refused.value.code, refused.value.type) == ("message_refused", "invalid_request_error")
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("gpt-4o")
    with pytest.raises(openai.AuthenticationError):
        await client.chat.completions.create(model="filrouge", messages=[user("Hi")], extra_headers={"X-Customer-Token": "forged"})


async def test_a_failure_in_the_middle_of_a_stream_is_an_error_and_no_text(client: AsyncOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(conversations, "save", fail)
    stream = await client.chat.completions.create(model="filrouge", messages=[user(PRICE)], stream=True)
    with pytest.raises(openai.APIError, match="could not be stored"):
        async for _ in stream:
            pass


async def test_who_hangs_up_and_asks_again_is_answered(client: AsyncOpenAI, workshop: Workshop) -> None:
    gate = workshop.hold()
    stream = await client.chat.completions.create(model="filrouge", messages=[user(REPAIR)], stream=True)
    await workshop.called.wait()
    await stream.close()
    gate.set()
    again = await client.chat.completions.create(model="filrouge", messages=[user(REPAIR)])
    assert "new brakes" in str(again.choices[0].message.content)
