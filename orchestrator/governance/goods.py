"""Product names in a text: which products a mention may mean, so that none is named that nobody looked up."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from orchestrator.governance.lexicon import fold

WORD = re.compile(r"[^\W_]+")
WINDOW = 5
"""The words of a name stand this close to its own word ("Alba")."""
STEM = 4
REMEMBERED = 1024


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A product named in a text: the words, and the products they may mean."""

    text: str
    products: frozenset[str]


class Goods:
    """The names of all products by the word that only they share: what most names of a product have in every language.

    Args:
        products: Names in all languages by product id.
    """

    def __init__(self, products: Mapping[str, Iterable[str]]) -> None:
        names = {id: tuple({tuple(WORD.findall(fold(name))) for name in (*spelled, id)}) for id, spelled in products.items()}
        shared = {id: _shared(spelled) for id, spelled in names.items()}
        counts = Counter(word for words in shared.values() for word in words)
        self._by_mark: dict[str, list[tuple[str, tuple[frozenset[str], ...]]]] = {}
        for id, words in shared.items():
            for mark in (word for word in words if counts[word] > 1 and not word.isdigit()):
                rest = tuple(frozenset(word for word in name if word != mark and len(word) > 2) for name in names[id])
                self._by_mark.setdefault(mark, []).append((id, rest))
        self._remembered = lru_cache(maxsize=REMEMBERED)(partial(self._found, exact=True))

    def find(self, text: str, *, exact: bool = False) -> tuple[Mention, ...]:
        """The mentions in a text. `exact` keeps only the best reading of each, and does not look at capitals (for evidence)."""
        return self._found(text, exact=exact)

    def find_in_passage(self, text: str) -> tuple[Mention, ...]:
        """The exact mentions in a passage; those of the passages seen last are remembered, because most turns rest on the same few."""
        return self._remembered(text)

    def _found(self, text: str, *, exact: bool) -> tuple[Mention, ...]:
        written = [(match.group(), fold(match.group())) for match in WORD.finditer(text)] if self._by_mark else []
        found = list[Mention]()
        for place, (word, folded) in enumerate(written):
            if folded in self._by_mark and (exact or word[0].isupper()):
                near = [other for _, other in written[max(0, place - WINDOW) : place + WINDOW + 1] if other != folded]
                found.append(Mention(text=word, products=self._meant(folded, near, exact=exact)))
        return tuple(found)

    def _meant(self, mark: str, near: list[str], *, exact: bool) -> frozenset[str]:
        scores = {id: max(_score(name, near) for name in names) for id, names in self._by_mark[mark]}
        most = max(scores.values())
        return frozenset(id for id, score in scores.items() if (score == most if exact else score[0] == most[0]))


def goods_of(products: Mapping[str, Iterable[str]]) -> Goods:
    """The goods of these names, built once."""
    return _goods(tuple((id, tuple(names)) for id, names in products.items()))


@lru_cache(maxsize=8)
def _goods(products: tuple[tuple[str, tuple[str, ...]], ...]) -> Goods:
    return Goods(dict(products))


def _shared(names: Iterable[tuple[str, ...]]) -> list[str]:
    """The words that nearly all names of a product have, whatever the language."""
    spelled = list(names)
    counts = Counter(word for name in spelled for word in set(name))
    return [word for word, count in counts.items() if count >= len(spelled) - 1 and len(word) > 2]


def _score(name: frozenset[str], near: list[str]) -> tuple[int, float]:
    matched = sum(any(_alike(word, other) for other in near) for word in name)
    return matched, matched / len(name) if name else 1.0


def _alike(word: str, other: str) -> bool:
    size = max(STEM, min(len(word), len(other)) - 1)
    return word == other or (len(word) > STEM and len(other) > STEM and word[:size] == other[:size])
