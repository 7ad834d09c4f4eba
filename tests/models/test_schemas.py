"""A project's tools as models see them, and models' arguments as tools take them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import JsonValue

from orchestrator import Amount, Day, OrderId, Quantity, Text, ToolContext, tool
from orchestrator.models import slot_values, tool_schema


@dataclass(frozen=True, kw_only=True)
class Done:
    order: str


@tool(effect=True)
async def claim(
    ctx: ToolContext,
    order_id: OrderId,
    amount: Amount,
    pieces: Quantity,
    since: Day,
    reason: Literal["late", "broken"],
    photo: bool,
    note: Text = "",
) -> Done:
    """Open a claim for an order."""
    return Done(order=order_id)


GOOD: dict[str, JsonValue] = {"order_id": "A-1", "amount": 12.5, "pieces": 2, "since": "2026-11-02", "reason": "late", "photo": True}


def test_a_tool_is_its_docstring_and_its_slots() -> None:
    schema = tool_schema(claim)
    assert (schema.name, schema.description) == ("claim", "Open a claim for an order.")
    assert list(schema.properties) == ["order_id", "amount", "pieces", "since", "reason", "photo", "note"]
    assert schema.required == {"order_id", "amount", "pieces", "since", "reason", "photo"}
    assert schema.properties["reason"] == {"type": "string", "enum": ["late", "broken"]}
    assert schema.parameters["additionalProperties"] is False


def test_arguments_become_slot_values_that_parse() -> None:
    values = slot_values(claim, GOOD | {"note": None})
    assert values == {"order_id": "A-1", "amount": "12.5", "pieces": "2", "since": "2026-11-02", "reason": "late", "photo": "yes"}
    parsed = {name: claim.slot(name).parse(value) for name, value in values.items()}
    assert (parsed["amount"], parsed["pieces"], parsed["since"], parsed["photo"]) == (Decimal("12.5"), 2, date(2026, 11, 2), True)


BAD: list[tuple[str, JsonValue]] = [
    ("amount", -5), ("amount", 1e9), ("amount", "NaN"), ("amount", "٥٠"), ("amount", True), ("amount", "CHF 50"), ("amount", float("inf")),
    ("pieces", 0), ("pieces", 1.5), ("pieces", "many"), ("pieces", 10**7), ("since", "tomorrow"), ("since", 2026),
    ("reason", "because"), ("photo", "yes"), ("photo", 1), ("order_id", ""), ("order_id", ["A-1"]), ("order_id", "A\0"),
    ("note", "x" * 2001), ("note", {"a": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_is_not_possible_is_refused_by_name(name: str, value: JsonValue) -> None:
    with pytest.raises(ValueError, match=f"^{name} is .* which is not possible"):
        slot_values(claim, GOOD | {name: value})


def test_an_order_number_is_text_whatever_it_holds() -> None:
    assert slot_values(claim, GOOD | {"order_id": "W1; DROP TABLE"})["order_id"] == "W1; DROP TABLE"


def test_unknown_and_missing_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="no argument 'customer_id'"):
        slot_values(claim, GOOD | {"customer_id": "7"})
    with pytest.raises(ValueError, match="needs order_id"):
        slot_values(claim, {name: value for name, value in GOOD.items() if name != "order_id"})
