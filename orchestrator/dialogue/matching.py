"""Which of the offered possibilities a customer's words mean: by label, by alias, by position, tolerant of typos."""

import re
from collections.abc import Sequence
from typing import TypeVar

from rapidfuzz import fuzz

from orchestrator.conversation import Choice
from orchestrator.project.tool import Option
from orchestrator.understanding.normalise import fold
from orchestrator.understanding.reading import Reading

T = TypeVar("T")

CLOSE = 86.0
"""Similarity (0–100) from which a word counts as the other, misspelt."""
ENDING = 2
"""Letters by which two forms of a word may differ in length."""
SHORT, TELLING = 4, 4
"""A short answer has at most so many words; a word tells something from so many letters on."""


def pick_choice(reading: Reading, choices: Sequence[Choice]) -> Choice | None:
    """The quick reply that the message picks: its label or value, or its position ("the second one")."""
    rows = [(choice, (choice.label, choice.value, *_parts(choice.label))) for choice in choices]
    return _by_position(reading, choices) or _by_words(reading.text, rows)


def pick_by_word(reading: Reading, choices: Sequence[Choice]) -> Choice | None:
    """The quick reply that alone shares a telling word with a short answer to an open question ("the board")."""
    words = fold(reading.text).split()
    if len(words) > SHORT or reading.text.rstrip().endswith("?"):
        return None
    telling = {word.strip(".,!") for word in words if len(word) >= TELLING}
    shared = [(len(telling & set(fold(choice.label).split())), choice) for choice in choices]
    best = max((count for count, _ in shared), default=0)
    winners = [choice for count, choice in shared if count == best]
    return winners[0] if best and len(winners) == 1 else None


def pick_option(reading: Reading, options: Sequence[Option], *, loosely: bool = False) -> Option | None:
    """The option that the message names; `loosely`: a word that only one of them has is enough.

    Two that fit equally well are none; a position is none either, as nothing was shown.
    """
    rows = [(option, (option.label, option.value, *_parts(option.label), *option.aliases)) for option in options]
    told = _by_telling_word(reading.text, rows) if loosely else None
    named = {entity.value for entity in reading.entities}
    exact = [option for option in options if option.value in named]
    if len(exact) != 1:
        return _by_words(reading.text, rows) or told
    is_variant = told is not None and told.value.startswith(f"{exact[0].value}:")  # "the Alba kettle, a black one"
    return told if is_variant else exact[0]


def other_than(current: str, options: Sequence[Option]) -> Option | None:
    """ "The other one": what remains of exactly two options."""
    remaining = [option for option in options if option.value != current]
    return remaining[0] if len(remaining) == 1 else None


def _by_telling_word(text: str, rows: Sequence[tuple[T, tuple[str, ...]]]) -> T | None:
    """The one item with a word of its own that the text holds, endings aside ("contre une noire": noir)."""
    said = {word for word in _letters(text) if len(word) >= TELLING}
    words = [({word for name in names for word in _letters(name) if len(word) >= TELLING}, item) for item, names in rows]

    def own(index: int) -> set[str]:
        return words[index][0] - {word for number, (others, _) in enumerate(words) if number != index for word in others}

    winners = [item for index, (_, item) in enumerate(words) if any(_same_stem(word, other) for word in own(index) for other in said)]
    return winners[0] if len(winners) == 1 else None


def _letters(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _same_stem(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short[: max(len(short) - 1, TELLING)]) and len(long) - len(short) <= ENDING


def _parts(label: str) -> tuple[str, ...]:
    """The parts of a composed label ("A-20139 · Brezza humidifier · 2 Oct"), each of which may be said alone."""
    return tuple(part.strip() for part in label.split("·")) if "·" in label else ()


def _by_position(reading: Reading, items: Sequence[T]) -> T | None:
    for reference in reading.values("choice_ref"):
        if reference.isdigit() and 1 <= int(reference) <= len(items):
            return items[int(reference) - 1]
        if reference == "last" and items:
            return items[-1]
    return None


def _by_words(text: str, rows: Sequence[tuple[T, tuple[str, ...]]]) -> T | None:
    message = fold(text)
    scores = [(max((_score(message, fold(word)) for word in words if word), default=0.0), item) for item, words in rows]
    best = max((score for score, _ in scores), default=0.0)
    if best < CLOSE:
        return None
    winners = [item for score, item in scores if score == best]
    return winners[0] if len(winners) == 1 else None


def _score(message: str, word: str) -> float:
    """100 for the same text, a little less for a phrase inside it (longer is better), less again for a misspelt one."""
    if message == word:
        return 101.0
    if len(word) >= 2 and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", message):
        return 95.0 + min(len(word), 40) / 10
    if len(word) >= 4 and len(message) <= 3 * len(word):
        return min(max(fuzz.ratio(word, part) for part in _stretches(message, len(word.split()))), 94.0)
    return 0.0


def _stretches(message: str, words: int) -> list[str]:
    """The stretches of a message that are about so many words long; a part of a word is none ("the kettle" has no "e kettle")."""
    tokens = message.split()
    return [message, *(" ".join(tokens[at : at + size]) for size in (words - 1, words, words + 1) for at in range(len(tokens)) if size)]
