"""What a turn learns: facts with their source and trust. What a customer states never feeds policy; it only saves a question."""

from collections.abc import Mapping

from orchestrator.conversation import Conversation, Fact, OpenForm
from orchestrator.dialogue.filling import fact_name
from orchestrator.events import FactLearnt
from orchestrator.graph.context import TurnContext
from orchestrator.project.tool import Tool
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.reading import Reading

STATED: tuple[EntityKind, ...] = ("order_id", "return_id", "product", "postcode", "email", "phone")
FROM_RESULTS = ("order_id", "return_id", "exchange_id", "store", "product")
SYSTEM = "system."
"""Prefix of facts that a tool's result taught, kept apart from what the customer said."""


def stated(reading: Reading, context: TurnContext) -> tuple[Fact, ...]:
    """The facts a message states: one value of a kind, or none when it names several."""
    found: list[Fact] = []
    for kind in STATED:
        values = reading.values(kind)
        if len(values) == 1:
            found.append(Fact(name=kind, value=values[0], source=context.message_id, at=context.now, trust="stated"))
    return tuple(found)


def taught(tool: str, facts: Mapping[str, object], context: TurnContext) -> tuple[Fact, ...]:
    """The facts a tool's result teaches."""
    rows = [(name, facts.get(name)) for name in FROM_RESULTS]
    return tuple(
        Fact(name=SYSTEM + name, value=str(value), source=f"tool:{tool}", at=context.now, trust="system") for name, value in rows if value
    )


def chosen(form: OpenForm, tool: Tool, context: TurnContext) -> tuple[Fact, ...]:
    """The objects a form settled on, said or picked by the customer: later messages may lean on them."""
    named = [slot for slot in tool.slots if slot.name in form.values]
    rows = [(fact_name(slot), form.values[slot.name]) for slot in named if fact_name(slot)]
    return tuple(Fact(name=kind, value=value, source=context.message_id, at=context.now, trust="stated") for kind, value in rows)


def withdrawn(conversation: Conversation, context: TurnContext) -> Fact:
    """The customer wants no more messages on this channel."""
    name = f"consent.{conversation.channel}"
    return Fact(name=name, value="withdrawn", source=context.message_id, at=context.now, trust="system")


def merged(known: tuple[Fact, ...], new: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts with the new ones, one per name."""
    by_name = {fact.name: fact for fact in (*known, *new)}
    return tuple(by_name.values())


def event(fact: Fact) -> FactLearnt:
    """The fact as the stream tells it."""
    return FactLearnt(name=fact.name, value=fact.value, trust=fact.trust)
