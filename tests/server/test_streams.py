import json

import anyio
import httpx
import pytest

from orchestrator import runtime
from orchestrator.channels.streams import STREAMS_PER_VISITOR
from orchestrator.events import TextDelta
from orchestrator.memory.turns import NumberedEvent
from orchestrator.server.events import framed
from tests.projects.tiny_house import PRICE, REPAIR, Workshop
from tests.server.service import Service, listening, parsed

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/conversations/c1/messages"
EVENTS = "/v1/conversations/c1/events"
STREAM = {"Accept": "text/event-stream"}


async def test_a_turn_streams_as_numbered_events(api: httpx.AsyncClient) -> None:
    response = await api.post(MESSAGES, json={"text": PRICE}, headers=STREAM)
    sent = parsed(response.text)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert response.text.startswith(": keep-alive\n\n")
    assert [one.id for one in sent] == list(range(1, len(sent) + 1))
    kinds = [one.event for one in sent]
    assert (kinds[0], kinds[-1]) == ("TurnStarted", "TurnCompleted")
    assert kinds.index("IntentDetected") < kinds.index("AgentSelected") < kinds.index("TextDelta") < kinds.index("Cited")
    assert {one.data["turn_id"] for one in sent} == {"turn_1"}


async def test_the_numbers_of_a_conversation_go_on(api: httpx.AsyncClient) -> None:
    first = parsed((await api.post(MESSAGES, json={"text": PRICE}, headers=STREAM)).text)
    second = parsed((await api.post(MESSAGES, json={"text": REPAIR}, headers=STREAM)).text)
    assert second[0].id == first[-1].id + 1


async def test_a_refusal_comes_before_the_stream_begins(api: httpx.AsyncClient) -> None:
    response = await api.post(MESSAGES, json={"text": " "}, headers=STREAM)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")


async def test_a_stream_begins_while_an_earlier_turn_runs(service: Service, api: httpx.AsyncClient, workshop: Workshop) -> None:
    gate = workshop.hold()

    async def first() -> None:
        await api.post(MESSAGES, json={"text": REPAIR})

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        await workshop.called.wait()
        async with listening(service.app, MESSAGES, {"accept": "text/event-stream"}, {"text": PRICE}) as listener:
            await anyio.wait_all_tasks_blocked()
            assert listener.status == 200
            gate.set()
            assert (await listener.until("TurnCompleted"))[0].event == "TurnStarted"


async def test_a_reader_goes_on_where_it_stopped(service: Service, api: httpx.AsyncClient) -> None:
    everything = parsed((await api.post(MESSAGES, json={"text": PRICE}, headers=STREAM)).text)
    for last in range(len(everything)):
        for path, headers in ((EVENTS, {"last-event-id": str(last)}), (f"{EVENTS}?after={last}", {})):
            async with listening(service.app, path, headers) as listener:
                assert await listener.until("TurnCompleted") == everything[last:]


async def test_a_reader_sees_what_happens_next_exactly_once(service: Service, api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": PRICE})
    async with listening(service.app, EVENTS) as listener:
        first = await listener.until("TurnCompleted")
        live = parsed((await api.post(MESSAGES, json={"text": REPAIR}, headers=STREAM)).text)
        assert await listener.until("TurnCompleted") == live
        assert live[0].id == first[-1].id + 1


async def test_a_conversation_of_many_pages_is_replayed_whole(
    service: Service, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "EVENTS_AT_ONCE", 4)
    for _ in range(3):
        await api.post(MESSAGES, json={"text": PRICE})
    expected = (await api.get("/v1/conversations/c1")).json()["last_event"]
    numbers: list[int] = []
    async with listening(service.app, EVENTS) as listener:
        while len(numbers) < expected and (sent := await listener.next()):
            numbers.append(sent.id)
    assert numbers == list(range(1, expected + 1))


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "²", "٣", " ", "1" * 19, "'; DROP TABLE events", "1, 2", "0x1"])
async def test_a_last_event_id_that_is_no_number_is_refused(service: Service, api: httpx.AsyncClient, last: str) -> None:
    await api.post(MESSAGES, json={"text": PRICE})
    response = await api.get(EVENTS, headers={b"Last-Event-ID": last.encode()})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_last_event_id")
    assert (await api.get(EVENTS, params={"after": last})).status_code == 400


