"""Products and categories by name, tolerant of typing errors, plural endings and word order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from orchestrator.conversation import Language
from orchestrator.understanding.lexicon import Phrases, WordList, load_list
from orchestrator.understanding.normalise import fold, fold_aligned

from .base import Entity, entity

_WORD = re.compile(r"[a-z0-9]+")
# A name's words may stand this far apart: "the Alba that is a kettle" is too far, "kettle from Alba" is not.
_WINDOW = 4
_CERTAIN = 0.75


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """A product or category with its names per language; `aliases` are names in any language."""

    id: str
    kind: Literal["product", "category"]
    names: Mapping[Language, Sequence[str]]
    aliases: Sequence[str] = ()
    category: str | None = None


class CatalogueWords(WordList):
    """Words that do not tell one product from another, in all languages."""

    ignored: Phrases


@dataclass(frozen=True)
class _Name:
    entry: int
    words: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class _Hit:
    entry: int
    start: int
    end: int
    score: float


class Catalogue:
    """Names indexed by word, built once; finding them costs well under a millisecond for a thousand entries."""

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        self.entries = tuple(entries)
        self._ignored = frozenset(fold(word) for word in load_list("catalogue", CatalogueWords).ignored)
        spelled = [self._spelled(entry) for entry in self.entries]
        generic = {
            word for entry, names in zip(self.entries, spelled, strict=True) if entry.kind == "category" for name in names for word in name
        }
        self._distinct = [_distinct(entry, names, generic) for entry, names in zip(self.entries, spelled, strict=True)]
        counts: dict[str, int] = {}
        for names in spelled:
            for word in {word for name in names for word in name}:
                counts[word] = counts.get(word, 0) + 1
        self._weight = {word: 1.0 / (1.0 + 0.15 * min(count, 20)) for word, count in counts.items()}
        self._names = [
            _Name(index, words, sum(self._weight[word] for word in words)) for index, names in enumerate(spelled) for words in names
        ]
        self._by_word: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            for word in dict.fromkeys(name.words):
                self._by_word.setdefault(word, []).append(number)
        self._by_initial: dict[tuple[str, int], list[str]] = {}
        for word in self._by_word:
            self._by_initial.setdefault((word[0], len(word)), []).append(word)
            if len(word) >= 6 and word[1] != word[0]:
                # A first letter that is not heard ("ervidor") or not typed.
                self._by_initial.setdefault((word[1], len(word)), []).append(word)
        self._seen: dict[str, tuple[tuple[str, float], ...]] = {}

    def find(self, text: str) -> tuple[Entity, ...]:
        """The products and categories the text names; several on one span when it could be any of them."""
        folded = fold_aligned(text)
        places: dict[int, list[tuple[int, str, float]]] = {}
        words = [(match[0], match.span()) for match in _WORD.finditer(folded)]
        for position, (word, _) in enumerate(words):
            for known, closeness in self._known(word):
                for number in self._by_word[known]:
                    places.setdefault(number, []).append((position, known, closeness))
        hits = [hit for number, at in places.items() if (hit := self._hit(self._names[number], at)) is not None]
        return tuple(self._entities(text, hits, [span for _, span in words]))

    def _spelled(self, entry: CatalogueEntry) -> list[tuple[str, ...]]:
        texts = [*(name for names in entry.names.values() for name in names), *entry.aliases]
        spelled = {tuple(word for word in _WORD.findall(fold(text)) if word not in self._ignored) for text in texts}
        return [words for words in sorted(spelled) if words]

    def _known(self, word: str) -> tuple[tuple[str, float], ...]:
        """The catalogue's words that this word is, or is a misspelling of, with how close."""
        if word in self._ignored or (len(word) < 3 and word not in self._by_word):
            return ()
        if (seen := self._seen.get(word)) is not None:
            return seen
        known = ((word, 1.0),) if word in self._by_word else self._close(word)
        if len(self._seen) < 20_000:
            self._seen[word] = known
        return known

    def _close(self, word: str) -> tuple[tuple[str, float], ...]:
        allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        found: list[tuple[str, float]] = []
        for length in range(len(word) - 2, len(word) + 3):
            for known in self._by_initial.get((word[0], length), ()):
                if _is_inflected(word, known):
                    found.append((known, 0.97))
                elif allowed and len(known) >= 5:
                    distance = OSA.distance(word, known, score_cutoff=allowed)
                    if distance <= allowed:
                        found.append((known, 1.0 - distance / len(known) / 1.5))
        best = max((closeness for _, closeness in found), default=0.0)
        return tuple((known, closeness) for known, closeness in found if closeness == best)

    def _hit(self, name: _Name, at: list[tuple[int, str, float]]) -> _Hit | None:
        """How well the words at these positions are this name, when they are close together."""
        best: dict[str, tuple[int, float]] = {}
        first = at[0][0]
        for position, known, closeness in at:
            if position - first > _WINDOW + len(name.words):
                if len(best) == len(name.words):
                    break
                best, first = {}, position
            if known not in best or best[known][1] < closeness:
                best[known] = position, closeness
        score = sum(self._weight[known] * closeness for known, (_, closeness) in best.items()) / name.weight
        complete = len(best) == len(set(name.words))
        if not complete and not (best.keys() & self._distinct[name.entry]):
            return None
        positions = [position for position, _ in best.values()]
        return _Hit(name.entry, min(positions), max(positions) + 1, score if complete else score * 0.95)

    def _entities(self, text: str, hits: list[_Hit], spans: list[tuple[int, int]]) -> Iterable[Entity]:
        best: dict[int, _Hit] = {}
        for hit in hits:
            if hit.entry not in best or _rank(hit) > _rank(best[hit.entry]):
                best[hit.entry] = hit
        kept: list[_Hit] = []
        for hit in sorted(best.values(), key=_rank, reverse=True):
            rivals = [other for other in kept if other.start < hit.end and hit.start < other.end]
            if not rivals or self._is_rival(hit, rivals):
                kept.append(hit)
        for hit in sorted(kept, key=lambda hit: (hit.start, -hit.score, self.entries[hit.entry].id)):
            rivals = [other for other in kept if other.start < hit.end and hit.start < other.end]
            share = 1.0 if len(rivals) == 1 else hit.score / sum(other.score for other in rivals)
            confidence = share * min(1.0, 0.4 + 0.6 * hit.score)
            entry = self.entries[hit.entry]
            span = spans[hit.start][0], spans[hit.end - 1][1]
            yield entity(entry.kind, entry.id, text, span, round(confidence, 3))

    def _is_rival(self, hit: _Hit, kept: list[_Hit]) -> bool:
        """Whether a hit on taken words is another reading of them, not a part of a better one."""
        same = all((other.start, other.end) == (hit.start, hit.end) for other in kept)
        best = max(other.score for other in kept)
        kinds = {self.entries[other.entry].kind for other in kept}
        return same and self.entries[hit.entry].kind in kinds and hit.score >= best * 0.8


