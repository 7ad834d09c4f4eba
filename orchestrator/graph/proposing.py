"""What a model asks of a tool, as the values a form holds: names and numbers are read as they would be in a customer's message."""

from collections.abc import Mapping

from pydantic import JsonValue

from orchestrator.dialogue.filling import ENTITY_OF
from orchestrator.graph.context import TurnContext
from orchestrator.models import slot_values
from orchestrator.project.slot import SlotKind
from orchestrator.project.tool import Tool
from orchestrator.understanding.reading import ReadingContext

RECOGNISED: tuple[SlotKind, ...] = ("order_id", "return_id", "product", "category", "phone", "postcode")
"""Kinds that have one canonical form, whatever way they are written."""


def values_of(tool: Tool, arguments: Mapping[str, JsonValue], context: TurnContext, place: ReadingContext) -> dict[str, str]:
    """The canonical slot values of a call; what is missing is left to the form.

    Raises:
        ValueError: An argument is not a value of its slot; the text is for the model.
    """
    given = {name: value for name, value in arguments.items() if value != ""}
    found = slot_values(tool, given, partial=True)
    for slot in tool.slots:
        if slot.name in found and slot.kind in RECOGNISED:
            read = context.house.reader.read(found[slot.name], place).values(ENTITY_OF[slot.kind])
            found[slot.name] = read[0] if len(read) == 1 else found[slot.name]
    return found
