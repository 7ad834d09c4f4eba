"""What holds on every surface: the same customer gets the same words, what they do happens once, and nobody gets what is not theirs."""

import pytest
from sqlalchemy import text as sql

from orchestrator.channels.access import Access
from orchestrator.runtime import Orchestrator
from tests.channels.surfaces import SURFACES, Own, Relay, Surface, Words
from tests.projects.tiny_house import PRICE, REPAIR, SECRET, Workshop, host_token
from tests.server.service import Service, listening, running

pytestmark = pytest.mark.anyio

BOOK = "I want to book a repair for tomorrow"
HUMAN = "I want to talk to a human"
SCRIPT = (PRICE, REPAIR, BOOK, "yes", HUMAN)
UNKNOWN = {"surprise": {"deep": [1, None]}, "temperature": 0.1, "x-y": "z"}
HIDDEN = "What is\u200b the status\u2060 of my \u202erepair A-2\u200b0417? 🚲\ufe0f \u05d0\u05d1"


@pytest.fixture(params=SURFACES, ids=lambda kind: kind.__name__)
def surface(request: pytest.FixtureRequest) -> Surface:
    return request.param()


async def transcript(service: Service, conversation: str) -> list[tuple[str, str]]:
    async with service.client() as api:
        found = (await api.get(f"/v1/conversations/{conversation}")).json()
    return [(message["role"], message["text"]) for message in found["messages"]]


async def effects(service: Service) -> int:
    """How many effects the ledger holds as done."""
    async with service.orchestrator.house.database.reading() as unit:
        return int((await unit.session.execute(sql("SELECT count(*) FROM effects WHERE status = 'done'"))).scalar_one())


async def test_the_same_customer_gets_the_same_words_and_the_same_effects(service: Service, workshop: Workshop, surface: Surface) -> None:
    own = [await Own().say(service, Words(text, "own", place)) for place, text in enumerate(SCRIPT)]
    said = [await surface.say(service, Words(text, "other", place)) for place, text in enumerate(SCRIPT)]
    for expected, found in zip(own, said, strict=True):
        for message in expected.replace("T-1001", "T-1002").split("\n\n"):
            assert message in found
    assert len(workshop.booked) == 2
    assert await effects(service) == 2


async def test_the_transcript_holds_what_was_said(service: Service, surface: Surface) -> None:
    words = Words(PRICE)
    response = await surface.send(service, words)
    customer, agent = await transcript(service, surface.conversation(words, response))
    assert customer == ("customer", PRICE)
    assert agent[0] == "agent"
    assert agent[1] in surface.text(response)


async def test_a_request_sent_again_is_answered_once(service: Service, workshop: Workshop, surface: Surface) -> None:
    await surface.say(service, Words(BOOK))
    first = await surface.say(service, Words("yes", place=1))
    again = await surface.say(service, Words("yes", place=1))
    assert "Booked" in first
    assert again == first
    assert len(workshop.booked) == 1
    assert await effects(service) == 1


async def test_who_says_the_same_twice_means_it_twice(service: Service, workshop: Workshop, surface: Surface) -> None:
    for place in range(3):
        assert "new brakes" in await surface.say(service, Words(REPAIR, place=place))
    assert workshop.calls == 3


async def test_unknown_fields_are_left_alone(service: Service, surface: Surface) -> None:
    response = await surface.send(service, Words(PRICE, extra=UNKNOWN))
    if surface.ignores_unknown:
        assert "CHF" in surface.text(response)
    else:
        assert response.status_code == 422
        surface.assert_refused(response)


async def test_a_customer_does_not_enter_another_customers_conversation(service: Service, surface: Surface) -> None:
    await surface.say(service, Words(REPAIR, token=host_token()))
    response = await surface.send(service, Words("And now?", place=1, token=host_token("jonas.keller@example.ch")))
    assert response.status_code == 404
    surface.assert_refused(response)
    assert "brakes" not in response.text


async def test_a_visitor_does_not_reach_another_visitors_conversation(service: Service, workshop: Workshop, surface: Surface) -> None:
    words = Words(BOOK)
    asked = await surface.send(service, words, visitor="visitor-one")
    response = await surface.send(service, Words("yes", place=1), visitor="visitor-two")
    assert response.status_code == 404 or "Booked" not in surface.text(response)
    assert workshop.booked == []
    assert [text for role, text in await transcript(service, surface.conversation(words, asked)) if role == "customer"] == [BOOK]


async def test_a_forged_token_is_refused_in_the_surfaces_shape(service: Service, surface: Surface) -> None:
    response = await surface.send(service, Words(PRICE, token="a.b.c"))
    assert response.status_code == 401
    surface.assert_refused(response)


