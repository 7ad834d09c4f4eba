"""What a turn showed from outside: the events of `Orchestrator.send`, gathered for expectations to be held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.conversation import OpenForm
from orchestrator.events import AgentSelected, ChoicesOffered, Cited, Escalated, Event, IntentDetected, TextDelta, ToolCalled, TurnCompleted


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One turn as a customer and an operator see it. `asks` is the slot asked for, `identity`, `confirmation`, `choice` or ''."""

    text: str = ""
    agent: str = ""
    intent: str = ""
    decision: str = ""
    confidence: float = 0.0
    language: str = ""
    calls: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    escalated: str = ""
    asks: str = ""
    milliseconds: float = field(default=0.0, compare=False)


def shown(events: Sequence[Event], form: OpenForm | None, milliseconds: float) -> Shown:
    """The turn of these events; `form` is what is open after it."""
    detected = [event for event in events if isinstance(event, IntentDetected)]
    agents = [event.agent for event in events if isinstance(event, AgentSelected)]
    choices = tuple(choice.label for event in events if isinstance(event, ChoicesOffered) for choice in event.choices)
    completed = [event.language for event in events if isinstance(event, TurnCompleted)]
    decision = detected[0].decision if detected else "silent"
    return Shown(
        text=_text(events),
        agent=agents[-1] if agents else (detected[0].agent if detected else ""),
        intent=detected[0].intent if detected else "",
        decision=decision,
        confidence=detected[0].confidence if detected else 0.0,
        language=completed[0] if completed else "",
        calls=tuple(event.tool for event in events if isinstance(event, ToolCalled)),
        cites=tuple(event.citation.url for event in events if isinstance(event, Cited)),
        choices=choices,
        escalated=next((event.reason for event in events if isinstance(event, Escalated)), ""),
        asks=_asks(form, decision),
        milliseconds=milliseconds,
    )


def _text(events: Sequence[Event]) -> str:
    replies: dict[str, str] = {}
    for event in events:
        if isinstance(event, TextDelta):
            replies[event.message_id] = replies.get(event.message_id, "") + event.text
    return "\n".join(replies.values())


def _asks(form: OpenForm | None, decision: str) -> str:
    if form is None:
        return "choice" if decision == "clarify" else ""
    if form.confirming_since is not None:
        return "confirmation"
    return "identity" if form.asked in ("identity", "code") else form.asked
