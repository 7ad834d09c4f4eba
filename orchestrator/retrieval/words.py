"""Words as the keyword index counts them: folded, stemmed per language, without the words every question has."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from snowballstemmer import Stemmer

STEMMERS = {"en": "english", "fr": "french", "de": "german", "it": "italian", "pt": "portuguese", "es": "spanish"}
WORD = re.compile(r"\w+(?:-\d+)?")
STOPWORDS = Path(__file__).with_name("stopwords.yaml")


class Words:
    """The content words of one language; get it with `words_of`."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._stems: dict[str, str] = {}

    def split(self, text: str) -> list[str]:
        """The folded content words of a text, in order, repeated as they occur; not stemmed."""
        found = (fold(word) for word in WORD.findall(text.lower()))
        return [word for word in found if word not in self._stopwords and (len(word) > 1 or word.isdigit())]

    def stem(self, word: str) -> str:
        """The stem of a folded word."""
        known = self._stems.get(word)
        if known is None:
            known = self._stems[word] = fold(self._stemmer.stemWord(word)) if self._stemmer and word.isalpha() else word
        return known

    @cached_property
    def _stemmer(self) -> Stemmer | None:
        import snowballstemmer

        name = STEMMERS.get(self._language)
        return snowballstemmer.stemmer(name) if name else None

    @cached_property
    def _stopwords(self) -> frozenset[str]:
        return _stopwords().get(self._language, frozenset())


@lru_cache(maxsize=16)
def words_of(language: str) -> Words:
    """The words of that language; an unknown one is folded, not stemmed."""
    return Words(language)


def fold(word: str) -> str:
    """Lower case without accents; ß is ss."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _stopwords() -> Mapping[str, frozenset[str]]:
    lists = cast("Mapping[str, str]", yaml.safe_load(STOPWORDS.read_text("utf-8")))
    return {language: frozenset(map(fold, words.split())) for language, words in lists.items()}
