"""What many documents of one import repeat word for word: the frame around the content, whatever it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from orchestrator.retrieval.sources.document import SourceDocument

MANY = 5
"""Fewer documents have nothing to compare."""
SHARE = 0.5
LONGEST = 60
"""Words; a longer block that many pages hold is content (terms, a warning) and stays."""


def without_repeated(documents: Sequence[SourceDocument]) -> list[SourceDocument]:
    """The documents without short blocks that more than half of those of the same format hold."""
    kinds = dict[str, list[SourceDocument]]()
    for document in documents:
        kinds.setdefault(document.source.partition("#")[0].rpartition(".")[2].lower(), []).append(document)
    often = {kind: _often(group) for kind, group in kinds.items()}
    return [_without(document, often[document.source.partition("#")[0].rpartition(".")[2].lower()]) for document in documents]


def _often(documents: Sequence[SourceDocument]) -> frozenset[str]:
    if len(documents) < MANY:
        return frozenset()
    counts = Counter(block for document in documents for block in set(document.markdown.split("\n\n")))
    return frozenset(block for block, count in counts.items() if count > SHARE * len(documents) and len(block.split()) <= LONGEST)


def _without(document: SourceDocument, often: frozenset[str]) -> SourceDocument:
    blocks = document.markdown.split("\n\n")
    kept = [block for block in blocks if block not in often]
    return replace(document, markdown="\n\n".join(kept)) if kept and len(kept) < len(blocks) else document
