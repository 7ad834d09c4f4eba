"""Number words of the six languages, spelled digits included."""

from functools import cache

from pydantic import BaseModel

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold


class NumberWords(WordList):
    """The words of one language: value first, then its words."""

    values: dict[int, Phrases]
    articles: Phrases
    repeaters: dict[int, Phrases]


class NumberLists(WordList):
    """Number words by language."""

    languages: dict[Language, NumberWords]


class Numbers(BaseModel):
    """Folded words to values; `articles` are words for one that are mostly not meant as a number ("a", "un", "ein")."""

    values: dict[str, int]
    articles: frozenset[str]
    repeaters: dict[str, int]


@cache
def number_words(language: Language) -> Numbers:
    """The number words of a language, folded."""
    words = load_list("numbers", NumberLists).languages[language]
    return Numbers(
        values={fold(word): value for value, texts in words.values.items() for word in texts},
        articles=frozenset(map(fold, words.articles)),
        repeaters={fold(word): value for value, texts in words.repeaters.items() for word in texts},
    )


@cache
def digit_words(language: Language) -> dict[str, str]:
    """Spoken digits of the language, and of English, which many use for codes."""
    own, english = number_words(language), number_words("en")
    words = {word: str(value) for numbers in (english, own) for word, value in numbers.values.items() if 0 <= value <= 9}
    return {word: digit for word, digit in words.items() if " " not in word}
