"""Which callers are spoken to, and what they are spared."""

import json

import httpx
import pytest

from tests.channels.openai_wire import COMPLETIONS, SESSION, answer, ask, user
from tests.projects.tiny_house import PRICE, REPAIR, Workshop
from tests.server.service import Service, listening

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {"model": "filrouge-voice"}),
        ({}, {"model": "acme/filrouge-voice"}),
        ({}, {"metadata": {"channel": "voice"}}),
        ({"X-Channel": "Voice"}, {}),
        ({}, {"call": {"id": "call-1", "type": "inboundPhoneCall"}}),
        ({}, {"elevenlabs_extra_body": {"session_id": "c-1"}}),
        ({"User-Agent": "LiveKit Agents/1.8.9"}, {}),
    ],
    ids=json.dumps,
)
async def test_front_ends_that_speak_are_spoken_to(api: httpx.AsyncClient, headers: dict[str, str], body: dict[str, object]) -> None:
    response = await ask(api, user(PRICE), headers={**SESSION, **headers}, **body)
    found = (await api.get(f"/v1/conversations/{response.headers['x-filrouge-session']}")).json()
    assert found["channel"] == "voice"
    assert "(Renting a bicycle" not in answer(response)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {}),
        ({}, {"model": "voice"}),
        ({}, {"call": None, "elevenlabs_extra_body": "x"}),
        ({}, {"metadata": {"channel": ["voice"]}}),
        ({}, {"metadata": "voice"}),
        ({"User-Agent": "AsyncOpenAI/Python 3.54.0", "X-Channel": ""}, {}),
    ],
    ids=json.dumps,
)
async def test_all_others_are_written_to(api: httpx.AsyncClient, headers: dict[str, str], body: dict[str, object]) -> None:
    response = await ask(api, user(PRICE), headers={**SESSION, **headers}, **body)
    found = (await api.get(f"/v1/conversations/{response.headers['x-filrouge-session']}")).json()
    assert found["channel"] == "api"
    assert "(Renting a bicycle" in answer(response)


VOICE = {"x-session-id": "s1", "x-channel": "voice"}
ASKED = {"messages": [user(REPAIR)], "stream": True}


async def test_a_caller_who_breaks_in_stops_the_turn(service: Service, api: httpx.AsyncClient, workshop: Workshop) -> None:
    workshop.hold()
    async with listening(service.app, COMPLETIONS, VOICE, ASKED) as listener:
        await workshop.called.wait()
        session = listener.headers["x-filrouge-session"]
    async with service.orchestrator.alone(session):
        found = (await api.get(f"/v1/conversations/{session}")).json()["messages"]
    assert [message["role"] for message in found] == ["customer"]


async def test_what_was_asked_before_breaking_in_is_answered_when_it_comes_again(
    service: Service, api: httpx.AsyncClient, workshop: Workshop
) -> None:
    gate = workshop.hold()
    async with listening(service.app, COMPLETIONS, VOICE, ASKED):
        await workshop.called.wait()
    gate.set()
    again = await ask(api, user(REPAIR), headers=VOICE)
    found = (await api.get(f"/v1/conversations/{again.headers['x-filrouge-session']}")).json()["messages"]
    assert "new brakes" in answer(again)
    assert [message["role"] for message in found] == ["customer", "agent"]


async def test_what_was_asked_before_breaking_in_with_something_else_is_not_lost(
    service: Service, api: httpx.AsyncClient, workshop: Workshop
) -> None:
    gate = workshop.hold()
    async with listening(service.app, COMPLETIONS, VOICE, ASKED):
        await workshop.called.wait()
    gate.set()
    then = answer(await ask(api, user(REPAIR), user("When are you open?"), headers=VOICE))
    assert "new brakes" in then
    assert "except Sunday" in then
