"""Markdown as this room needs it: sections with stable anchors, and plain sentences and list items."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from orchestrator.retrieval.sentences import split_sentences

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

TOP = "top"
"""The anchor of what stands before the first heading; every browser knows it."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """The blocks under one heading; `headings` is the path down to it, empty before the first heading."""

    anchor: str
    headings: tuple[str, ...]
    blocks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A sentence, a list item or a table row in plain text; `block` numbers the block it stands in."""

    text: str
    kind: Literal["sentence", "item", "row"]
    block: int


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """CommonMark with tables; raw HTML is text, not markup."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


class Anchors:
    """Heading anchors in the order of the page; a repeated heading gets `-2`."""

    def __init__(self) -> None:
        self._used: set[str] = {TOP}

    def take(self, heading: str) -> str:
        """The anchor of the next heading."""
        plain = unicodedata.normalize("NFKD", heading.casefold().replace("’", "-").replace("'", "-"))
        base = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-") or "section"
        anchor, number = base, 1
        while anchor in self._used:
            number += 1
            anchor = f"{base}-{number}"
        self._used.add(anchor)
        return anchor


def sections(text: str) -> tuple[Section, ...]:
    """The sections of a Markdown text; those without a block are left out."""
    tokens, lines = parser().parse(text), text.split("\n")
    anchors, found = Anchors(), list[Section]()
    anchor, path, blocks = TOP, list[tuple[int, str]](), list[str]()

    def close() -> None:
        if blocks:
            found.append(Section(anchor=anchor, headings=tuple(heading for _, heading in path), blocks=tuple(blocks)))
            blocks.clear()

    for position, token in enumerate(tokens):
        if token.level or token.map is None:
            continue
        if token.type == "heading_open":
            close()
            level, heading = int(token.tag[1]), inline_text(tokens[position + 1])
            anchor = anchors.take(heading)
            path[:] = [*(above for above in path if above[0] < level), (level, heading)]
        elif token.nesting >= 0 and token.type != "hr":
            blocks.append("\n".join(lines[token.map[0] : token.map[1]]).strip("\n"))
    close()
    return tuple(found)


def inline_text(token: Token) -> str:
    """The readable text of an inline token: link texts and image descriptions, no addresses."""
    parts = list[str]()
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type in {"text", "code_inline", "image", "text_special"}:
            parts.append(child.content)
    return " ".join("".join(parts).split(" ")).strip()


def plain_text(markdown: str) -> str:
    """The text without any mark-up, on one line; code is kept as it is."""
    texts = (
        inline_text(token) if token.type == "inline" else token.content
        for token in parser().parse(markdown)
        if token.type in {"inline", "fence", "code_block"}
    )
    return " ".join(" ".join(texts).split())


def items(block: str) -> tuple[str, ...]:
    """The Markdown of each item of a list block; the block itself if it is no list."""
    tokens, lines = parser().parse(block), block.split("\n")
    spans = [token.map for token in tokens if token.type == "list_item_open" and token.level == 1 and token.map]
    return tuple("\n".join(lines[start:end]).strip("\n") for start, end in spans) or (block,)


def units(blocks: Sequence[str], language: str) -> tuple[Unit, ...]:
    """The plain sentences, items and rows of the blocks, in order; headings, code and quotes' marks are dropped."""
    return tuple(unit for number, block in enumerate(blocks) for unit in _units(block, number, language))


def _units(block: str, number: int, language: str) -> Iterator[Unit]:
    tokens = parser().parse(block)
    if tokens and tokens[0].type == "table_open":
        yield from (Unit(text=row, kind="row", block=number) for row in _rows(tokens))
        return
    item, depth = list[str](), 0
    for token in tokens:
        if token.type in {"list_item_open", "list_item_close"}:
            depth += token.nesting
            if depth == 0:
                yield Unit(text=" ".join(item), kind="item", block=number)
                item.clear()
        elif token.type == "inline" and depth:
            item.append(inline_text(token))
        elif token.type == "inline":
            yield from (Unit(text=sentence, kind="sentence", block=number) for sentence in split_sentences(inline_text(token), language))


def _rows(tokens: Sequence[Token]) -> Iterator[str]:
    """The body rows of a table as `first cell: other, cells`."""
    cells, body = list[str](), False
    for token in tokens:
        if token.type == "tbody_open":
            body = True
            cells.clear()
        elif token.type == "inline":
            cells.append(inline_text(token))
        elif token.type == "tr_close" and body:
            yield ": ".join(filter(None, (cells[0], ", ".join(cells[1:]))))
            cells.clear()
