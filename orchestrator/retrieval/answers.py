"""Answers in the articles' own words: the sentences of the best passages that meet the question, with where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.conversation import Citation, Language
from orchestrator.encoders import Encoder
from orchestrator.retrieval.markdown import Unit, units
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.words import words_of

SENTENCES = 3
ITEMS = 6
"""The most list items that follow their introducing sentence."""
SHORT_WORDS = 45
"""A passage up to this long is its own best answer."""
SIMILARITY_SHARE = 0.7
NEIGHBOUR = 0.75
"""A neighbouring sentence joins the best one from this share of its score."""
RIVAL = 0.9
"""From this share of the best passage's score, other passages may hold the answer too."""
CLOSER = 1.1
"""How much better a lower passage's sentence must be to be preferred."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Plain text in the articles' words; `language` may be the default one. `passages` is the evidence, `confidence` is 0..1."""

    text: str
    citations: tuple[Citation, ...]
    language: Language
    confidence: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, kw_only=True)
class _Scored:
    passage: Passage
    units: tuple[Unit, ...]
    scores: NDArray[np.float64]

    @property
    def best(self) -> float:
        return float(self.scores.max())


class Extractor:
    """Chooses sentences by what they mean and which of the question's words they hold.

    Args:
        encoder: A fast one, as some twenty sentences are encoded per answer; None compares words alone.
    """

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder

    def answer(self, question: str, found: Sequence[tuple[Passage, float]], language: Language) -> Answer | None:
        """The answer from passages with their scores, best first; None when they hold no sentence."""
        near = [passage for passage, score in found if score >= RIVAL * found[0][1]][:SENTENCES]
        scored = [item for passage in near if (item := self._score(question, passage, language))]
        if not scored:
            return None
        chosen = scored[0]
        for other in scored[1:]:
            if other.best > CLOSER * chosen.best:
                chosen = other
        passage = chosen.passage
        citation = Citation(title=passage.title, heading=passage.heading, url=passage.url)
        text = written([chosen.units[place] for place in _choose(chosen)])
        return Answer(text=text, citations=(citation,), language=language, confidence=0.0, passages=(passage,))

    def _score(self, question: str, passage: Passage, language: Language) -> _Scored | None:
        found = units(passage.blocks, language)
        if not found:
            return None
        scores = _overlap(question, found, language)
        if self._encoder is not None:
            vectors = self._encoder.encode([unit.text for unit in found]) @ self._encoder.encode([question])[0]
            scores = SIMILARITY_SHARE * vectors.astype(np.float64) + (1 - SIMILARITY_SHARE) * scores
        return _Scored(passage=passage, units=found, scores=scores)


def written(chosen: Sequence[Unit]) -> str:
    """Sentences in a row, list items and table rows on lines of their own."""
    text = ""
    for unit in chosen:
        if unit.kind == "sentence":
            text += (" " if text and "\n" not in text else "\n" if text else "") + unit.text
        else:
            text += ("\n" if text else "") + f"- {unit.text}"
    return text


def _overlap(question: str, found: Sequence[Unit], language: str) -> NDArray[np.float64]:
    words = words_of(language)
    asked = {words.stem(word) for word in words.split(question)}
    if not asked:
        return np.zeros(len(found))
    return np.array([len(asked & {words.stem(word) for word in words.split(unit.text)}) / len(asked) for unit in found])


def _choose(scored: _Scored) -> list[int]:
    """The places of the sentences to say, in reading order."""
    count = len(scored.units)
    if sum(len(unit.text.split()) for unit in scored.units) <= SHORT_WORDS and count <= ITEMS:
        return list(range(count))
    best = int(scored.scores.argmax())
    if scored.units[best].kind != "sentence":
        return _with_lead(scored, best)
    if scored.units[best].text.endswith(":"):
        return [best, *_following(scored.units, best)]
    return _grow(scored, best)


def _with_lead(scored: _Scored, best: int) -> list[int]:
    """A list item with the others near it in score, after the sentence that introduces the list."""
    block, enough = scored.units[best].block, NEIGHBOUR * scored.scores[best]
    members = [place for place, unit in enumerate(scored.units) if unit.block == block]
    chosen = [place for place in members if place == best or scored.scores[place] >= enough]
    chosen = sorted(sorted(chosen, key=lambda place: (-scored.scores[place], place))[:SENTENCES])
    lead = members[0] - 1
    return [lead, *chosen] if lead >= 0 and scored.units[lead].text.endswith(":") else chosen


def _following(found: Sequence[Unit], lead: int) -> list[int]:
    """The items that a sentence ending in a colon introduces."""
    after = range(lead + 1, len(found))
    items = [place for place in after if found[place].kind != "sentence" and found[place].block == found[lead].block + 1]
    return items[:ITEMS] or list(after[:1])


def _grow(scored: _Scored, best: int) -> list[int]:
    """The best sentence and its neighbours in the same paragraph, as long as they are nearly as good.

    What comes second in a paragraph often leans on the first, so the sentence before is taken along at a lower score.
    """
    units, scores, low, high = scored.units, scored.scores, best, best
    while high - low + 1 < SENTENCES:
        before = low > 0 and units[low - 1].block == units[best].block and scores[low - 1] >= NEIGHBOUR**2 * scores[best]
        after = high + 1 < len(units) and units[high + 1].block == units[best].block and scores[high + 1] >= NEIGHBOUR * scores[best]
        if after and not units[high + 1].text.endswith(":") and (not before or scores[high + 1] > scores[low - 1]):
            high += 1
        elif before:
            low -= 1
        else:
            break
    return list(range(low, high + 1))
