"""What is to be confirmed over AG-UI: in words, or by the protocol's `resume`."""

import httpx
import pytest

from tests.channels.ag_ui_wire import PATH, run, run_input, user
from tests.projects.tiny_house import Workshop
from tests.server.service import Json

pytestmark = pytest.mark.anyio

BOOK = "I want to book a repair for tomorrow"
INTERRUPTS = {"interrupts": True}


async def test_a_confirmation_is_answered_in_words_unless_the_page_resumes(api: httpx.AsyncClient, workshop: Workshop) -> None:
    told = await run(api, user(BOOK))
    assert "outcome" not in told.events[-1]
    assert told.custom("choices")[0]["choices"] == ["Yes", "No"]
    assert "Booked" in (await run(api, user("yes"))).text
    assert len(workshop.booked) == 1


async def interrupted(api: httpx.AsyncClient) -> Json:
    told = await run(api, user(BOOK), forwardedProps=INTERRUPTS)
    outcome = told.events[-1]["outcome"]
    assert outcome["type"] == "interrupt"
    (interrupt,) = outcome["interrupts"]
    assert interrupt["message"].endswith("Shall I book Tuesday 24 November?")
    assert interrupt["reason"] == "confirmation"
    return interrupt


def resume(interrupt: Json, payload: object, status: str = "resolved") -> Json:
    return {"resume": [{"interruptId": interrupt["id"], "status": status, "payload": payload}], "forwardedProps": INTERRUPTS}


async def test_a_confirmation_is_resumed_once(api: httpx.AsyncClient, workshop: Workshop) -> None:
    interrupt = await interrupted(api)
    told = await run(api, user(BOOK), **resume(interrupt, {"approved": True}))
    again = await run(api, user(BOOK), **resume(interrupt, {"approved": True}))
    assert "Booked" in told.text
    assert (again.text, len(workshop.booked)) == (told.text, 1)
    assert "outcome" not in told.events[-1]


@pytest.mark.parametrize(
    ("status", "payload"),
    [
        ("cancelled", None),
        ("cancelled", True),
        ("resolved", False),
        ("resolved", {"approved": False}),
        ("resolved", None),
        ("resolved", "sure"),
    ],
)
async def test_what_is_no_clear_yes_is_a_no(api: httpx.AsyncClient, workshop: Workshop, status: str, payload: object) -> None:
    told = await run(api, user(BOOK), **resume(await interrupted(api), payload, status))
    assert told.text == "All right, nothing was changed."
    assert workshop.booked == []


async def test_a_confirmation_that_is_over_is_not_resumed(api: httpx.AsyncClient, workshop: Workshop) -> None:
    interrupt = await interrupted(api)
    await run(api, user("no"))
    await run(api, user(BOOK, "second"))
    for stale in (interrupt, {"id": "message_99"}, {"id": "../../x"}):
        response = await api.post(PATH, json=run_input(user(BOOK), **resume(stale, True)))
        assert (response.status_code, response.json()["code"]) == (409, "not_pending")
    assert workshop.booked == []


async def test_nothing_is_resumed_in_a_thread_that_is_not_there(api: httpx.AsyncClient) -> None:
    response = await api.post(PATH, json=run_input(**resume({"id": "message_1"}, True)))
    assert response.status_code == 409