async def test_nobody_comes_in_without_a_key(orchestrator: Orchestrator, surface: Surface) -> None:
    access = Access(api_keys=("key",), staff_keys=(), secret=SECRET)
    async with running(orchestrator, access) as service:
        response = await surface.send(service, Words(PRICE))
        assert response.status_code == 401
        surface.assert_refused(response)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\u200b\u200d\ufeff", "\u202e\u202d", "\x00\x01", "x" * 4001, "\ud800"],
    ids=["empty", "blank", "zero-width", "bidi", "control", "4001", "surrogate"],
)
async def test_what_nobody_could_read_is_refused_and_not_stored(service: Service, surface: Surface, text: str) -> None:
    response = await surface.send(service, Words(text))
    assert 400 <= response.status_code < 500, response.text
    surface.assert_refused(response)
    assert "Traceback" not in response.text
    assert "new brakes" in await surface.say(service, Words(REPAIR, "s2"))


async def test_four_thousand_characters_are_answered(service: Service, surface: Surface) -> None:
    assert await surface.say(service, Words(("rent a bicycle " * 300)[:4000]))


async def test_hidden_characters_are_taken_out_before_anything_is_read(service: Service, surface: Surface) -> None:
    words = Words(HIDDEN)
    response = await surface.send(service, words)
    assert "new brakes" in surface.text(response)
    stored = (await transcript(service, surface.conversation(words, response)))[0][1]
    assert stored == "What is the status of my repair A-20417? 🚲 \u05d0\u05d1"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b"[" * 10_000], ids=ascii)
async def test_a_body_that_is_no_request_is_refused_in_the_surfaces_shape(service: Service, surface: Surface, content: bytes) -> None:
    request = surface.request(Words(PRICE))
    async with service.client() as api:
        response = await api.post(request.path, content=content, headers={**request.headers, "Content-Type": "application/json"})
    assert 400 <= response.status_code < 500
    surface.assert_refused(response)


@pytest.mark.parametrize("change", ["form", "too large"])
async def test_a_body_of_another_type_or_size_is_refused_in_the_surfaces_shape(service: Service, surface: Surface, change: str) -> None:
    request = surface.request(Words(PRICE))
    kind, content = ("text/plain", b"x") if change == "form" else ("application/json", b"[" + b"0," * 1_100_000 + b"0]")
    async with service.client() as api:
        response = await api.post(request.path, content=content, headers={**request.headers, "Content-Type": kind})
    assert response.status_code == (415 if change == "form" else 413)
    surface.assert_refused(response)


@pytest.mark.parametrize("kind", [kind for kind in SURFACES if kind.streams], ids=lambda kind: kind.__name__)
async def test_the_answer_begins_while_a_look_up_still_runs(service: Service, workshop: Workshop, kind: type[Surface]) -> None:
    gate, request = workshop.hold(), kind().request(Words(REPAIR))
    headers = {name.casefold(): value for name, value in request.headers.items()}
    async with listening(service.app, request.path, headers, request.body) as listener:
        await workshop.called.wait()
        assert listener.status == 200
        assert listener.headers["content-type"].startswith("text/event-stream")
        gate.set()


async def test_a_failing_look_up_is_words_and_a_human_everywhere(service: Service, workshop: Workshop, surface: Surface) -> None:
    workshop.error = RuntimeError("workshop at 10.0.0.7 is down")
    response = await surface.send(service, Words(REPAIR))
    assert "A colleague" in surface.text(response)
    assert "10.0.0.7" not in response.text


async def test_a_turn_that_cannot_be_stored_is_an_error_and_never_words(
    service: Service, surface: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("disk /var/lib is full")

    with monkeypatch.context() as patch:
        patch.setattr("orchestrator.turn.turns.record", broken)
        response = await surface.send(service, Words(PRICE))
    assert "disk" not in response.text
    assert response.status_code == 503 or "not_stored" in response.text or '"error"' in response.text
    assert "CHF" in await surface.say(service, Words(PRICE))


async def test_a_call_does_what_a_chat_does(service: Service, workshop: Workshop) -> None:
    relay = Relay()
    said = [await relay.say(service, Words(text, "call", place)) for place, text in enumerate(SCRIPT)]
    assert all(said)
    assert "new brakes" in said[1]
    assert "Booked" in said[3]
    assert len(workshop.booked) == 1
    assert await effects(service) == 1


async def test_a_call_leaves_unknown_fields_alone(service: Service) -> None:
    assert "new brakes" in await Relay().say(service, Words(REPAIR, extra=UNKNOWN))
