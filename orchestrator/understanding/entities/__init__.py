"""What a message names: numbers of orders and cases, contacts, places, days, money, products and choices. One file per kind."""

from orchestrator.conversation import Language

from .amount import find_amounts
from .base import Entity, EntityContext, EntityKind
from .catalogue import Catalogue, CatalogueEntry
from .choice import find_choices
from .code import find_codes
from .date import find_dates
from .email import find_emails
from .ids import find_ids
from .phone import find_phones
from .postcode import find_postcodes
from .quantity import find_quantities

__all__ = ["Catalogue", "CatalogueEntry", "Entity", "EntityContext", "EntityKind", "extract"]

# Where two kinds claim the same characters the earlier wins: an order number is no postcode, an amount no quantity.
_PRECEDENCE: tuple[EntityKind, ...] = (
    "email", "order_id", "return_id", "exchange_id", "invoice_id", "ticket_id", "amount", "date", "code", "phone", "product",
    "category", "postcode", "choice_ref", "quantity",
)  # fmt: skip
_GUESS = 0.7
_RANK = {kind: rank for rank, kind in enumerate(_PRECEDENCE)}


def extract(text: str, language: Language, context: EntityContext) -> tuple[Entity, ...]:
    """Everything the (cleaned) text names, by position. Offsets are into `text`."""
    things = list(context.catalogue.find(text)) if context.catalogue else []
    has_digit = any(character.isdigit() for character in text)
    found = [*find_emails(text), *find_ids(text, language, context), *things]
    found += find_amounts(text, language, context)
    found += find_dates(text, language, context)
    if has_digit:
        found += [*find_codes(text, context), *find_phones(text, context), *find_postcodes(text, context)]
    found += find_choices(text, language, context)
    found += find_quantities(text, language, context, things)
    return _settled(found, context)


def _settled(found: list[Entity], context: EntityContext) -> tuple[Entity, ...]:
    """One reading per stretch of text, except the readings of one kind that share it (an ambiguous product)."""
    kept: list[Entity] = []
    for one in sorted(found, key=lambda one: _order(one, context)):
        rivals = [other for other in kept if other.start < one.end and one.start < other.end]
        if all(_may_share(one, other) for other in rivals):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.start, -one.confidence, one.kind)))


def _order(one: Entity, context: EntityContext) -> tuple[bool, bool, int, float, int]:
    # What we asked for first; a mere guess ("segunda": the second, or Monday) after all that is sure.
    is_guess = one.confidence < _GUESS and one.kind not in ("product", "category")
    return one.kind not in context.expects, is_guess, _RANK[one.kind], -one.confidence, one.start


def _may_share(one: Entity, other: Entity) -> bool:
    return one.kind in ("product", "category") and one.kind == other.kind and (one.start, one.end) == (other.start, other.end)
