import anyio
import httpx
import pytest

from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop
from tests.server.service import Service, listening, said

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/conversations/c1/messages"


async def escalate(api: httpx.AsyncClient, conversation: str = "c1") -> str:
    answer = await api.post(f"/v1/conversations/{conversation}/messages", json={"text": "I want to talk to a human"})
    return answer.json()["escalation"]["ticket_id"]


async def test_a_ticket_tells_the_whole_story(api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": REPAIR})
    ticket = await escalate(api)
    found = (await api.get("/v1/tickets")).json()["tickets"]
    assert [(one["id"], one["status"], one["conversation_id"]) for one in found] == [(ticket, "open", "c1")]
    packet = found[0]["packet"]
    assert packet["reason"] == "customer_request"
    assert "customer: I want to talk to a human" in packet["last_messages"]
    assert {"name": "order_id", "value": "A-20417", "trust": "stated"}.items() <= packet["facts"][0].items()
    assert packet["tried"] == []


async def test_agents_are_silent_after_a_reply_and_answer_again_after_the_return(api: httpx.AsyncClient, clock: Clock) -> None:
    ticket = await escalate(api)
    assert (await api.post(f"/v1/tickets/{ticket}/reply", json={"text": "Hello, this is Mia."})).status_code == 200
    clock.move(minutes=1)
    silent = (await api.post(MESSAGES, json={"text": PRICE})).json()
    assert (silent["messages"], silent["route"], silent["escalation"]) == ([], None, None)
    returned = await api.post(f"/v1/tickets/{ticket}/return", json={"done": "I refunded the rental of 3 March."})
    assert returned.json()["status"] == "returned"
    clock.move(minutes=1)
    assert "for one day" in said((await api.post(MESSAGES, json={"text": PRICE})).json())
    conversation = (await api.get("/v1/conversations/c1")).json()
    assert [message["role"] for message in conversation["messages"]] == ["customer", "agent", "human", "customer", "customer", "agent"]
    assert {"name": "colleague", "value": "I refunded the rental of 3 March.", "trust": "system"}.items() <= conversation["facts"][
        -1
    ].items()


async def test_the_next_ticket_says_what_the_colleague_did(api: httpx.AsyncClient) -> None:
    await api.post(f"/v1/tickets/{await escalate(api)}/return", json={"done": "new tyre promised"})
    await escalate(api)
    packet = (await api.get("/v1/tickets", params={"status": "open"})).json()["tickets"][0]["packet"]
    assert ("colleague", "new tyre promised") in [(fact["name"], fact["value"]) for fact in packet["facts"]]


async def test_tickets_are_found_by_status(api: httpx.AsyncClient) -> None:
    first, second, third = [await escalate(api, name) for name in ("c1", "c2", "c3")]
    await api.post(f"/v1/tickets/{second}/reply", json={"text": "Hello"})
    await api.post(f"/v1/tickets/{third}/return", json={"done": "called"})
    for status, ticket in (("open", first), ("answered", second), ("returned", third)):
        found = (await api.get("/v1/tickets", params={"status": status})).json()["tickets"]
        assert [one["id"] for one in found] == [ticket]
    assert (await api.get("/v1/tickets", params={"status": "lost"})).status_code == 422


async def test_a_reply_reaches_an_open_page_at_once(service: Service, api: httpx.AsyncClient) -> None:
    ticket = await escalate(api)
    last = (await api.get("/v1/conversations/c1")).json()["last_event"]
    async with listening(service.app, "/v1/conversations/c1/events", {"last-event-id": str(last)}) as listener:
        await api.post(f"/v1/tickets/{ticket}/reply", json={"text": "Mia here\n\ndata: x"})
        sent = await listener.next()
    assert sent is not None
    assert (sent.id, sent.event) == (last + 1, "HumanReplied")
    assert (sent.data["text"], sent.data["ticket_id"]) == ("Mia here\ndata: x", ticket)


@pytest.mark.parametrize("path", ["reply", "return"])
@pytest.mark.parametrize("ticket", ["T-9999", "T-0", "T-x", "1001", "..%2f1", "T-1001%00", "T-" + "9" * 400])
async def test_a_ticket_that_is_not_there_is_a_4xx(api: httpx.AsyncClient, ticket: str, path: str) -> None:
    body = {"text": "Hello"} if path == "reply" else {"done": "x"}
    assert (await api.post(f"/v1/tickets/{ticket}/{path}", json=body)).status_code in (404, 422)


@pytest.mark.parametrize("text", ['""', '" "', '"\\u200b"', '"\\ud800"', "1", "null", '"' + "x" * 8001 + '"'], ids=lambda text: text[:8])
async def test_a_reply_that_nobody_could_read_is_refused(api: httpx.AsyncClient, text: str) -> None:
    ticket = await escalate(api)
    headers = {"Content-Type": "application/json"}
    for path, field in (("reply", "text"), ("return", "done")):
        response = await api.post(f"/v1/tickets/{ticket}/{path}", content=f'{{"{field}": {text}}}', headers=headers)
        assert response.status_code == 422
    assert (await api.get("/v1/tickets")).json()["tickets"][0]["status"] == "open"


async def test_a_reply_after_the_return_is_a_conflict(api: httpx.AsyncClient) -> None:
    ticket = await escalate(api)
    await api.post(f"/v1/tickets/{ticket}/return", json={"done": "called"})
    response = await api.post(f"/v1/tickets/{ticket}/reply", json={"text": "Hello"})
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert (await api.get("/v1/conversations/c1")).json()["messages"][-1]["role"] != "human"


async def test_a_return_waits_for_the_running_turn_which_would_overwrite_it(api: httpx.AsyncClient, workshop: Workshop) -> None:
    ticket = await escalate(api)
    await api.post(f"/v1/tickets/{ticket}/return", json={"done": "called"})
    gate, returned = workshop.hold(), anyio.Event()

    async def ask() -> None:
        await api.post(MESSAGES, json={"text": REPAIR})

    async def give_back() -> None:
        await api.post(f"/v1/tickets/{ticket}/return", json={"done": "called once more"})
        returned.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await workshop.called.wait()
        tasks.start_soon(give_back)
        await anyio.wait_all_tasks_blocked()
        assert not returned.is_set()
        gate.set()
    facts = (await api.get("/v1/conversations/c1")).json()["facts"]
    assert "called once more" in [fact["value"] for fact in facts]
