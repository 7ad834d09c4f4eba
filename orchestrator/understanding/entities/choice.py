"""Which of those offered: "the second one", "l'autre", "beide", "option 2"."""

import re
from functools import cache

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold, fold_aligned

from .base import Entity, EntityContext, entity
from .patterns import any_of


class ChoiceWords(WordList):
    """The words of one language."""

    articles: Phrases
    nouns: Phrases
    head: Phrases
    ordinals: dict[int, Phrases]
    last: Phrases
    other: Phrases
    both: Phrases
    all: Phrases
    none: Phrases
    this: Phrases


class ChoiceLists(WordList):
    """Choice words by language."""

    languages: dict[Language, ChoiceWords]


_END = r"(?= *(?:[.,;:!?…)]|$)| (?:please|bitte|svp|s'il|per favore|por favor|porfa|thanks|merci|danke|grazie|obrigad|gracias))"


def find_choices(text: str, language: Language, context: EntityContext) -> list[Entity]:
    """References to one, several or none of the things on offer."""
    folded = fold_aligned(text)
    asked = "choice_ref" in context.expects
    values = _values(language)
    found: list[Entity] = []
    for match in _pattern(language).finditer(folded):
        value = match["number"] or values[match["ordinal"] or match["word"]]
        found.append(entity("choice_ref", value, text, match.span(), 0.9))
    if asked and not found:
        for match in _asked_pattern(language).finditer(folded):
            alone = folded.strip(" .!") == match[0]
            found.append(entity("choice_ref", match["number"] or values[match["word"]], text, match.span(), 0.9 if alone else 0.7))
    return found


@cache
def _values(language: Language) -> dict[str, str]:
    words = load_list("choices", ChoiceLists).languages[language]
    values = {fold(name): str(number) for number, names in words.ordinals.items() for name in names}
    for value, names in _named(words):
        values.update({fold(name): value for name in names})
    return values


def _named(words: ChoiceWords) -> list[tuple[str, Phrases]]:
    return [
        ("this", words.this),
        ("all", words.all),
        ("last", words.last),
        ("other", words.other),
        ("both", words.both),
        ("none", words.none),
    ]


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    words = load_list("choices", ChoiceLists).languages[language]
    article = any_of(words.articles)
    noun = any_of(words.nouns)
    picked = any_of([*(name for names in words.ordinals.values() for name in names), *words.last, *words.other])
    # "Both" and "none" say what they mean anywhere; "all" and "this" are mere words unless they are the whole clause.
    certain = any_of([name for name in (*words.both, *words.none) if " " in name or name in words.both])
    return re.compile(
        rf"(?<!\w)(?:(?:{article})(?: |(?<='))(?P<ordinal>{picked})(?:{_END}| (?:{noun})\b)"
        rf"|(?:{any_of(words.head)})(?: |\.|#|: ?){{0,2}}(?P<number>[1-9])(?!\w|[.,/:-]\d){_END}"
        rf"|(?P<word>{certain})(?!\w))"
    )


@cache
def _asked_pattern(language: Language) -> re.Pattern[str]:
    words = any_of(_values(language))
    return re.compile(rf"(?<!\w)(?:#|n°|nr\.? ?)?(?:(?P<number>[1-9])\.?(?!\w|[.,/:-]\d)|(?P<word>{words})(?!\w))")
