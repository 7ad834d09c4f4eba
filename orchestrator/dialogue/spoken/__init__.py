"""What a voice says for a chat reply: no markup or links, numbers as they are heard, short sentences.

Everything is a pure function of text and language. Numbers are never lost, amounts never changed, and what is spoken already stays as
it is, so that speaking twice is speaking once.
"""

from collections.abc import Sequence

from orchestrator.conversation import Language

from .blocks import flowing
from .codes import with_addresses, with_codes
from .days import with_days
from .markup import unmarked
from .measures import with_abbreviations, with_measures
from .money import with_money
from .sentences import in_sentences, sentences_of
from .words import speech

__all__ = ["is_long", "shortened", "spoken", "spoken_choices"]

LONGEST = 70
"""Words that are said in about half a minute."""
HEARD = 45
"""Words that are still said of an answer that is too long."""
PART = "·"
PASSES = 5
"""Brackets and signs that fall away may let others meet; what is said is what another pass leaves as it is."""
CHOICES = 4
"""As many as a listener keeps in mind."""


def spoken(text: str, language: Language, region: str = "") -> str:
    """What a voice says for the text. Deterministic and idempotent; `region` chooses between regional ways to say a date."""
    for _ in range(PASSES):
        said = _said(text, language, region)
        if said == text:
            break
        text = said
    return text


def _said(text: str, language: Language, region: str) -> str:
    said = flowing(unmarked(text), language)
    said = with_addresses(with_abbreviations(said, language), language)
    said = with_days(with_money(said, language), language, region)
    said = with_codes(with_measures(said, language), language)
    return in_sentences(said, language)


def spoken_choices(labels: Sequence[str], language: Language) -> str:
    """ "You can say: A, B or C."; of more than four the first four, "or something else". Nothing when there is nothing to choose."""
    words = speech(language)
    named = [name for name in dict.fromkeys(_name(label, labels, language) for label in labels) if name]
    if len(named) > CHOICES:
        named = [*named[:CHOICES], words.something_else]
    if not named:
        return ""
    listed = f"{', '.join(named[:-1])} {words.either} {named[-1]}" if len(named) > 1 else named[0]
    return words.choices.format(choices=listed)


def _name(label: str, labels: Sequence[str], language: Language) -> str:
    """What is said for a label: of one in parts ("A-20139 · Brezza humidifier · 2 Oct") the name, where no other has the same."""
    names = [part.strip() for part in label.split(PART) if part.strip() and not any(map(str.isdigit, part))] if PART in label else []
    alone = names and sum(names[0] in other for other in labels) == 1
    return spoken(names[0] if alone else label, language).rstrip(".!?")


def is_long(text: str) -> bool:
    """Whether what is spoken takes longer than a listener follows."""
    return len(text.split()) > LONGEST


def shortened(text: str) -> str:
    """The first whole sentences of what is spoken, about twenty seconds of it."""
    kept: list[str] = []
    for sentence in sentences_of(text):
        if kept and sum(len(part.split()) for part in kept) + len(sentence.split()) > HEARD:
            break
        kept.append(sentence)
    return " ".join(kept)
