import httpx
import pytest

from orchestrator.errors import ToolError
from orchestrator.runtime import Orchestrator
from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop, host_token
from tests.server.service import Service, said

pytestmark = pytest.mark.anyio


async def test_an_answer_says_who_answered_why_and_from_where(api: httpx.AsyncClient) -> None:
    response = await api.post("/v1/conversations/c1/messages", json={"text": PRICE, "language": "en"})
    answer = response.json()
    assert response.status_code == 200
    assert list(answer) == ["conversation_id", "turn_id", "language", "messages", "route", "handoffs", "escalation"]
    assert (answer["conversation_id"], answer["turn_id"], answer["language"]) == ("c1", "turn_1", "en")
    message = answer["messages"][0]
    assert "CHF\u00a042" in message["text"]
    assert message["agent"] == "rental"
    assert message["citations"][0] == {
        "title": "Renting a bicycle",
        "heading": "How much does it cost to rent a bicycle?",
        "url": message["citations"][0]["url"],
    }
    assert message["citations"][0]["url"].startswith("/help/en/renting/prices")
    assert message["choices"] == []


async def test_the_route_names_the_decision_and_its_candidates(api: httpx.AsyncClient) -> None:
    route = (await api.post("/v1/conversations/c1/messages", json={"text": PRICE})).json()["route"]
    assert (route["agent"], route["intent"], route["decision"]) == ("rental", "rental_price", "route")
    assert 0.5 < route["confidence"] <= 1
    assert route["candidates"][0] == {"intent": "rental_price", "agent": "rental", "probability": route["confidence"]}
    assert all(candidate.keys() == {"intent", "agent", "probability"} for candidate in route["candidates"])


async def test_a_topic_change_is_a_handoff(api: httpx.AsyncClient) -> None:
    await api.post("/v1/conversations/c1/messages", json={"text": PRICE})
    answer = (await api.post("/v1/conversations/c1/messages", json={"text": REPAIR})).json()
    assert answer["handoffs"] == [{"from": "rental", "to": "workshop", "reason": "repair_status"}]
    assert "new brakes" in said(answer)


async def test_the_language_is_detected_and_answered_in(api: httpx.AsyncClient) -> None:
    answer = (await api.post("/v1/conversations/c1/messages", json={"text": "Combien coûte la location d'un vélo ?"})).json()
    assert answer["language"] == "fr"
    assert "Le casque et le cadenas" in said(answer)


async def test_a_conversation_can_be_read_back(api: httpx.AsyncClient) -> None:
    await api.post("/v1/conversations/c1/messages", json={"text": REPAIR})
    found = (await api.get("/v1/conversations/c1")).json()
    assert [message["role"] for message in found["messages"]] == ["customer", "agent"]
    assert found["messages"][0]["text"] == REPAIR
    assert found["customer"] is None
    assert {"name": "order_id", "value": "A-20417", "trust": "stated"}.items() <= found["facts"][0].items()
    assert found["last_event"] > 0


async def test_a_token_of_the_host_site_makes_the_customer_known(api: httpx.AsyncClient) -> None:
    await api.post("/v1/conversations/c1/messages", json={"text": "Hello", "token": host_token()})
    assert (await api.get("/v1/conversations/c1")).json()["customer"] == {"name": "Léa Rochat", "verified": True}


async def test_who_asks_for_a_human_gets_a_ticket(api: httpx.AsyncClient) -> None:
    answer = (await api.post("/v1/conversations/c1/messages", json={"text": "I want to talk to a human"})).json()
    assert answer["escalation"] == {"reason": "customer_request", "ticket_id": "T-1001"}


async def test_health_and_readiness_say_what_is_served(api: httpx.AsyncClient) -> None:
    assert (await api.get("/healthz")).json() == {"status": "ok"}
    assert (await api.get("/readyz")).json() == {"status": "ready", "agents": 2, "intents": 6, "articles": 4}


async def test_a_draining_service_is_not_ready(api: httpx.AsyncClient, service: Service) -> None:
    service.drain.started.set()
    response = await api.get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "draining")


async def test_a_failure_inside_a_turn_is_apologised_for_and_never_shown(api: httpx.AsyncClient, workshop: Workshop) -> None:
    workshop.error = RuntimeError("secret: password=hunter2 at /srv/crm.py:17")
    response = await api.post("/v1/conversations/c1/messages", json={"text": REPAIR})
    answer = response.json()
    assert response.status_code == 200
    assert answer["escalation"] == {"reason": "tool_failure", "ticket_id": "T-1001"}
    assert "Sorry, something failed on our side. A colleague will see it." in said(answer)
    everything = response.text + (await api.get("/v1/conversations/c1")).text + (await api.get("/v1/tickets")).text
    assert not [word for word in ("hunter2", "RuntimeError", "Traceback", "crm.py") if word in everything]


async def test_a_tool_that_cannot_work_hands_over_with_its_reason(api: httpx.AsyncClient, workshop: Workshop) -> None:
    workshop.error = ToolError("the CRM says: no route to 10.0.0.7")
    answer = await api.post("/v1/conversations/c1/messages", json={"text": REPAIR})
    assert answer.json()["escalation"]["reason"] == "tool_failure"
    assert "10.0.0.7" not in answer.text


async def test_an_effect_is_confirmed_first_and_done_once(api: httpx.AsyncClient, workshop: Workshop) -> None:
    await api.post("/v1/conversations/c1/messages", json={"text": "I want to book a repair"})
    asked = (await api.post("/v1/conversations/c1/messages", json={"text": "2026-12-01"})).json()
    assert workshop.booked == []
    assert asked["messages"][0]["choices"] == ["Yes", "No"]
    done = (await api.post("/v1/conversations/c1/messages", json={"text": "Yes"})).json()
    assert "Booked" in said(done)
    assert len(workshop.booked) == 1


async def test_another_message_is_not_taken_for_a_yes(api: httpx.AsyncClient, workshop: Workshop) -> None:
    await api.post("/v1/conversations/c1/messages", json={"text": "I want to book a repair"})
    await api.post("/v1/conversations/c1/messages", json={"text": "2026-12-01"})
    answer = (await api.post("/v1/conversations/c1/messages", json={"text": PRICE})).json()
    assert workshop.booked == []
    assert "for one day" in said(answer)


async def test_a_yes_that_comes_too_late_is_asked_for_again(api: httpx.AsyncClient, workshop: Workshop, clock: Clock) -> None:
    await api.post("/v1/conversations/c1/messages", json={"text": "I want to book a repair"})
    await api.post("/v1/conversations/c1/messages", json={"text": "2026-12-01"})
    clock.move(minutes=11)
    late = (await api.post("/v1/conversations/c1/messages", json={"text": "Yes"})).json()
    assert workshop.booked == []
    assert "once more" in said(late)
    await api.post("/v1/conversations/c1/messages", json={"text": "Yes"})
    assert len(workshop.booked) == 1


async def test_every_event_of_a_conversation_is_recorded_in_order(api: httpx.AsyncClient, orchestrator: Orchestrator) -> None:
    for text in (PRICE, REPAIR):
        await api.post("/v1/conversations/c1/messages", json={"text": text})
    numbers = [event.number async for event in orchestrator.recorded("c1")]
    assert numbers == list(range(1, len(numbers) + 1))
