"""The articles looked through: texts that repeat or contradict each other, and personal data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from orchestrator.conversation import LANGUAGES
from orchestrator.project.articles import Article
from orchestrator.retrieval.passages import Passage, split_article
from orchestrator.retrieval.personal import find_personal
from orchestrator.retrieval.sources.likeness import Conflict, Pair, conflicts, near_duplicates
from orchestrator.retrieval.sources.report import Flag, ImportReport


def look_through(articles: Sequence[Article], regions: Sequence[str]) -> ImportReport:
    """What is doubtful in the articles; `withheld` names those with personal data.

    Each language is looked at as everyone reads it and as each region does, so that a contradiction for one region alone is found.
    """
    pairs, rows, flags = dict[tuple[str, str], Pair](), dict[tuple[str, str], Conflict](), list[Flag]()
    for language in LANGUAGES:
        own = [article for article in articles if article.language == language]
        for region in (None, *regions):
            passages = [passage for article in own if article.serves(region) for passage in split_article(article, region)]
            pairs.update({(pair.left, pair.right): pair for pair in near_duplicates(passages, language)})
            found = conflicts(passages, language)
            rows.update({(row.left, row.right): row for row in found if _at_once(row, own)})
        flags += chain.from_iterable(_flags(split_article(article, None)) for article in own)
    return ImportReport(withheld=tuple(flags), duplicates=tuple(pairs.values()), conflicts=tuple(rows.values()))


def _at_once(row: Conflict, articles: Sequence[Article]) -> bool:
    """Whether both articles are valid on some day, for the same audience."""
    keys = {row.left.partition("#")[0], row.right.partition("#")[0]}
    left, right = (article for article in articles if article.key in keys)
    starts = [article.valid_from for article in (left, right) if article.valid_from]
    ends = [article.valid_until for article in (left, right) if article.valid_until]
    return left.audience == right.audience and (not starts or not ends or max(starts) <= min(ends))


def _flags(passages: Sequence[Passage]) -> list[Flag]:
    return [
        Flag(source=passage.id, reason=f"holds personal data ({found.kind} {found.shown}). Remove it.")
        for passage in passages
        for found in find_personal(f"{passage.name}\n{passage.plain}")
    ]
