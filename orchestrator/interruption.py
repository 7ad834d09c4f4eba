"""Cuts the record of a reply to what the customer heard of it before they interrupted."""

from collections.abc import Sequence

from orchestrator.memory import conversations
from orchestrator.store import Unit


def heard_of(texts: Sequence[str], heard: str) -> tuple[str, ...]:
    """What of each of a reply's messages was heard, "" for those that were not reached.

    Letters and digits alone are compared: players drop punctuation and change case. All was heard when the reply is the beginning of
    `heard`. Words that are no beginning of the reply are believed: the player knows what it said, and they stand for the first message.
    """
    said, had = _letters("".join(texts)), _letters(heard)
    if had.startswith(said):
        return tuple(texts)
    if not said.startswith(had):
        return (heard.strip(), *("" for _ in texts[1:]))
    left, found = len(had), list[str]()
    for text in texts:
        part = _beginning(text, left)
        left -= len(_letters(part))
        found.append(part if part == text else part.rstrip())
    return tuple(found)


async def cut(unit: Unit, conversation_id: str, turn_id: str, heard: str) -> bool:
    """Keeps of a turn's reply only what was heard; whether anything was left out."""
    messages = await conversations.said_in(unit, conversation_id, turn_id)
    parts = heard_of([message.text for message in messages], heard)
    for message, part in zip(messages, parts, strict=True):
        if part != message.text:
            await conversations.cut(unit, message.id, part)
    return any(part != message.text for message, part in zip(messages, parts, strict=True))


def _letters(text: str) -> str:
    return "".join(character.casefold() for character in text if character.isalnum())


def _beginning(text: str, letters: int) -> str:
    """The text up to its nth letter or digit, with the punctuation after it."""
    end = seen = 0
    for position, character in enumerate(text):
        if character.isalnum():
            seen += len(character.casefold())
            if seen > letters:
                return text[:end]
        if seen and (character.isalnum() or not character.isspace()):
            end = position + 1
    return text
