import anyio
import httpx
import pytest
from sqlalchemy import text as sql

from orchestrator.graph.context import House
from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop
from tests.server.service import Service, parsed, said

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/conversations/c1/messages"
STREAM = {"Accept": "text/event-stream"}


def key(value: str = "key-1") -> dict[str, str]:
    return {"Idempotency-Key": value}


async def customer_messages(api: httpx.AsyncClient) -> list[str]:
    messages = (await api.get("/v1/conversations/c1")).json()["messages"]
    return [message["text"] for message in messages if message["role"] == "customer"]


async def test_the_same_key_and_body_get_the_same_answer(api: httpx.AsyncClient, workshop: Workshop) -> None:
    first = await api.post(MESSAGES, json={"text": REPAIR}, headers=key())
    again = await api.post(MESSAGES, json={"text": REPAIR}, headers=key())
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert workshop.calls == 1
    assert await customer_messages(api) == [REPAIR]


@pytest.mark.parametrize("accept", [{}, STREAM])
async def test_the_same_key_with_another_body_is_refused(api: httpx.AsyncClient, accept: dict[str, str]) -> None:
    await api.post(MESSAGES, json={"text": PRICE}, headers=key())
    response = await api.post(MESSAGES, json={"text": REPAIR}, headers=key() | accept)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_mismatch")
    assert await customer_messages(api) == [PRICE]


@pytest.mark.parametrize("accept", [{}, STREAM])
async def test_a_key_in_flight_is_a_conflict(api: httpx.AsyncClient, workshop: Workshop, accept: dict[str, str]) -> None:
    gate = workshop.hold()

    async def first() -> None:
        assert (await api.post(MESSAGES, json={"text": REPAIR}, headers=key())).status_code == 200

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        await workshop.called.wait()
        response = await api.post(MESSAGES, json={"text": REPAIR}, headers=key() | accept)
        assert (response.status_code, response.json()["code"]) == (409, "in_flight")
        assert response.headers["retry-after"] == "1"
        gate.set()
    assert await customer_messages(api) == [REPAIR]


@pytest.mark.parametrize("value", ["", "k" * 256, "k" * 5000])
async def test_a_key_of_the_wrong_length_is_refused(api: httpx.AsyncClient, value: str) -> None:
    response = await api.post(MESSAGES, json={"text": PRICE}, headers=key(value))
    assert (response.status_code, response.json()["code"]) == (400, "invalid_idempotency_key")


async def test_a_key_of_255_characters_is_fine(api: httpx.AsyncClient) -> None:
    assert (await api.post(MESSAGES, json={"text": PRICE}, headers=key("k" * 255))).status_code == 200


async def test_a_refused_message_gives_its_key_back(api: httpx.AsyncClient) -> None:
    assert (await api.post(MESSAGES, json={"text": " "}, headers=key())).status_code == 422
    assert (await api.post(MESSAGES, json={"text": PRICE}, headers=key())).status_code == 200


async def test_keys_belong_to_a_caller_and_a_conversation(service: Service, api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": PRICE}, headers=key())
    other = await api.post("/v1/conversations/c2/messages", json={"text": REPAIR}, headers=key())
    assert "new brakes" in said(other.json())
    async with service.client(visitor="visitor-one") as visitor:
        assert (await visitor.post(MESSAGES, json={"text": PRICE}, headers=key())).status_code == 404


async def test_a_stream_sent_again_gets_the_same_events(api: httpx.AsyncClient, workshop: Workshop) -> None:
    first = await api.post(MESSAGES, json={"text": REPAIR}, headers=key() | STREAM)
    again = await api.post(MESSAGES, json={"text": REPAIR}, headers=key() | STREAM)
    assert parsed(first.text) == parsed(again.text)
    assert workshop.calls == 1


async def test_json_and_stream_share_their_keys(api: httpx.AsyncClient, workshop: Workshop) -> None:
    streamed = parsed((await api.post(MESSAGES, json={"text": REPAIR}, headers=key() | STREAM)).text)
    answer = (await api.post(MESSAGES, json={"text": REPAIR}, headers=key())).json()
    assert answer["turn_id"] == streamed[0].data["turn_id"]
    assert said(answer) == "".join(sent.data["text"] for sent in streamed if sent.event == "TextDelta")
    assert (await api.post(MESSAGES, json={"text": REPAIR}, headers=key())).json() == answer
    assert workshop.calls == 1


async def test_what_could_not_be_stored_is_answered_when_it_is_sent_again(
    api: httpx.AsyncClient, house: House, workshop: Workshop, clock: Clock
) -> None:
    gate = workshop.hold()
    responses: list[httpx.Response] = []

    async def post() -> None:
        responses.append(await api.post(MESSAGES, json={"text": REPAIR}, headers=key()))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(post)
        await workshop.called.wait()
        await _store(house, "ALTER TABLE messages RENAME TO messages_away")
        gate.set()
    assert (responses[0].status_code, responses[0].json()["code"]) == (503, "not_stored")
    await _store(house, "ALTER TABLE messages_away RENAME TO messages")
    await post()
    assert "new brakes" in said(responses[1].json())
    assert await customer_messages(api) == [REPAIR]
    other = await api.post("/v1/conversations/c2/messages", json={"text": PRICE})
    assert other.status_code == 200


async def _store(house: House, statement: str) -> None:
    async with house.database.unit() as unit:
        await unit.session.execute(sql(statement))
