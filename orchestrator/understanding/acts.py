"""Dialogue acts: what a message does besides asking for something (yes, no, hello, "a human please", "the other one")."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from orchestrator.conversation import Language

from .lexicon import Phrases, WordList, load_list
from .phrases import Found, PhraseBook, matching_form

Act = Literal["affirm", "deny", "greet", "thanks", "goodbye", "repeat", "complaint", "human", "cancel", "back", "correction", "unsure"]
# Acts that only count at the head of a message: "good" is a yes, "a good kettle" is not.
HeadAct = Literal["affirm", "deny", "greet", "courtesy"]
_COURTESIES = frozenset({"greet", "thanks", "goodbye"})


class ActWords(WordList):
    """The wordings of one language.

    `head`: said first in a message, or as its last clause. `anywhere`: wherever it stands. `continues`: the words that may follow an
    affirm or deny at once, without a comma ("no it is the blue one", but not "no delivery yet"). `strong`: heads that need none
    (as typed, with accents). `never_human`: look-alikes of a wish for a human.
    """

    head: dict[HeadAct, Phrases]
    anywhere: dict[Act, Phrases]
    continues: dict[HeadAct, Phrases]
    strong: Phrases
    never_human: Phrases


class ActLists(WordList):
    """All wordings, and what an emoji means in every language."""

    emoji: dict[Act, Phrases]
    languages: dict[Language, ActWords]


@dataclass(frozen=True, kw_only=True)
class ActReading:
    """The acts of one message, and those that are all of it."""

    acts: frozenset[Act]
    only: frozenset[Act]

    def is_only(self, act: Act) -> bool:
        """Whether the message is nothing but this act, courtesies aside ("yes please", not "yes but what about the pan")."""
        return act in self.only


@dataclass(frozen=True)
class _Books:
    head: PhraseBook
    anywhere: PhraseBook
    never_human: PhraseBook
    continues: dict[str, frozenset[str]]
    strong: frozenset[str]
    acts: frozenset[str]


def detect_acts(text: str, language: Language) -> frozenset[Act]:
    """The acts of a message in its language."""
    return read_acts(text, language).acts


def read_acts(text: str, language: Language) -> ActReading:
    """The acts of a message, and which of them is the whole message."""
    books = _books(language)
    form = matching_form(_spell_emoji(text))
    heads = _heads(form, text, books)
    anywhere = _without_look_alikes(books.anywhere.find(form), books.never_human.find(form))
    found = [*heads, *(one for one in anywhere if not _is_inside(one, heads))]
    acts = {one.label for one in found if one.label in books.acts}
    only: set[str] = set()
    courtesies = (one for one in books.head.find(form) if one.label == "courtesy")
    if acts and _covers([*found, *courtesies], form):
        weighty = acts - _COURTESIES
        only = weighty if len(weighty) == 1 else set() if weighty else acts
    return ActReading(acts=_as_acts(acts), only=_as_acts(only))


def _as_acts(labels: set[str]) -> frozenset[Act]:
    return frozenset(act for act in _ALL if act in labels)


_ALL: tuple[Act, ...] = (
    "affirm", "deny", "greet", "thanks", "goodbye", "repeat", "complaint", "human", "cancel", "back", "correction", "unsure",
)  # fmt: skip


@cache
def _lists() -> ActLists:
    return load_list("acts", ActLists)


@cache
def _books(language: Language) -> _Books:
    lists = _lists()
    words = lists.languages[language]
    anywhere = {act: [*words.anywhere.get(act, ()), f"{_emoji_word(act)}"] for act in _ALL}
    return _Books(
        head=PhraseBook({**words.head, **{act: [*words.head.get(act, ()), _emoji_word(act)] for act in ("affirm", "deny")}}),
        anywhere=PhraseBook({act: phrases for act, phrases in anywhere.items() if act not in ("affirm", "deny")}),
        never_human=PhraseBook({"never": words.never_human}),
        continues={act: frozenset(following) for act, following in words.continues.items()},
        strong=frozenset(words.strong),
        acts=frozenset(_ALL),
    )


def _emoji_word(act: str) -> str:
    return f"emoji{act}"


@cache
def _emoji_table() -> dict[int, str]:
    return {ord(emoji): f" {_emoji_word(act)} " for act, emojis in _lists().emoji.items() for emoji in emojis}


def _spell_emoji(text: str) -> str:
    return text if text.isascii() else text.translate(_emoji_table())


def _heads(form: str, text: str, books: _Books) -> list[Found]:
    """The phrases that open the message, one after the other, and those that are its whole last clause."""
    by_start: dict[int, Found] = {}
    # "Thanks, yes": thanks is found anywhere, and a head may follow it.
    opening = [*books.head.find(form), *(one for one in books.anywhere.find(form) if one.label in _COURTESIES)]
    for one in sorted(opening, key=lambda one: (one.end, one.label != "courtesy")):
        by_start[one.start] = one
    heads, at = _run(form, by_start, 1)
    while heads and not _may_stand(heads[-1], form, text, books):
        heads.pop()
    last = _last_clause(form)
    if last > at and not text.rstrip().endswith("?"):
        closing, end = _run(form, by_start, last)
        heads += closing if not form[end:].strip(" .") else []
    return heads


def _run(form: str, by_start: dict[int, Found], at: int) -> tuple[list[Found], int]:
    run: list[Found] = []
    while True:
        while form.startswith(". ", at):
            at += 2
        one = by_start.get(at)
        if one is None:
            return run, at
        run.append(one)
        at = one.end + 1


def _last_clause(form: str) -> int:
    body = form.rstrip(" .")
    return body.rfind(" . ") + 3 if " . " in body else 1


def _may_stand(one: Found, form: str, text: str, books: _Books) -> bool:
    """Whether the last head of a run is one, by what follows it."""
    following = next(iter(form[one.end :].split(maxsplit=1)), ".")
    if following == "." or one.label not in ("affirm", "deny"):
        return True
    if form[one.start : one.end].count(" ") >= 2 or following in books.continues.get(one.label, ()):
        return True
    return one.start == 1 and text.split(maxsplit=1)[0].lower().strip("¡¿'\"") in books.strong


def _without_look_alikes(found: list[Found], never: list[Found]) -> list[Found]:
    if not never:
        return found
    return [one for one in found if one.label != "human" or not any(n.start < one.end and one.start < n.end for n in never)]


def _is_inside(one: Found, others: list[Found]) -> bool:
    return any(other.start <= one.start and one.end <= other.end and other.label not in (one.label, "courtesy") for other in others)


def _covers(found: list[Found], form: str) -> bool:
    return bool(found) and all(any(one.start <= start < one.end for one in found) for start in _word_starts(form))


def _word_starts(form: str) -> Iterator[int]:
    at = 1
    for word in form.split():
        if word != ".":
            yield at
        at += len(word) + 1
