"""What an entity is, and what reading one needs to know about the conversation."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from orchestrator.conversation import Money

if TYPE_CHECKING:
    from .catalogue import Catalogue

EntityKind = Literal[
    "order_id", "return_id", "exchange_id", "invoice_id", "ticket_id", "email", "phone", "postcode", "date", "amount",
    "quantity", "code", "product", "category", "choice_ref",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Entity:
    """Something the message names.

    `value` is canonical and storable: `A-20417`, `2026-03-02` or `2026-03-02/2026-03-08`, `59.90 CHF`, `2`, a catalogue id.
    `start` and `end` are offsets into the text; `confidence` is 0 to 1.
    """

    kind: EntityKind
    value: str
    text: str
    start: int
    end: int
    confidence: float

    @property
    def amount(self) -> Money | None:
        """The money of an amount."""
        if self.kind != "amount":
            return None
        number, currency = self.value.split()
        return Money(amount=Decimal(number), currency=currency)

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day of a date; the same day twice when it is one day."""
        if self.kind != "date":
            return None
        first, _, last = self.value.partition("/")
        return date.fromisoformat(first), date.fromisoformat(last or first)

    @property
    def number(self) -> int | None:
        """The number of a quantity or of a counted choice ("the second one")."""
        counted = self.kind in ("quantity", "choice_ref") and self.value.isdigit()
        return int(self.value) if counted else None


@dataclass(frozen=True, kw_only=True)
class EntityContext:
    """What the conversation knows while it listens.

    `now` is in the customer's time zone; `region` (ISO 3166) decides formats that differ by country; `expects` are the kinds the open
    form asks for, which lets bare values count ("20417" as an order, "three" as a quantity).
    """

    now: datetime
    region: str | None = None
    catalogue: "Catalogue | None" = None
    expects: frozenset[EntityKind] = frozenset()


def entity(kind: EntityKind, value: str, text: str, span: tuple[int, int], confidence: float) -> Entity:
    """The entity at `span` of the text."""
    start, end = span
    return Entity(kind=kind, value=value, text=text[start:end], start=start, end=end, confidence=confidence)