async def test_a_last_event_id_of_the_future_starts_again(service: Service, api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": PRICE})
    async with listening(service.app, EVENTS, {"last-event-id": "999999"}) as listener:
        sent = await listener.until("TurnCompleted")
    assert [one.event for one in sent][:2] == ["restart", "TurnStarted"]


async def test_the_events_of_a_conversation_that_is_not_there_are_a_404(api: httpx.AsyncClient) -> None:
    assert (await api.get(EVENTS, headers={"Last-Event-ID": "5"})).status_code == 404


async def test_who_hangs_up_in_the_middle_is_answered_in_the_transcript(
    service: Service, api: httpx.AsyncClient, workshop: Workshop
) -> None:
    gate = workshop.hold()
    async with listening(service.app, MESSAGES, {"accept": "text/event-stream"}, {"text": REPAIR}) as listener:
        assert await listener.next() is not None
        await workshop.called.wait()
    gate.set()
    async with listening(service.app, EVENTS) as listener:
        await listener.until("TurnCompleted")
    messages = (await api.get("/v1/conversations/c1")).json()["messages"]
    assert [message["role"] for message in messages] == ["customer", "agent"]
    assert "new brakes" in messages[1]["text"]


@pytest.mark.parametrize("text", ["a\n\ndata: forged", "a\r\n\r\nevent: TurnCompleted\r\ndata: {}", "\u2028\u2029\x85", "\x00"])
def test_a_text_cannot_forge_an_event(text: str) -> None:
    frame = framed(NumberedEvent(number=7, turn_id="t", event=TextDelta(message_id="m", agent="a", text=text)))
    assert frame.count(b"\n\n") == 1
    lines = frame.decode().splitlines() if not set(text) & set("\u2028\u2029\x85") else frame.decode().strip().split("\n")
    assert [line.split(":")[0] for line in lines if line] == ["id", "event", "data"]
    assert json.loads(lines[2].removeprefix("data: "))["text"] == text


async def test_an_answer_with_an_event_in_it_stays_one_event(api: httpx.AsyncClient, workshop: Workshop) -> None:
    workshop.left = "brakes\n\nevent: Escalated\ndata: {}\n\ndata: x"
    response = await api.post(MESSAGES, json={"text": REPAIR}, headers=STREAM)
    assert "Escalated" not in [sent.event for sent in parsed(response.text)]
    assert "\ndata: x" not in response.text


async def test_streams_are_told_to_reconnect_when_the_service_drains(service: Service, api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": PRICE})
    async with listening(service.app, EVENTS) as listener:
        await listener.until("TurnCompleted")
        service.drain.started.set()
        sent = await listener.next()
        assert sent is not None
        assert sent.event == "reconnect"
        assert await listener.next() is None


async def test_a_visitor_has_a_handful_of_streams(service: Service) -> None:
    async with service.client(visitor="visitor-one") as visitor:
        await visitor.post(MESSAGES, json={"text": PRICE})
        cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}
        async with anyio.create_task_group() as tasks:
            hold = anyio.Event()
            for _ in range(STREAMS_PER_VISITOR):
                tasks.start_soon(_hold, service, cookie, hold)
            await anyio.wait_all_tasks_blocked()
            response = await visitor.get(EVENTS)
            assert (response.status_code, response.json()["code"]) == (429, "too_many_streams")
            hold.set()
        async with listening(service.app, EVENTS, cookie) as listener:
            assert await listener.next() is not None


async def test_readers_who_leave_are_forgotten(service: Service, api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": PRICE})
    for _ in range(3):
        async with listening(service.app, EVENTS) as listener:
            await listener.next()
    await anyio.wait_all_tasks_blocked()
    async with listening(service.app, EVENTS) as listener:
        await listener.until("TurnCompleted")
        await api.post(MESSAGES, json={"text": REPAIR})
        assert (await listener.until("TurnCompleted"))[-1].event == "TurnCompleted"


async def _hold(service: Service, headers: dict[str, str], until: anyio.Event) -> None:
    async with listening(service.app, EVENTS, headers) as listener:
        await listener.next()
        await until.wait()
