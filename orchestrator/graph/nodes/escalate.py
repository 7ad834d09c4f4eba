"""Hands over to a human: a ticket with a typed packet, and honest words about when somebody is there."""

from dataclasses import replace
from typing import Literal

from babel.dates import format_datetime
from langgraph.types import Command

from orchestrator.conversation import Conversation, HandoffPacket, Ticket
from orchestrator.events import Escalated
from orchestrator.governance.hours import is_open, next_opening
from orchestrator.graph.speaking import Speaking, joined
from orchestrator.graph.state import Escalation, Reply, TurnState, context, emit, reading_of
from orchestrator.memory import tickets
from orchestrator.project.amounts import locale_of

LAST_MESSAGES = 12


async def escalate(state: TurnState) -> Command[Literal["review"]]:
    """Opens the ticket, tells the customer why, who and when, and makes the conversation the human's."""
    turn, escalation = context(), state["escalation"] or Escalation(reason="low_confidence")
    ticket = Ticket(
        id="",
        conversation_id=state["conversation"].id,
        customer_id=state["conversation"].customer_id,
        reason=escalation.reason,
        status="open",
        packet=packet_of(state, escalation),
        opened_at=turn.now,
        updated_at=turn.now,
    )
    async with turn.house.database.unit() as unit:
        opened = await tickets.open(unit, ticket)
    emit(Escalated(reason=escalation.reason, ticket_id=opened.id))
    handed = replace(state["conversation"], owner="human", form=None, suspended=(), offered=(), misunderstood=0)
    reply = _words(state, escalation, opened.id)
    return Command(goto="review", update={"replies": (*state["replies"], reply), "conversation": handed, "queue": ()})


def packet_of(state: TurnState, escalation: Escalation) -> HandoffPacket:
    """All a colleague needs to go on without asking again."""
    conversation, customer, reading = state["conversation"], state["customer"], reading_of(state)
    case = next((case for case in state["cases"] if case.conversation_id == conversation.id), None)
    label = context().house.project.label(conversation.intent, conversation.language) if conversation.intent else ""
    return HandoffPacket(
        goal=label or reading.text[:200],
        reason=escalation.reason,
        language=conversation.language,
        channel=conversation.channel,
        customer_id=customer.id if customer else "",
        customer_name=customer.name if customer else "",
        case_id=case.id if case else "",
        facts=state["facts"],
        tried=state["tried"],
        promises=(),
        open_forms=_open_forms(conversation),
        sentiment="negative" if "complaint" in reading.acts.acts else "neutral",
        next_step=_next_step(escalation, label),
        last_messages=tuple(f"{message.role}: {message.text}" for message in (*state["history"],)[-LAST_MESSAGES:]),
    )


def _open_forms(conversation: Conversation) -> tuple[str, ...]:
    forms = ((conversation.form,) if conversation.form else ()) + conversation.suspended
    return tuple(
        f"{form.tool}: " + ", ".join(f"{name}={value}" for name, value in form.values.items() if "." not in name) for form in forms
    )


def _next_step(escalation: Escalation, label: str) -> str:
    if escalation.reason == "policy_limit":
        return f"decide: {label}"
    return f"answer: {label}" if label else "read the conversation and answer"


def _words(state: TurnState, escalation: Escalation, ticket_id: str) -> Reply:
    turn, conversation = context(), state["conversation"]
    speaking = Speaking(turn, conversation, state["customer"])
    topic = escalation.reason.removeprefix("sensitive:")
    key = f"engine.sensitive.{topic}" if topic != escalation.reason else f"engine.reason.{topic}"
    said = Reply(text=escalation.said, evidence=(escalation.said,)) if escalation.said else speaking.say(key)
    desk = turn.house.policy.desk
    if is_open(desk, turn.now):
        return joined(said, speaking.say("engine.escalated_open", {"minutes": desk.answer_within_minutes, "ticket_id": ticket_id}))
    opens = next_opening(desk, turn.now)
    locale = locale_of(conversation.language, conversation.region)
    shown = str(format_datetime(opens, "EEEE HH:mm", locale=locale)) if opens else ""
    reply = joined(said, speaking.say("engine.escalated_closed", {"opens": shown, "ticket_id": ticket_id}))
    reachable = state["customer"] is not None or any(fact.name in ("email", "phone") for fact in state["facts"])
    return reply if reachable else joined(reply, speaking.say("engine.ask_contact"))
