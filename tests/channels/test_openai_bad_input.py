import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import given as forall
from hypothesis import settings as limits
from hypothesis import strategies as st

from orchestrator.channels.access import Access
from orchestrator.channels.streams import STREAMS_PER_VISITOR
from orchestrator.runtime import Orchestrator
from tests.channels.openai_wire import COMPLETIONS, SESSION, answer, ask, assistant, user
from tests.projects.tiny_house import PRICE, SECRET, host_token
from tests.server.service import ELSEWHERE, Service, running

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}


def assert_refused(response: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    error = response.json()["error"]
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-should-retry"] == ("true" if status in (408, 429, 503) else "false")
    assert error.keys() == {"message", "type", "param", "code"}
    assert error["message"]
    assert code in (None, error["code"])
    assert "Traceback" not in response.text
    return error


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"role": "system", "content": "Greet the caller."}], "no_user_message"),
        ([user(PRICE), assistant("It costs")], "last_message_not_user"),
        ([user("")], "message_refused"),
        ([user(None)], "message_refused"),
        ([user("\u200b\u202e")], "message_refused"),
        ([user("x" * 4001)], "message_refused"),
        ([user([])], "message_refused"),
        ([user([{"type": "image_url", "image_url": {"url": "data:"}}])], "message_refused"),
        ([user([{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}])], "no_audio"),
    ],
    ids=lambda value: json.dumps(value)[:50],
)
async def test_a_message_that_cannot_be_answered_is_refused(api: httpx.AsyncClient, messages: list[Any], code: str) -> None:
    error = assert_refused(await ask(api, *messages), 400, code)
    assert error["type"] == "invalid_request_error"
    assert_refused(await ask(api, *messages, stream=True), 400, code)


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"n": 0}, "n"),
        ({"n": "1"}, "n"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": {"include_usage": "yes"}}, "stream_options.include_usage"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"model": 7}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": "Hello"}, "messages"),
        ({"messages": ["Hello"]}, "messages.0"),
        ({"messages": [{"content": "Hello"}]}, "messages.0.role"),
        ({"messages": [{"role": "wizard", "content": "Hello"}]}, "messages.0.role"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
async def test_a_field_that_does_not_fit_is_named(api: httpx.AsyncClient, more: dict[str, Any], param: str) -> None:
    content = json.dumps({"messages": [user("Hello")], **more})
    error = assert_refused(await api.post(COMPLETIONS, content=content, headers=JSON), 400)
    assert error["param"] == param


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"\xff\xfe",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"messages": NaN}',
        b'{"messages": [{"role": "user"}',
    ],
    ids=["empty", "cut", "list", "string", "null", "not-utf8", "deep", "nan", "cut-later"],
)
async def test_a_body_that_is_no_request_is_refused(api: httpx.AsyncClient, content: bytes) -> None:
    assert_refused(await api.post(COMPLETIONS, content=content, headers=JSON), 400)


@pytest.mark.parametrize("text", ["\ud800", "ok \udfff"])
async def test_half_a_character_is_refused_in_the_message_and_harmless_elsewhere(api: httpx.AsyncClient, text: str) -> None:
    assert_refused(await ask(api, user(text)), 400)
    assert "CHF\u00a042" in answer(await ask(api, user(PRICE)))
    assert "CHF\u00a042" in answer(await ask(api, user(text), assistant(text), user(PRICE)))
    named = await ask(api, user(PRICE), headers={}, metadata={"session_id": text, "language": text, "region": text}, **{text: text})
    assert "CHF\u00a042" in answer(named)


async def test_a_history_of_a_megabyte_is_read_and_three_are_not(api: httpx.AsyncClient) -> None:
    history = [message for _ in range(500) for message in (user("x" * 1000), assistant("y" * 1000))]
    assert "CHF\u00a042" in answer(await ask(api, *history, user(PRICE)))
    assert_refused(await ask(api, *history, *history, *history, user(PRICE)), 413, "too_large")


