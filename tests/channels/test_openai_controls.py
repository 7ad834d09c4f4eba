import json
from typing import Any

import httpx
import pytest

from tests.channels.openai_wire import END, TRANSFER, WEATHER, Streamed, answer, ask, assistant, streamed, user
from tests.projects.tiny_house import PRICE
from tests.server.service import Json

pytestmark = pytest.mark.anyio

HUMAN = "I want to talk to a human"


def tool(name: str, **parameters: object) -> Json:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def called(found: Streamed) -> list[Json]:
    """The tool calls of a stream, put together as clients do."""
    calls: list[Json] = []
    for delta in found.deltas:
        for piece in delta.get("tool_calls", []):
            if "id" in piece:
                calls.append({"id": piece["id"], "name": piece["function"]["name"], "arguments": ""})
            calls[piece["index"]]["arguments"] += piece["function"]["arguments"]
    return calls


async def test_a_transfer_follows_the_words_when_a_human_takes_over(api: httpx.AsyncClient) -> None:
    response = await ask(api, user(HUMAN), tools=[WEATHER, END, TRANSFER])
    choice = response.json()["choices"][0]
    call = choice["message"]["tool_calls"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert "A colleague takes over" in choice["message"]["content"]
    assert (call["type"], call["function"]["name"]) == ("function", "transferCall")
    assert json.loads(call["function"]["arguments"]) == {"destination": "+41215550100"}


async def test_a_streamed_transfer_comes_one_call_per_chunk_and_never_with_words(api: httpx.AsyncClient) -> None:
    found = streamed((await ask(api, user(HUMAN), tools=[TRANSFER], stream=True)).text)
    with_calls = [delta for delta in found.deltas if "tool_calls" in delta]
    assert found.finish == "tool_calls"
    assert "A colleague takes over" in found.text
    assert [len(delta["tool_calls"]) for delta in with_calls] == [1, 1]
    assert all("content" not in delta for delta in with_calls)
    assert found.deltas.index(with_calls[0]) > max(n for n, delta in enumerate(found.deltas) if delta.get("content"))
    assert [(call["name"], json.loads(call["arguments"])) for call in called(found)] == [("transferCall", {"destination": "+41215550100"})]
    assert called(found)[0]["id"].startswith("call_")


@pytest.mark.parametrize("stream", [False, True])
async def test_what_became_of_a_call_is_taken_quietly(api: httpx.AsyncClient, stream: bool) -> None:
    first = await ask(api, user(HUMAN), tools=[TRANSFER])
    message = first.json()["choices"][0]["message"]
    result = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "Transferred. Say goodbye."}
    second = await ask(api, user(HUMAN), message, result, tools=[TRANSFER], stream=stream)
    if stream:
        found = streamed(second.text)
        assert (found.text, found.finish, found.is_done) == ("", "stop", True)
    else:
        assert (answer(second), second.json()["choices"][0]["finish_reason"]) == ("", "stop")
    shown = (await api.get(f"/v1/conversations/{first.headers['x-filrouge-session']}")).json()
    assert len(shown["messages"]) == 2


async def test_the_call_ends_after_a_goodbye(api: httpx.AsyncClient) -> None:
    choice = (await ask(api, user("Goodbye!"), tools=[TRANSFER, END])).json()["choices"][0]
    assert (choice["finish_reason"], choice["message"]["tool_calls"][0]["function"]) == (
        "tool_calls",
        {"name": "endCall", "arguments": "{}"},
    )
    assert choice["message"]["content"].endswith("Goodbye.")


async def test_an_answer_calls_nothing(api: httpx.AsyncClient) -> None:
    choice = (await ask(api, user(PRICE), tools=[TRANSFER, END, WEATHER])).json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert "tool_calls" not in choice["message"]


@pytest.mark.parametrize("name", ["transferCall", "transfer_call", "escalate", "transfer_to_human"])
async def test_every_known_name_of_a_transfer_is_called(api: httpx.AsyncClient, name: str) -> None:
    offered = tool(name, type="object", properties={"reason": {"type": "string"}}, required=["reason"], additionalProperties=False)
    call = (await ask(api, user(HUMAN), tools=[offered])).json()["choices"][0]["message"]["tool_calls"][0]["function"]
    assert (call["name"], json.loads(call["arguments"])) == (name, {"reason": "customer_request"})


async def test_a_transfer_that_demands_what_nobody_knows_is_not_called(api: httpx.AsyncClient) -> None:
    offered = tool("transferCall", type="object", properties={"destination": {"type": "string"}}, required=["destination"])
    choice = (await ask(api, user(HUMAN), tools=[offered])).json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert "A colleague takes over" in choice["message"]["content"]


NOTHING_TO_CALL: list[Json] = [
    {"tools": [TRANSFER], "tool_choice": "none"},
    {"tools": [WEATHER]},
    {"tools": []},
    {"tools": None},
    {"tools": "transferCall"},
    {"tools": {"transferCall": {}}},
    {"tools": [None, 1, "x", [], {}, {"function": None}, {"function": {"name": 5}}, {"function": {"name": ["transferCall"]}}]},
    {"tools": [{"type": "custom", "custom": {"name": "transferCall"}}]},
    {"functions": [TRANSFER["function"]]},
]


@pytest.mark.parametrize("more", NOTHING_TO_CALL, ids=json.dumps)
async def test_without_a_transfer_on_offer_there_are_words_alone(api: httpx.AsyncClient, more: dict[str, Any]) -> None:
    choice = (await ask(api, user(HUMAN), **more)).json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert "A colleague takes over" in choice["message"]["content"]


ODD: list[Json] = [{}, {"properties": None}, {"properties": []}, {"properties": {"x": None}}, {"required": "x"}, {"required": [None, 5]}]


@pytest.mark.parametrize("parameters", ODD, ids=json.dumps)
async def test_an_odd_schema_demands_nothing(api: httpx.AsyncClient, parameters: dict[str, object]) -> None:
    found = (await ask(api, user(HUMAN), tools=[tool("transferCall", **parameters)])).json()["choices"][0]
    assert found["message"]["tool_calls"][0]["function"] == {"name": "transferCall", "arguments": "{}"}


async def test_who_speaks_after_a_transfer_is_heard_by_the_human_alone(api: httpx.AsyncClient) -> None:
    first = (await ask(api, user(HUMAN), tools=[TRANSFER])).json()["choices"][0]["message"]
    result = {"role": "tool", "tool_call_id": first["tool_calls"][0]["id"], "content": "failed"}
    then = await ask(api, user(HUMAN), first, result, assistant("Please hold."), user("Are you there?"), tools=[TRANSFER])
    shown = (await api.get(f"/v1/conversations/{then.headers['x-filrouge-session']}")).json()
    assert answer(then) == ""
    assert shown["messages"][-1]["text"] == "Are you there?"
