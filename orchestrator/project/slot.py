"""Slots: the typed parameters of tools, and the types a tool may use for them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

SlotKind = Literal[
    "order_id",
    "return_id",
    "email",
    "phone",
    "postcode",
    "date",
    "amount",
    "quantity",
    "product",
    "category",
    "text",
    "choice",
    "yes_no",
    "option",
]
"""How a slot's value is found in a message; `option` means: only by the tool's own options."""

OrderId = Annotated[str, "order_id"]
ReturnId = Annotated[str, "return_id"]
Email = Annotated[str, "email"]
Phone = Annotated[str, "phone"]
Postcode = Annotated[str, "postcode"]
Day = Annotated[date, "date"]
Amount = Annotated[Decimal, "amount"]
Quantity = Annotated[int, "quantity"]
ProductId = Annotated[str, "product"]
CategoryId = Annotated[str, "category"]
Text = Annotated[str, "text"]
OptionId = Annotated[str, "option"]

ToolFunction = Callable[..., Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One parameter of a tool. `choices` holds the values of a `StrEnum` or `Literal` parameter."""

    name: str
    kind: SlotKind
    annotation: object
    required: bool
    default: object = None
    choices: tuple[str, ...] = ()
    choice_type: str = ""

    def parse(self, value: str) -> object:
        """The Python value of a canonical text (dates ISO 8601, amounts with a point).

        Raises:
            ValueError: The text is not a value of this slot.
        """
        if self.kind == "date":
            return date.fromisoformat(value)
        if self.kind == "amount":
            return Decimal(value)
        if self.kind == "quantity":
            return int(value)
        if self.kind == "yes_no":
            return value == "yes"
        if self.kind == "choice":
            if value not in self.choices:
                raise ValueError(f"{value!r} is not one of {', '.join(self.choices)}")
            return self.annotation(value) if isinstance(self.annotation, type) else value
        return value
