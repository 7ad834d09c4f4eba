"""What a model asks of a tool, as the values a form holds: names are read as in a customer's message, and nothing is made up."""

from collections.abc import Mapping

from pydantic import JsonValue

from orchestrator.conversation import Language
from orchestrator.dialogue.filling import ENTITY_OF
from orchestrator.governance.figures import figures_of
from orchestrator.governance.leaks import foreign_addresses
from orchestrator.graph.context import TurnContext
from orchestrator.models import slot_values
from orchestrator.project.slot import SlotKind
from orchestrator.project.tool import Tool
from orchestrator.understanding.reading import ReadingContext

RECOGNISED: tuple[SlotKind, ...] = ("order_id", "return_id", "product", "category", "phone", "postcode")
"""Kinds that have one canonical form, whatever way they are written."""
FREE: tuple[SlotKind, ...] = ("text", "amount")
"""Kinds that could hold anything, and are shown to the customer again."""


def values_of(tool: Tool, arguments: Mapping[str, JsonValue], context: TurnContext, place: ReadingContext, said: str) -> dict[str, str]:
    """The canonical slot values of a call; what is missing is left to the form, and so are figures and links that the customer never said.

    Raises:
        ValueError: An argument is not a value of its slot; the text is for the model.
    """
    given = {name: value for name, value in arguments.items() if value != ""}
    found = slot_values(tool, given, partial=True)
    for slot in tool.slots:
        if slot.name in found and slot.kind in RECOGNISED:
            read = context.house.reader.read(found[slot.name], place).values(ENTITY_OF[slot.kind])
            found[slot.name] = read[0] if len(read) == 1 else found[slot.name]
        elif slot.name in found and slot.kind in FREE and not _is_said(found[slot.name], said, place.language):
            del found[slot.name]
    return found


def _is_said(value: str, said: str, language: Language) -> bool:
    """Whether each figure of a value stands in what the customer has said, in whatever notation; no link does."""
    known = {key for figure in figures_of(said, language) for key in (figure.number, *figure.values)}
    return not foreign_addresses(value, ()) and all(
        figure.number in known or known.intersection(figure.values) for figure in figures_of(value, language)
    )
