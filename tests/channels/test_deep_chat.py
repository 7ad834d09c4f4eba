import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import given as forall
from hypothesis import settings as limits
from hypothesis import strategies as st

from orchestrator.memory import conversations
from tests.projects.tiny_house import PRICE, REPAIR, Workshop, host_token
from tests.server.service import ELSEWHERE, Json, Service, listening

pytestmark = pytest.mark.anyio

DEEP_CHAT = "/v1/deep-chat"
JSON = {"Content-Type": "application/json"}
SESSION = {"sessionId": "s1"}
BOOK = "I want to book a repair tomorrow"


def said(text: str, role: str = "user") -> Json:
    return {"role": role, "text": text}


async def send(api: httpx.AsyncClient, *messages: Json, headers: dict[str, str] | None = None, **more: object) -> httpx.Response:
    return await api.post(DEEP_CHAT, json={"messages": list(messages), **SESSION, **more}, headers=headers)


def pieces(text: str) -> list[Json]:
    """The data of a stream."""
    return [json.loads(block.removeprefix("data: ")) for block in text.split("\n\n") if block.startswith("data: ")]


async def test_an_answer_is_a_text(api: httpx.AsyncClient) -> None:
    response = await send(api, said(PRICE))
    assert response.json().keys() == {"text"}
    assert "CHF\u00a042" in response.json()["text"]
    assert "(Renting a bicycle" in response.json()["text"]


@pytest.mark.parametrize("how", [{"headers": {"Accept": "text/event-stream"}}, {"stream": True}], ids=["accept", "stream"])
async def test_a_stream_is_the_same_text_in_pieces(api: httpx.AsyncClient, how: dict[str, Any]) -> None:
    whole = (await send(api, said(PRICE))).json()["text"]
    response = await send(api, said(PRICE), sessionId="s2", **how)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.startswith(": ")
    assert len(pieces(response.text)) > 1
    assert "".join(piece["text"] for piece in pieces(response.text)) == whole


async def test_who_leaves_in_the_middle_interrupts_nothing(service: Service, api: httpx.AsyncClient, workshop: Workshop) -> None:
    gate = workshop.hold()
    asked = {"messages": [said(REPAIR)], "stream": True, **SESSION}
    async with listening(service.app, DEEP_CHAT, body=asked) as listener:
        await workshop.called.wait()
        session = listener.headers["x-filrouge-session"]
    gate.set()
    async with service.orchestrator.alone(session):
        found = (await api.get(f"/v1/conversations/{session}")).json()["messages"]
    assert [message["role"] for message in found] == ["customer", "agent"]


async def test_a_session_is_named_by_header_or_body(api: httpx.AsyncClient, workshop: Workshop) -> None:
    asked = await api.post(DEEP_CHAT, json={"messages": [said(BOOK)]}, headers={"X-Session-Id": "s1"})
    booked = await send(api, said("yes"))
    assert "Shall I book" in asked.json()["text"]
    assert "Booked" in booked.json()["text"]
    assert asked.headers["x-filrouge-session"] == booked.headers["x-filrouge-session"]
    assert len(workshop.booked) == 1


async def test_without_a_session_each_turn_stands_alone(api: httpx.AsyncClient) -> None:
    await api.post(DEEP_CHAT, json={"messages": [said(BOOK)]})
    response = await api.post(DEEP_CHAT, json={"messages": [said("yes")]})
    assert response.headers["x-filrouge-session"] == "none"
    assert "Nothing is waiting." in response.json()["text"]


async def test_a_widget_that_sends_everything_is_answered_once(api: httpx.AsyncClient, workshop: Workshop) -> None:
    asked = (await send(api, said(BOOK))).json()["text"]
    history = (said(BOOK), said(asked, "ai"), said("yes"))
    first, second = await send(api, *history), await send(api, *history)
    assert first.json() == second.json()
    assert len(workshop.booked) == 1


async def test_the_customer_is_known_by_a_token(api: httpx.AsyncClient) -> None:
    assert "Léa" in (await send(api, said("Hello"), token=host_token())).json()["text"]
    refused = await send(api, said("Hello"), token="forged")
    assert (refused.status_code, refused.json().keys()) == (401, {"error"})


async def test_a_language_can_be_given(api: httpx.AsyncClient) -> None:
    assert "assistant numérique" in (await send(api, said("ok"), language="fr")).json()["text"]


async def test_a_visitors_session_is_their_own(service: Service, workshop: Workshop) -> None:
    async with service.client(visitor="visitor-one") as one, service.client(visitor="visitor-two") as two:
        await send(one, said(BOOK))
        assert "Nothing is waiting." in (await send(two, said("yes"))).json()["text"]
    assert workshop.booked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"messages": [said("")]}, 422),
        ({"messages": [{"role": "user"}]}, 422),
        ({"messages": [said("x" * 4001)]}, 422),
        ({"messages": [said(REPAIR), said("Ready.", "ai")]}, 400),
        ({"messages": []}, 422),
        ({"messages": "Hello"}, 422),
        ({}, 422),
        ([], 422),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
async def test_what_cannot_be_answered_is_an_error_the_widget_shows(api: httpx.AsyncClient, body: object, status: int) -> None:
    for headers in ({}, {"Accept": "text/event-stream"}):
        response = await api.post(DEEP_CHAT, json=body, headers=headers)
        assert response.status_code == status, response.text
        assert response.json().keys() == {"error"}


async def test_strangers_other_methods_and_other_media_are_refused_in_the_widgets_shape(service: Service, api: httpx.AsyncClient) -> None:
    async with service.client(address=ELSEWHERE) as stranger:
        found = [await send(stranger, said(PRICE)), await api.get(DEEP_CHAT), await api.post(DEEP_CHAT, files={"files": b"x"})]
    assert [response.status_code for response in found] == [401, 405, 415]
    assert all(response.json().keys() == {"error"} for response in found)


async def test_a_turn_that_cannot_be_stored_is_an_error(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(conversations, "save", fail)
    whole, stream = await send(api, said(PRICE)), await send(api, said(PRICE), sessionId="s2", stream=True)
    assert (whole.status_code, whole.json().keys()) == (503, {"error"})
    assert pieces(stream.text)[-1].keys() == {"error"}


Strategy = st.SearchStrategy[object]
anything: Strategy = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
one: dict[str, Strategy] = {"role": st.just("user") | anything, "text": st.text() | anything}
messages: Strategy = st.lists(st.fixed_dictionaries({}, optional=one), max_size=4)
FIELDS = ("sessionId", "stream", "token", "language", "region", "metadata", "call", "conversation", "session_id")


some: dict[str, Strategy] = dict.fromkeys(FIELDS, anything)
bodies: Strategy = st.fixed_dictionaries({"messages": messages | anything}, optional=some) | anything


@limits(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@forall(body=bodies)
async def test_whatever_the_body_is_the_answer_is_an_answer_or_an_error(api: httpx.AsyncClient, body: object) -> None:
    response = await api.post(DEEP_CHAT, content=json.dumps(body), headers=JSON)
    assert response.status_code in (200, 400, 401, 422), response.text
    if response.status_code != 200:
        assert response.json().keys() == {"error"}
