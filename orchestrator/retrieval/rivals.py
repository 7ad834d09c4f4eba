"""Passages that answer one question differently: which of them is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from orchestrator.project.articles import Article
from orchestrator.retrieval.index import Match
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.values import disagree, values_in

FARTHER = 0.1
"""How much less similar to the question another passage may be and still answer the same."""
FEWER = 0.7
"""The same of the words it shares with the question, as a share of the best one's."""


def settled(found: Sequence[tuple[Passage, Match]], article: Callable[[str], Article | None]) -> list[Passage]:
    """The passages without those that contradict the right one, which comes first where the best was wrong.

    Right is the article of higher authority, else valid later, else updated later. Two passages contradict each other when they stand in
    different articles under the same heading, are as near to the question, and name other numbers in one unit. Articles outside their
    days are not among the passages at all.
    """
    passages = [passage for passage, _ in found]
    if len(found) < 2:
        return passages
    rivals = [passage for passage, match in found[1:] if _near(found[0][1], match) and _contradict(passages[0], passage)]
    if not rivals:
        return passages
    right = max([passages[0], *rivals], key=lambda passage: _standing(article(passage.article)))
    return [right, *(passage for passage in passages if passage is not passages[0] and passage not in rivals)]


def _near(best: Match, other: Match) -> bool:
    return other.similarity >= best.similarity - FARTHER and other.keywords >= FEWER * best.keywords


def _contradict(left: Passage, right: Passage) -> bool:
    same = left.heading.casefold() == right.heading.casefold()
    return left.article != right.article and same and bool(disagree(values_in(left.plain), values_in(right.plain)))


def _standing(article: Article | None) -> tuple[int, date, date]:
    if article is None:
        return -1, date.min, date.min
    return article.authority, article.valid_from or date.min, article.updated or date.min
