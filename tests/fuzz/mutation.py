"""Bodies that are still JSON after they were changed: bytes changed at random seldom are, and would not come past the first check."""

import json
from random import Random
from typing import cast

NOTHING: list[object] = []
NO_FIELDS: dict[str, object] = {}
MADE_UP: tuple[object, ...] = (
    None, True, False, 0, -1, 1e308, 10**400, "", " ", "x", "\x00", "\ud800", "\u202e", "user", "assistant", "tool", "yes", "x" * 5000,
    NOTHING, NO_FIELDS, [NOTHING], [None], {"": None}, {"id": 1}, {"session_id": "\udfff"},
    [{"type": "text", "text": "hello"}], [{"type": "text"}],
)  # fmt: skip
CHANGES = 4


def mutated(body: bytes, random: Random) -> bytes:
    """The document with a few of its values replaced, removed, doubled or named otherwise; what is no document comes back as it was."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return body
    for _ in range(random.randint(1, CHANGES)):
        document = _changed(document, random)
    return json.dumps(document, ensure_ascii=random.random() < 0.9).encode("utf-8", "surrogatepass")


def _changed(value: object, random: Random) -> object:
    if isinstance(value, dict) and value and random.random() < 0.9:
        return _changed_object(cast("dict[str, object]", value), random)
    if isinstance(value, list) and value and random.random() < 0.9:
        return _changed_list(cast("list[object]", value), random)
    return random.choice(MADE_UP)


def _changed_object(value: dict[str, object], random: Random) -> dict[str, object]:
    name = random.choice(list(value))
    kind = random.random()
    if kind < 0.1:
        return {other: found for other, found in value.items() if other != name}
    if kind < 0.2:
        return {**value, random.choice(("id", "role", "session_id", "\ud800", "x" * 600)): random.choice(MADE_UP)}
    return {**value, name: _changed(value[name], random)}


def _changed_list(value: list[object], random: Random) -> list[object]:
    place = random.randrange(len(value))
    kind = random.random()
    if kind < 0.1:
        return value[:place] + value[place + 1 :]
    if kind < 0.2:
        return [*value, value[place]]
    return [*value[:place], _changed(value[place], random), *value[place + 1 :]]