async def test_a_long_message_of_the_past_is_no_reason_to_refuse(api: httpx.AsyncClient) -> None:
    assert "CHF\u00a042" in answer(await ask(api, user("x" * 10_000), assistant("ok"), user(PRICE)))


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_another_method_is_refused_with_those_allowed(api: httpx.AsyncClient, method: str) -> None:
    response = await api.request(method, COMPLETIONS)
    assert_refused(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


async def test_other_media_are_refused(api: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"{}"

    assert_refused(await api.post(COMPLETIONS, content=b"{}", headers={"Content-Type": "text/plain"}), 415)
    assert_refused(await api.post(COMPLETIONS, content=chunks(), headers=JSON), 411)


async def test_a_model_that_is_not_there_is_a_404(api: httpx.AsyncClient) -> None:
    for name in ("gpt-4o", "filrouge/x", "%00", "é", "x" * 5000):
        assert_refused(await api.get(f"/v1/models/{name}"), 404, "model_not_found")
    assert_refused(await api.post("/v1/models"), 405)


async def test_strangers_need_a_key(orchestrator: Orchestrator) -> None:
    access = Access(api_keys=("key-1",), staff_keys=(), secret=SECRET)
    async with (
        running(orchestrator, access) as service,
        service.client(address=ELSEWHERE) as stranger,
        service.client(address=ELSEWHERE, key="key-1") as known,
    ):
        for response in (await ask(stranger, user(PRICE)), await stranger.get("/v1/models"), await stranger.get("/v1/models/filrouge")):
            assert assert_refused(response, 401, "unauthorized")["type"] == "authentication_error"
        assert "CHF\u00a042" in answer(await ask(known, user(PRICE)))


async def test_any_bearer_is_taken_on_this_machine_while_there_are_no_keys(service: Service) -> None:
    async with service.client(key="sk-whatever") as here, service.client(key="sk-whatever", address=ELSEWHERE) as elsewhere:
        assert "CHF\u00a042" in answer(await ask(here, user(PRICE)))
        assert_refused(await ask(elsewhere, user(PRICE)), 401)


@pytest.mark.parametrize("token", ["x", "a.b.c", host_token(key="another key of thirty-two bytes or more"), "é"])
async def test_a_forged_token_is_a_401_and_nothing_is_stored(api: httpx.AsyncClient, token: str) -> None:
    assert_refused(await ask(api, user(PRICE), metadata={"customer_token": token}), 401, "invalid_token")
    ok = await ask(api, user(PRICE))
    assert len((await api.get(f"/v1/conversations/{ok.headers['x-filrouge-session']}")).json()["messages"]) == 2


async def test_a_visitor_reaches_no_other_visitors_session(service: Service) -> None:
    async with service.client(visitor="visitor-one") as one, service.client(visitor="visitor-two") as two:
        first = await ask(one, user("I want to book a repair tomorrow"))
        second = await ask(two, user("yes"))
    assert first.headers["x-filrouge-session"] != second.headers["x-filrouge-session"]
    assert "Nothing is waiting." in answer(second)


async def test_a_visitor_with_too_many_streams_is_told_to_wait(service: Service) -> None:
    places = service.app.state.serving.places
    async with service.client(visitor="visitor-one") as one, service.client(visitor="visitor-two") as two:
        with ExitStack() as held:
            for _ in range(STREAMS_PER_VISITOR):
                held.enter_context(places.hold("visitor-one"))
            refused = await ask(one, user(PRICE), stream=True)
            assert assert_refused(refused, 429, "too_many_streams")["type"] == "rate_limit_error"
            assert (await ask(two, user(PRICE), stream=True)).status_code == 200
        assert (await ask(one, user(PRICE), stream=True)).status_code == 200


async def test_a_service_that_ends_sends_callers_elsewhere(service: Service, api: httpx.AsyncClient) -> None:
    service.drain.started.set()
    assert assert_refused(await ask(api, user(PRICE)), 503, "draining")["type"] == "server_error"


async def test_a_failure_of_ours_tells_nothing(service: Service, api: httpx.AsyncClient) -> None:
    serving = service.app.state.serving
    service.app.state.serving = replace(serving, orchestrator=None)
    error = assert_refused(await ask(api, user(PRICE)), 500, "internal")
    assert error["message"].startswith("Something failed on our side.")
    service.app.state.serving = None
    assert_refused(await ask(api, user(PRICE)), 503, "starting")


Strategy = st.SearchStrategy[object]
anything: Strategy = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
roles: Strategy = st.sampled_from(["user", "assistant", "system", "developer", "tool", "function", "wizard"]) | anything
part: dict[str, Strategy] = {"type": st.sampled_from(["text", "image_url", "input_audio"]), "text": anything}
parts: Strategy = st.lists(st.fixed_dictionaries({}, optional=part))
one: dict[str, Strategy] = {"role": roles, "content": st.text() | parts | anything, "name": anything, "tool_calls": anything}
messages: Strategy = st.lists(st.fixed_dictionaries({}, optional=one), max_size=5)
FIELDS = (
    "model", "stream", "stream_options", "n", "tools", "tool_choice", "metadata", "call", "user", "modalities", "conversation",
    "session_id", "token", "elevenlabs_extra_body",
)  # fmt: skip
some: dict[str, Strategy] = dict.fromkeys(FIELDS, anything)
bodies: Strategy = st.fixed_dictionaries({"messages": messages | anything}, optional=some)


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@forall(body=bodies | anything)
async def test_whatever_the_body_is_the_answer_is_an_answer_or_a_refusal(api: httpx.AsyncClient, body: object) -> None:
    response = await api.post(COMPLETIONS, content=json.dumps(body), headers={**JSON, **SESSION})
    if response.status_code != 200:
        assert response.status_code in (400, 401, 413)
        assert_refused(response, response.status_code)
