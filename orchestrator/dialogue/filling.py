"""Where slot values come from: the message, then facts of the shared memory, then the profile. Nothing is asked that one of them knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.conversation import Customer, Fact
from orchestrator.dialogue.matching import pick_option
from orchestrator.dialogue.speaker import Speaker
from orchestrator.project.slot import Slot, SlotKind
from orchestrator.project.tool import Option, Tool
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.reading import Reading

ENTITY_OF: Mapping[SlotKind, EntityKind] = {
    "order_id": "order_id",
    "return_id": "return_id",
    "email": "email",
    "phone": "phone",
    "postcode": "postcode",
    "date": "date",
    "amount": "amount",
    "quantity": "quantity",
    "product": "product",
    "category": "category",
}
REMEMBERED: frozenset[SlotKind] = frozenset({"order_id", "return_id", "product", "email", "phone", "postcode"})
"""Kinds of slot that an earlier message can fill."""
REMEMBERED_OPTIONS = ("item", "store")
"""Options that a later message may lean on ("and can I exchange it?")."""
REMEMBERED_WHEN_OPTIONAL: frozenset[SlotKind] = frozenset({"order_id", "return_id"})
LEADS_TO_STREET = re.compile(
    r"[:\n]|\b(?:to|at|is|à|au|nach|an|in|a|en|para|via:)\s+(?:(?:the|la|le|die|den|der|das|il|lo|el|o)\s+)?(?=[A-ZÀ-Ý])"
)
STORY_WORDS = 4
"""A message of at least so many words tells enough to fill the one free-text slot of a form it starts."""


@dataclass(frozen=True, kw_only=True)
class Offering:
    """What one message offers to a form: its reading, and what memory knows. `starts` marks the message that opens the form."""

    reading: Reading
    facts: tuple[Fact, ...] = ()
    customer: Customer | None = None
    starts: bool = False


def from_message(tool: Tool, slot: Slot, asked: bool, offering: Offering, speaker: Speaker) -> str:
    """The slot's value in the message, canonical, or ''."""
    reading = offering.reading
    if slot.kind in ENTITY_OF:
        return _entity(reading, slot)
    if slot.kind == "choice":
        return _choice(slot, reading, speaker)
    if slot.kind == "yes_no" and asked:
        return "yes" if reading.acts.is_only("affirm") else "no" if reading.acts.is_only("deny") else ""
    if slot.kind == "text":
        return _text(tool, slot, asked, offering)
    return ""


def fact_name(slot: Slot) -> str:
    """Under which name a slot's value is remembered, or '' when it is not."""
    if slot.kind == "option" and slot.name in REMEMBERED_OPTIONS:
        return slot.name
    return slot.kind if slot.kind in REMEMBERED else ""


def from_memory(slot: Slot, offering: Offering) -> str:
    """The slot's value among the facts or in the profile, canonical, or ''."""
    name = fact_name(slot)
    if not name or (not slot.required and slot.kind not in REMEMBERED_WHEN_OPTIONAL):
        return ""
    for fact in sorted(offering.facts, key=lambda fact: fact.at, reverse=True):
        if fact.name in (name, f"system.{name}"):
            return fact.value
    profile = {"email": "email", "phone": "phone"}.get(slot.kind)
    return str(getattr(offering.customer, profile)) if profile and offering.customer else ""


def from_options(slot: Slot, offering: Offering, options: tuple[Option, ...]) -> str:
    """The option that the message names, or ''. What has a number of its own (an order) is not guessed from a single word."""
    option = pick_option(offering.reading, options, loosely=slot.kind == "option")
    return option.value if option else ""


def address_parts(text: str, postcode: str) -> tuple[str, str]:
    """Street and city around a postcode ("to Rue du Lac 4, 1800 Vevey please"), as far as they are there."""
    before, found, after = text.partition(postcode)
    if not found:
        return "", ""
    street = LEADS_TO_STREET.split(before.strip(" ,;-"))[-1].strip(" ,;-")
    city = re.split(r"[,.;!?\n]", after.strip(" ,;-"))[0].strip()
    street = street if re.search(r"\d", street) and len(street) >= 4 else ""
    return street, " ".join(city.split()[:4])


def _entity(reading: Reading, slot: Slot) -> str:
    values = reading.values(ENTITY_OF[slot.kind])
    if not values:
        return ""
    if slot.kind in ("product", "category") and len(values) > 1 and not _distinct(reading, slot):
        return ""
    value = next(iter(values))
    if slot.kind == "amount":
        return value.split(" ")[0]
    if slot.kind == "date":
        return value.split("/")[0]
    return value


def _distinct(reading: Reading, slot: Slot) -> bool:
    """Several products named one after the other, not one name that several products share."""
    spans = {(entity.start, entity.end) for entity in reading.entities if entity.kind == ENTITY_OF[slot.kind]}
    return len(spans) == len(reading.values(ENTITY_OF[slot.kind]))


def _choice(slot: Slot, reading: Reading, speaker: Speaker) -> str:
    options = tuple(
        Option(value=value, label=labels[0], aliases=labels[1:])
        for value in slot.choices
        for labels in (speaker.labels(slot.choice_type or slot.name, value, reading.language),)
    )
    option = pick_option(reading, options)
    return option.value if option else ""


def _text(tool: Tool, slot: Slot, asked: bool, offering: Offering) -> str:
    names = [other.name for other in tool.slots if other.kind == "text"]
    postcodes = offering.reading.values("postcode")
    if {"street", "city"} <= set(names) and postcodes:
        street, city = address_parts(offering.reading.text, postcodes[0])
        found = {"street": street, "city": city}.get(slot.name, "")
        if found:
            return found
    if asked and not offering.reading.acts.only:
        return offering.reading.text
    alone = names == [slot.name]
    return offering.reading.text if alone and offering.starts and len(offering.reading.text.split()) >= STORY_WORDS else ""
