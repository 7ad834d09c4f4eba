"""A project's tools as models see them, and what models give back as the slot values that tools take."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import JsonValue

from orchestrator.models.tools import ToolSchema
from orchestrator.project.slot import Slot, SlotKind
from orchestrator.project.tool import Tool

TEXT_AT_MOST = 2000
QUANTITY_AT_MOST = 100_000
AMOUNT_AT_MOST = Decimal(10_000_000)

_TYPES: Mapping[SlotKind, dict[str, JsonValue]] = {
    "order_id": {"type": "string", "description": "order number"},
    "return_id": {"type": "string", "description": "return number"},
    "email": {"type": "string", "description": "e-mail address"},
    "phone": {"type": "string", "description": "phone number in international form"},
    "postcode": {"type": "string", "description": "postcode"},
    "date": {"type": "string", "description": "date as YYYY-MM-DD"},
    "amount": {"type": "number", "description": "amount of money, without currency"},
    "quantity": {"type": "integer", "minimum": 1},
    "product": {"type": "string", "description": "product id"},
    "category": {"type": "string", "description": "category id"},
    "text": {"type": "string"},
    "choice": {"type": "string"},
    "yes_no": {"type": "boolean"},
    "option": {"type": "string"},
}


def tool_schema(tool: Tool) -> ToolSchema:
    """The schema of a tool: its docstring and its slots. Nothing that code proves (customer, region) is among them."""
    properties: dict[str, JsonValue] = {slot.name: _schema(slot) for slot in tool.slots}
    required: list[JsonValue] = [slot.name for slot in tool.slots if slot.required]
    parameters: dict[str, JsonValue] = {
        "type": "object", "properties": properties, "required": required, "additionalProperties": False,
    }  # fmt: skip
    return ToolSchema(name=tool.name, description=tool.description, parameters=parameters)


def _schema(slot: Slot) -> dict[str, JsonValue]:
    schema = dict(_TYPES[slot.kind])
    if slot.choices:
        schema["enum"] = list(slot.choices)
    return schema


def slot_values(tool: Tool, arguments: Mapping[str, JsonValue], *, partial: bool = False) -> dict[str, str]:
    """The arguments of a call as canonical slot values (dates ISO 8601, amounts with a point, `yes` and `no`); null means not given.

    `partial`: what is missing is no mistake, because a form asks for it.

    Raises:
        ValueError: An argument is not a value of its slot; the text is for the model.
    """
    slots = {slot.name: slot for slot in tool.slots}
    found: dict[str, str] = {}
    for name, value in arguments.items():
        if name not in slots:
            raise ValueError(f"{tool.name} has no argument {name!r}.")
        if value is not None:
            found[name] = _canonical(slots[name], value)
    missing = [slot.name for slot in tool.slots if slot.required and slot.name not in found]
    if missing and not partial:
        raise ValueError(f"{tool.name} needs {', '.join(missing)}.")
    return found


def _canonical(slot: Slot, value: JsonValue) -> str:
    try:
        text = _yes_no(value) if slot.kind == "yes_no" else _number(slot.kind, value) or _text(value)
        slot.parse(text)
    except (ValueError, InvalidOperation) as error:
        wanted = ", ".join(slot.choices) or _TYPES[slot.kind].get("description") or slot.kind.replace("_", " ")
        raise ValueError(f"{slot.name} is {str(value)[:40]!r}, which is not possible. Wanted: {wanted}.") from error
    return date.fromisoformat(text).isoformat() if slot.kind == "date" else text


def _yes_no(value: JsonValue) -> str:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return "yes" if value else "no"


def _number(kind: SlotKind, value: JsonValue) -> str:
    """The canonical number; empty for slots that are none."""
    if kind not in ("amount", "quantity"):
        return ""
    text = str(value)
    if isinstance(value, bool) or not text.isascii():
        raise ValueError("no number")
    number = Decimal(text)
    if kind == "quantity":
        if number != number.to_integral_value() or not 1 <= number <= QUANTITY_AT_MOST:
            raise ValueError("no quantity")
        return str(int(number))
    if not number.is_finite() or not 0 <= number <= AMOUNT_AT_MOST:
        raise ValueError("no amount")
    return f"{number:f}"


def _text(value: JsonValue) -> str:
    if isinstance(value, bool | list | dict):
        raise ValueError("no text")
    text = str(value).strip()
    if not text or len(text) > TEXT_AT_MOST or "\0" in text:
        raise ValueError("no text")
    return text