def _rank(hit: _Hit) -> tuple[float, float]:
    # More words of the message first, then the better fit: "Alba kettle" beats "kettle", and "Alba kettle" beats "Alba kettle 1.7 l".
    return (hit.end - hit.start) * min(hit.score, 1.0) if hit.score >= _CERTAIN else hit.score * 0.9, hit.score


def _is_inflected(word: str, known: str) -> bool:
    """Whether the two differ in an ending only: kettle, kettles; padella, padelle; Pfanne, Pfannen."""
    stem, other = word.rstrip("aeiosnrx"), known.rstrip("aeiosnrx")
    return (len(stem) >= 3 and stem == other) or word in (f"{known}s", f"{known}es") or known in (f"{word}s", f"{word}es")


def _distinct(entry: CatalogueEntry, names: list[tuple[str, ...]], generic: set[str]) -> frozenset[str]:
    """The words that name this product by themselves: those its names share in all languages (the range), no category's word."""
    if entry.kind == "category":
        return frozenset()
    if len(names) > 1:
        shared = set(names[0]).intersection(*names[1:])
        in_two = {word for word in {word for name in names for word in name} if sum(word in name for name in names) >= 2}
        candidates = shared or in_two
    else:
        candidates = set(names[0][:1]) if names else set[str]()
    return frozenset(word for word in candidates if word not in generic and len(word) >= 3 and not word.isdigit())
