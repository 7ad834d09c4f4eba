"""The bad-input catalogue of the REST chat: every refusal is a clear 4xx, and nothing of it is stored."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import quote

import anyio
import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import given as forall
from hypothesis import settings as limits
from hypothesis import strategies as st
from sqlalchemy import text as sql

from orchestrator.connectors.purchases import ShopCustomer
from orchestrator.connectors.sample import SampleShop
from orchestrator.connectors.sample.goods_files import Goods
from orchestrator.errors import ToolError
from orchestrator.graph.context import House
from orchestrator.runtime import Orchestrator
from orchestrator.settings import Settings
from orchestrator.store import Database
from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop, host_token
from tests.server.service import Service, running, said

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/conversations/c1/messages"
JSON = {"Content-Type": "application/json"}
SHAPE = {"type", "title", "status", "code", "detail"}


def assert_problem(response: httpx.Response, *statuses: int) -> None:
    body = response.json()
    assert response.status_code in statuses, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert body.keys() - {"errors"} == SHAPE
    assert body["status"] == response.status_code
    assert "Traceback" not in response.text
    assert 'File "' not in response.text


async def assert_nothing_stored(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/conversations/c1")).status_code == 404


@pytest.mark.parametrize(
    "text",
    ["", "   \n\t ", "\u200b\u200c\u200d\ufeff", "\u202e\u202d", "\U000e0041\U000e0042", "\x00\x01\x02", "x" * 4001, "\ud800", "ok \udfff"],
    ids=["empty", "blank", "zero-width", "bidi", "tags", "control", "4001", "surrogate", "low-surrogate"],
)
async def test_a_text_that_nobody_could_read_is_refused(api: httpx.AsyncClient, text: str) -> None:
    response = await api.post(MESSAGES, content=json.dumps({"text": text}), headers=JSON)
    assert_problem(response, 422)
    await assert_nothing_stored(api)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": None},
        {"text": 1.0},
        {"text": ["a"]},
        {"text": True},
        {"text": {"text": "a"}},
        {"text": "Hello", "role": "system"},
        {"text": "Hello", "auth_level": 9},
        {"text": "Hello", "customer_id": "c-0001"},
        {"text": "Hello", "channel": "telepathy"},
        {"text": "Hello", "channel": 1},
        {"text": "Hello", "language": 5},
        {"text": "Hello", "token": ["x"]},
        {"text": "Hello", "\ud800": 1},
        {"text": "Hello", "k" * 5000: 1},
        ["Hello"],
        "Hello",
        None,
    ],
    ids=lambda body: ascii(body)[:40],
)
async def test_a_body_of_another_shape_is_refused(api: httpx.AsyncClient, body: object) -> None:
    response = await api.post(MESSAGES, content=json.dumps(body), headers=JSON)
    assert_problem(response, 422)
    assert len(response.content) < 2000
    await assert_nothing_stored(api)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 10_000 + b"]" * 10_000, b'{"text": NaN}', b'{"text": "a"} trailing', b"text=Hello"],
    ids=["empty", "cut", "not-utf8", "deep", "nan", "trailing", "form"],
)
async def test_a_body_that_is_not_json_is_refused(api: httpx.AsyncClient, content: bytes) -> None:
    assert_problem(await api.post(MESSAGES, content=content, headers=JSON), 400, 422)
    await assert_nothing_stored(api)


async def test_a_million_characters_are_refused_unread(api: httpx.AsyncClient) -> None:
    assert_problem(await api.post(MESSAGES, json={"text": "x" * 1_000_000}), 413)
    assert_problem(await api.post(MESSAGES, content=b"{}", headers={**JSON, "Content-Length": "9" * 5000}), 413)


async def test_four_thousand_characters_are_answered(api: httpx.AsyncClient) -> None:
    assert (await api.post(MESSAGES, json={"text": ("rent a bicycle " * 300)[:4000]})).status_code == 200


async def test_hidden_characters_are_taken_out_before_anything_is_stored(api: httpx.AsyncClient) -> None:
    hidden = "What is\x00 the st\u200batus of my\x1b repair A-2\u20600417?\U000e0041"
    answer = (await api.post(MESSAGES, json={"text": hidden})).json()
    assert "new brakes" in said(answer)
    assert (await api.get("/v1/conversations/c1")).json()["messages"][0]["text"] == REPAIR


async def test_hidden_characters_reach_no_colleague(api: httpx.AsyncClient, workshop: Workshop) -> None:
    workshop.error = RuntimeError("down")
    await api.post(MESSAGES, json={"text": "my repair\u202e A-20417, where\x07 is my repair"})
    packet = (await api.get("/v1/tickets")).json()["tickets"][0]["packet"]
    assert packet["goal"] == "my repair A-20417, where is my repair"


@pytest.mark.parametrize("language", ["xx-🤡", "klingon", "", "EN", "x" * 5000, "\ud800", "de", None], ids=lambda tag: ascii(tag)[:12])
async def test_a_language_that_is_not_spoken_here_counts_as_none(api: httpx.AsyncClient, language: str | None) -> None:
    body = json.dumps({"text": PRICE, "language": language, "region": language})
    answer = (await api.post(MESSAGES, content=body, headers=JSON)).json()
    assert answer["language"] == "en"
    assert "for one day" in said(answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_another_method_is_refused_with_those_allowed(api: httpx.AsyncClient, method: str) -> None:
    response = await api.request(method, MESSAGES, content=b"x")
    assert_problem(response, 405)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"])
async def test_another_content_type_is_refused(api: httpx.AsyncClient, kind: str) -> None:
    assert_problem(await api.post(MESSAGES, content=b'{"text": "Hello"}', headers={"Content-Type": kind}), 415)
    await assert_nothing_stored(api)


async def test_a_body_of_unknown_length_is_refused(api: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"text": "Hello"}'

    assert_problem(await api.post(MESSAGES, content=chunks(), headers=JSON), 411)


ODD_IDS = [
    "..%2f..%2fx", "%2e%2e", "' OR 1=1 --", "c1%00", "%0a", "x" * 65, "x" * 10_000, "é", "🤡", "a b", "*", "{}", "$(id)", "c1;c2", "%ff",
]  # fmt: skip


@pytest.mark.parametrize("id", ODD_IDS, ids=lambda id: ascii(id)[:20])
async def test_an_odd_conversation_id_is_nothing_of_ours(api: httpx.AsyncClient, id: str) -> None:
    place = id if "%" in id else quote(id, safe="")
    assert_problem(await api.get(f"/v1/conversations/{place}"), 404, 422)
    assert_problem(await api.get(f"/v1/conversations/{place}/events"), 404, 422)
    assert_problem(await api.post(f"/v1/conversations/{place}/messages", json={"text": "Hello"}), 404, 422)


async def test_foreign_and_missing_conversations_look_alike(service: Service) -> None:
    async with service.client(visitor="visitor-one") as one, service.client(visitor="visitor-two") as two:
        await one.post(MESSAGES, json={"text": PRICE})
        for path in ("/v1/conversations/{}", "/v1/conversations/{}/events"):
            foreign, missing = await two.get(path.format("c1")), await two.get(path.format("c9"))
            assert_problem(foreign, 404)
            assert (foreign.content, foreign.headers) == (missing.content, missing.headers)
        assert_problem(await two.post(MESSAGES, json={"text": PRICE}), 404)


async def test_five_messages_at_once_are_each_answered_once_and_in_order(api: httpx.AsyncClient, service: Service) -> None:
    texts = [PRICE, "Where can I park my car?", "When are you open?", "Do I have to leave a deposit?", REPAIR]
    answers: dict[str, dict[str, object]] = {}

    async def post(text: str) -> None:
        answers[text] = (await api.post(MESSAGES, json={"text": text})).json()

    async with anyio.create_task_group() as tasks:
        for text in texts:
            tasks.start_soon(post, text)
    messages = (await api.get("/v1/conversations/c1")).json()["messages"]
    assert sorted(message["text"] for message in messages if message["role"] == "customer") == sorted(texts)
    asked = [message["text"] for message in messages if message["role"] == "customer"]
    given = [message["text"] for message in messages if message["role"] == "agent"]
    assert given == [said(answers[text]) for text in asked]
    numbers = [numbered.number async for numbered in service.orchestrator.recorded("c1")]
    assert numbers == list(range(1, len(numbers) + 1))


FORGED = ["x", "a.b.c", "e30.e30.", "Bearer x", "x" * 20_000, "\u0000", "é.é.é", "../../dev/null"]


@pytest.mark.parametrize(
    "token",
    [*FORGED, host_token(key="another key of thirty-two bytes or more"), host_token(aud="other")],
    ids=lambda token: ascii(token)[-20:],
)
async def test_a_forged_token_is_refused_and_nothing_is_stored(api: httpx.AsyncClient, token: str) -> None:
    response = await api.post(MESSAGES, json={"text": "Hello", "token": token})
    assert_problem(response, 401)
    assert response.json()["code"] == "invalid_token"
    await assert_nothing_stored(api)


async def test_an_expired_token_is_refused(api: httpx.AsyncClient, clock: Clock) -> None:
    token = host_token()
    clock.move(minutes=31)
    assert_problem(await api.post(MESSAGES, json={"text": "Hello", "token": token}), 401)


async def test_a_customer_does_not_enter_another_customers_conversation(api: httpx.AsyncClient) -> None:
    await api.post(MESSAGES, json={"text": "Hello", "token": host_token()})
    response = await api.post(MESSAGES, json={"text": "Hello", "token": host_token("jonas.keller@example.ch")})
    assert_problem(response, 404)
    assert (await api.get("/v1/conversations/c1")).json()["customer"]["name"] == "Léa Rochat"


async def test_a_full_disk_is_a_503_and_the_service_recovers(api: httpx.AsyncClient, house: House) -> None:
    await api.post(MESSAGES, json={"text": PRICE})
    await _limit_pages(house.database, 1)
    response = await api.post(MESSAGES, json={"text": REPAIR * 90})
    assert_problem(response, 503)
    assert "retry-after" in response.headers
    await _limit_pages(house.database, 1_000_000)
    assert "new brakes" in said((await api.post(MESSAGES, json={"text": REPAIR})).json())


class ShopThatIsDown(SampleShop):
    async def customer_by_email(self, email: str) -> ShopCustomer | None:
        raise ToolError("the shop at 10.0.0.7 does not answer")


async def test_a_shop_that_is_down_at_the_door_is_a_503(
    house: House, settings: Settings, clock: Clock, tiny_goods: Goods, tiny_shop: SampleShop
) -> None:
    shop = ShopThatIsDown(tiny_goods, tiny_shop.database)
    down = replace(house, connectors=(shop,))
    async with Orchestrator.serving(down, settings, clock) as orchestrator, running(orchestrator) as service, service.client() as api:
        response = await api.post(MESSAGES, json={"text": "Hello", "token": host_token()})
        assert_problem(response, 503)
        assert "10.0.0.7" not in response.text
        await assert_nothing_stored(api)


async def test_no_text_breaks_the_service(service: Service) -> None:
    numbers = iter(range(10_000))

    @limits(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @forall(st.text(min_size=1, max_size=60), st.text(max_size=8))
    def check(text: str, language: str) -> None:
        found.append((text, language))

    found: list[tuple[str, str]] = []
    check()
    async with service.client() as api:
        for text, language in found:
            body = json.dumps({"text": text, "language": language})
            response = await api.post(f"/v1/conversations/h{next(numbers)}/messages", content=body, headers=JSON)
            assert response.status_code in (200, 422), (text, response.text)


async def _limit_pages(database: Database, pages: int) -> None:
    """Lets the store's file grow no further than this (or than it is), as a full disk would."""
    async with database.unit() as unit:
        await unit.session.execute(sql(f"PRAGMA max_page_count = {pages}"))
