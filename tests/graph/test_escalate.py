"""Hand-over to a human: the packet, honest words about when, silence until the conversation comes back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestrator.conversation import Fact
from orchestrator.memory import conversations, facts, tickets

from .journey import Journey

pytestmark = pytest.mark.anyio
HUMAN = "I want to talk to a human"
SUNDAY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


async def test_the_packet_spares_the_colleague_every_question(james: Journey) -> None:
    await james.says("Where is order A-20459?")
    await james.says("I want to send something back")
    await james.says(HUMAN)
    ticket = await james.ticket()
    packet = ticket.packet
    assert (ticket.status, ticket.reason, ticket.customer_id) == ("open", "customer_request", packet.customer_id)
    assert (packet.customer_name, packet.language, packet.channel) == ("James Walker", "en", "web")
    assert packet.goal == "Send something back"
    assert {fact.name: fact.value for fact in packet.facts}["order_id"] == "A-20459"
    assert packet.open_forms == ("open_return: order_id=A-20459",)
    assert packet.last_messages[0] == "customer: Where is order A-20459?"
    assert packet.last_messages[-1] == f"customer: {HUMAN}"


async def test_what_was_tried_in_the_turn_is_in_the_packet(james: Journey) -> None:
    await james.says("The board of order A-20459 arrived broken")
    await james.says(HUMAN)
    assert (await james.ticket()).packet.case_id == (await james.cases())[0].id


async def test_during_hours_it_says_how_soon(james: Journey) -> None:
    seen = await james.says(HUMAN)
    assert seen.escalated == "customer_request"
    assert "15 minutes" in seen.text
    assert (await james.ticket()).id in seen.text


async def test_outside_hours_it_says_when_somebody_is_back(james: Journey) -> None:
    james.clock.now = SUNDAY
    seen = await james.says(HUMAN)
    assert "Monday 08:00" in seen.text
    assert "15 minutes" not in seen.text


async def test_outside_hours_somebody_unknown_is_asked_how_to_reach_them(visitor: Journey, james: Journey) -> None:
    visitor.clock.now = SUNDAY
    asked = "which e-mail address or phone number"
    assert asked in (await visitor.elsewhere("unknown").says(HUMAN)).text
    assert asked not in (await james.elsewhere("known").says(HUMAN)).text
    stated = visitor.elsewhere("stated")
    await stated.says("My e-mail is someone@example.com")
    assert asked not in (await stated.says(HUMAN)).text


async def test_agents_are_silent_while_a_human_owns_the_conversation(james: Journey) -> None:
    await james.says("I want to send something back")
    await james.says(HUMAN)
    seen = await james.says("Where is order A-20459?")
    assert (seen.decision, seen.text, seen.calls) == ("silent", "", ())
    assert (await james.messages())[-1].text == "Where is order A-20459?"
    state = await james.state()
    assert (state.owner, state.form, state.suspended) == ("human", None, ())


async def test_after_the_return_agents_speak_again_and_know_what_was_done(james: Journey) -> None:
    await james.says(HUMAN)
    ticket = await james.ticket()
    done = Fact(name="colleague", value="refund approved", source=f"ticket:{ticket.id}", at=james.clock(), trust="system")
    async with james.orchestrator.house.database.unit() as unit:
        await tickets.give_back(unit, ticket.id, james.clock())
        state = await conversations.get(unit, james.conversation)
        assert state is not None
        await facts.learn(unit, done, conversation_id=state.id, customer_id=state.customer_id)
        await conversations.save(unit, replace(state, owner="agents"))
    assert (await james.says("Where is order A-20459?")).calls == ("order_status",)
    await james.says(HUMAN)
    again = await james.ticket()
    assert again.id != ticket.id
    assert done in again.packet.facts


async def test_a_sensitive_matter_goes_to_a_human_with_words_of_its_own(james: Journey) -> None:
    await james.says("I want to send something back")
    seen = await james.says("My lawyer will sue you")
    assert (seen.escalated, seen.calls) == ("sensitive:legal_action", ())
    assert "legal action" in seen.text
