"""What a shop sells, and where: the values a catalogue exchanges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestrator.conversation import Language, Money

Words = Mapping[Language, str]


@dataclass(frozen=True, kw_only=True)
class ProductFact:
    """One property of a product, label and value in every language; `aliases` are other words customers use for the label."""

    key: str
    label: Words
    value: Words
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Category:
    """A kind of product, `names` in the plural. `group` is the department it belongs to, `popular` is shown first."""

    id: str
    group: str
    group_names: Words
    names: Words
    aliases: Mapping[Language, tuple[str, ...]]
    popular: bool = False


@dataclass(frozen=True, kw_only=True)
class Colour:
    """A colour a product comes in."""

    id: str
    names: Words


@dataclass(frozen=True, kw_only=True)
class Product:
    """Something sold. Money maps hold one amount per currency; `was` is empty unless the price is reduced.

    `marks` are what rules ask about: `bulky`, `trial`, `motor`, `cookware`, `hygiene`, `personalised`, `gift_card`.
    `themes` are the tastes it suits as a gift.
    """

    id: str
    category: str
    range: str
    names: Words
    prices: Mapping[str, Decimal]
    was: Mapping[str, Decimal]
    facts: tuple[ProductFact, ...]
    colours: tuple[Colour, ...] = ()
    marks: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()

    def price(self, currency: str) -> Money:
        """What it costs now."""
        return Money(amount=self.prices[currency], currency=currency)

    def price_before(self, currency: str) -> Money | None:
        """What it cost before a reduction; None when it is not reduced."""
        return Money(amount=self.was[currency], currency=currency) if self.was else None


@dataclass(frozen=True, kw_only=True)
class StockLevel:
    """Pieces on hand: online, and by store id. `back_on` is the day more arrive when there are none online."""

    online: int
    stores: Mapping[str, int]
    back_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Store:
    """A shop; `names` are its city. `hours` maps English weekday names to `HH:MM-HH:MM` (closed when absent); `serves` are the
    postcode prefixes for which it is the nearest.
    """

    id: str
    names: Words
    street: str
    postcode: str
    region: str
    phone: str
    timezone: str
    hours: Mapping[str, str]
    serves: tuple[str, ...] = ()
