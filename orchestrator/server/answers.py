"""The JSON answer to a message, gathered from the events of its turn."""

from collections.abc import Sequence

from orchestrator.events import ChoicesOffered, Cited, Escalated, Event, HandedOff, IntentDetected, TextDelta, TurnCompleted, TurnStarted

Json = dict[str, object]


def answer(events: Sequence[Event]) -> Json:
    """`{conversation_id, turn_id, language, messages, route, handoffs, escalation}`."""
    messages: dict[str, Json] = {}
    found: Json = {"conversation_id": "", "turn_id": "", "language": "", "messages": [], "route": None, "handoffs": [], "escalation": None}
    handoffs: list[Json] = []
    for event in events:
        if isinstance(event, TurnStarted):
            found |= {"conversation_id": event.conversation_id, "turn_id": event.turn_id}
        elif isinstance(event, TurnCompleted):
            found["language"] = event.language
        elif isinstance(event, HandedOff):
            handoffs.append({"from": event.source, "to": event.target, "reason": event.reason})
        elif isinstance(event, Escalated):
            found["escalation"] = {"reason": event.reason, "ticket_id": event.ticket_id}
        elif isinstance(event, IntentDetected) and found["route"] is None:
            found["route"] = route(event)
        else:
            _message(messages, event)
    return {**found, "messages": list(messages.values()), "handoffs": handoffs}


def route(event: IntentDetected) -> Json:
    """The routing decision."""
    candidates = [{"intent": c.intent, "agent": c.agent, "probability": round(c.probability, 4)} for c in event.candidates]
    return {
        "agent": event.agent,
        "intent": event.intent,
        "confidence": round(event.confidence, 4),
        "candidates": candidates,
        "decision": event.decision,
    }


def _message(messages: dict[str, Json], event: Event) -> None:
    if not isinstance(event, TextDelta | Cited | ChoicesOffered):
        return
    message = messages.setdefault(event.message_id, {"text": "", "agent": "", "citations": [], "choices": []})
    if isinstance(event, TextDelta):
        message["text"] = f"{message['text']}{event.text}"
        message["agent"] = event.agent
    elif isinstance(event, Cited):
        cited = event.citation
        message["citations"] = [*_list(message["citations"]), {"title": cited.title, "heading": cited.heading, "url": cited.url}]
    else:
        message["choices"] = [choice.label for choice in event.choices]


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]  # JSON value
