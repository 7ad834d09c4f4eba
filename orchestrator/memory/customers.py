"""Customers, how they are recognised, and which conversations are theirs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import delete, select, update

from orchestrator.conversation import Conversation, Customer, Language
from orchestrator.errors import ConversationError, ConversationNotFound
from orchestrator.memory import conversations
from orchestrator.store import Unit, tables

IdentityKind = Literal["shop", "email", "phone", "whatsapp", "subject", "visitor", "loyalty"]
Evidence = Literal["token", "code", "shop", "phone", "name"]
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
"""Strongest first."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the shop says about a customer."""

    shop_id: str
    name: str
    email: str
    phone: str = ""
    language: Language = "en"
    region: str = "CH"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One way to recognise a customer; `subject` is the `sub` of the host site's token."""

    kind: IdentityKind
    value: str
    evidence: Evidence
    verified_at: datetime


async def get(unit: Unit, customer_id: str) -> Customer | None:
    """The customer, or None."""
    row = await unit.session.get(tables.Customer, customer_id)
    return None if row is None else _customer(row)


async def find(unit: Unit, kind: IdentityKind, value: str) -> Customer | None:
    """The customer with that identity, or None. E-mails and phone numbers match however they are written."""
    table = tables.Identity
    query = select(tables.Customer).join(table, table.customer_id == tables.Customer.id)
    row = await unit.session.scalar(query.where(table.kind == kind, table.value == normalise(kind, value)))
    return None if row is None else _customer(row)


async def get_or_create(unit: Unit, profile: Profile, *, id: str, now: datetime) -> Customer:
    """The customer of a shop record, brought up to date with it; `id` is used when there is none yet."""
    values = {"id": id, "shop_id": profile.shop_id, "created_at": now, "updated_at": now, **_attributes(profile)}
    is_new = await unit.add_if_new(tables.Customer, values, unique=("shop_id",))
    row = (await unit.session.scalars(select(tables.Customer).where(tables.Customer.shop_id == profile.shop_id))).one()
    if is_new or _changes(row, profile):
        row.updated_at = now
        await unit.session.flush()
        await _link_shop_record(unit, row.id, profile, now)
    return _customer(row)


async def link(unit: Unit, customer_id: str, identity: Identity) -> bool:
    """Remember a proven identity; the strongest evidence is kept.

    Returns:
        False when the identity belongs to somebody else: it stays there, people are never merged by this.
    """
    value = normalise(identity.kind, identity.value)
    if not value:
        return False
    values = {
        "kind": identity.kind,
        "value": value,
        "customer_id": customer_id,
        "evidence": identity.evidence,
        "verified_at": identity.verified_at,
    }
    if await unit.add_if_new(tables.Identity, values, unique=("kind", "value")):
        return True
    table = tables.Identity
    row = (await unit.session.scalars(select(table).where(table.kind == identity.kind, table.value == value))).one()
    if row.customer_id != customer_id:
        return False
    if EVIDENCE.index(identity.evidence) <= EVIDENCE.index(cast("Evidence", row.evidence)):
        row.evidence, row.verified_at = identity.evidence, identity.verified_at
        await unit.session.flush()
    return True


async def identities(unit: Unit, customer_id: str) -> tuple[Identity, ...]:
    """How a customer is recognised, by kind and value."""
    table = tables.Identity
    rows = await unit.session.scalars(select(table).where(table.customer_id == customer_id).order_by(table.kind, table.value))
    return tuple(
        Identity(
            kind=cast("IdentityKind", row.kind),
            value=row.value,
            evidence=cast("Evidence", row.evidence),
            verified_at=row.verified_at,
        )
        for row in rows
    )


async def attach(unit: Unit, conversation_id: str, customer_id: str, now: datetime) -> Conversation:
    """Make a conversation the customer's: the thread goes on, and its facts, cases and tickets are theirs from now on.

    Raises:
        ConversationNotFound: It was never created, or has been erased.
        ConversationError: It is another customer's. Two people at one screen need two conversations.
    """
    row = await unit.session.get(tables.Conversation, conversation_id, with_for_update=True)
    if row is None:
        raise ConversationNotFound(f"there is no conversation {conversation_id!r}")
    if row.customer_id not in (None, customer_id):
        raise ConversationError(f"conversation {conversation_id!r} belongs to another customer. Start a new one")
    if row.customer_id is None:
        row.customer_id, row.updated_at = customer_id, now
        await unit.session.flush()
    facts = update(tables.Fact).where(tables.Fact.conversation_id == conversation_id)
    await unit.session.execute(facts.values(customer_id=customer_id, conversation_id=None))
    for table in (tables.Case, tables.Ticket):
        mine = update(table).where(table.conversation_id == conversation_id, table.customer_id.is_(None))
        await unit.session.execute(mine.values(customer_id=customer_id))
    return conversations.of_row(row)


async def seen(unit: Unit, visitor_id: str, now: datetime) -> None:
    """Remember that a browser was here."""
    values = {"id": visitor_id, "first_seen_at": now, "last_seen_at": now}
    if not await unit.add_if_new(tables.Visitor, values, unique=("id",)):
        await unit.session.execute(update(tables.Visitor).where(tables.Visitor.id == visitor_id).values(last_seen_at=now))


def normalise(kind: IdentityKind, value: str) -> str:
    """An identity as it is compared: e-mails without case, international phone numbers as E.164, empty when there is none in it."""
    value = value.strip()
    if kind == "email":
        return value.casefold()
    return _phone(value) if kind in ("phone", "whatsapp") else value


def _phone(value: str) -> str:
    import phonenumbers

    digits = "".join(letter for letter in value if letter in "0123456789")
    if not digits:
        return ""
    try:
        number = phonenumbers.parse(f"+{value[2:]}" if value.startswith("00") else value)
    except phonenumbers.NumberParseException:
        # National or odd numbers still match themselves.
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


async def _link_shop_record(unit: Unit, customer_id: str, profile: Profile, now: datetime) -> None:
    current: dict[IdentityKind, str] = {"shop": profile.shop_id, "email": profile.email, "phone": profile.phone}
    table = tables.Identity
    for kind, value in current.items():
        # An address that the shop has replaced must not identify anybody any more, unless it was proven otherwise.
        replaced = delete(table).where(table.customer_id == customer_id, table.kind == kind, table.evidence == "shop")
        await unit.session.execute(replaced.where(table.value != normalise(kind, value)))
        await link(unit, customer_id, Identity(kind=kind, value=value, evidence="shop", verified_at=now))


def _attributes(profile: Profile) -> dict[str, str]:
    return {
        "name": profile.name,
        "email": profile.email,
        "phone": profile.phone,
        "language": profile.language,
        "region": profile.region,
    }


def _changes(row: tables.Customer, profile: Profile) -> bool:
    changed = {name: value for name, value in _attributes(profile).items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _customer(row: tables.Customer) -> Customer:
    return Customer(
        id=row.id,
        shop_id=row.shop_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        language=cast("Language", row.language),
        region=row.region,
    )
