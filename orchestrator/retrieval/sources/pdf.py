"""PDF as Markdown: lines joined to paragraphs, larger type made headings, what every page repeats left out."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGER = 1.12
"""From this many times the size of most letters, a short line is a heading."""
HEADING_WORDS = 16
REPEATED_SHARE = 0.5
"""A first or last line that stands on this share of the pages (three at least) is a header or footer."""
EDGE = 3
BULLET = re.compile(r"^\s*(?:[•▪●‣◦–-]|\d{1,2}[.)])\s+")
NUMBERED = re.compile(r"^\s*(\d{1,2})[.)]\s+")
END = re.compile(r"[.!?:;…»”\"]$")


@dataclass(frozen=True, kw_only=True)
class _Line:
    text: str
    size: float


def read_pdf(data: bytes, source: str, limits: Limits) -> SourceDocument:
    """A PDF; its title is the document's own, else its first heading, else the file's name.

    Raises:
        Refused: It is encrypted, damaged, a scan, or larger than the limits.
    """
    from pypdf import PdfReader

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise Refused("it is encrypted. Save it without a password.")
        pages = _pages(reader, limits)
        title = str((reader.metadata.title if reader.metadata else "") or "").strip()
    except Refused:
        raise
    except Exception as error:  # a damaged document fails anywhere in the reader; each is refused and the others go on
        raise Refused(f"it is no readable PDF ({type(error).__name__}). Open it and save it again.") from error
    lines = _without_edges(pages)
    markdown = _markdown(lines)
    first = re.match(r"#+ (.+)\n+", markdown)
    if first and (not title or title.casefold() == first.group(1).casefold()):
        title, markdown = first.group(1), markdown[first.end() :]
    limits.check_text(markdown)
    return SourceDocument(source=source, title=title or PurePosixPath(source).stem.replace("-", " ").replace("_", " "), markdown=markdown)


def _pages(reader: PdfReader, limits: Limits) -> list[list[_Line]]:
    count, characters, deadline = len(reader.pages), 0, time.monotonic() + limits.seconds
    if count > limits.pages:
        raise Refused(f"it has {count} pages; {limits.pages} are read at most. Split it.")
    pages = list[list[_Line]]()
    for page in reader.pages:
        pages.append(_lines(page))
        characters += sum(len(line.text) for line in pages[-1])
        if characters > limits.characters:
            raise Refused(f"it has more than {limits.characters} characters. Split it.")
        if time.monotonic() > deadline:
            raise Refused(f"reading it takes more than {limits.seconds:.0f} seconds. Split it or save it again.")
    return pages


def _lines(page: PageObject) -> list[_Line]:
    """The page's lines in reading order with the size of their letters."""
    sizes = dict[str, float]()

    def visit(text: str, _ctm: object, matrix: list[float], _font: object, size: float) -> None:
        real = abs(size * (matrix[3] or matrix[0] or 1.0))
        for part in text.split("\n"):
            if key := " ".join(part.split()):
                sizes.setdefault(key, real)

    text = page.extract_text(visitor_text=visit)
    return [_Line(text=line.strip(), size=sizes.get(" ".join(line.split()), 0.0)) for line in text.split("\n")]


def _without_edges(pages: Sequence[Sequence[_Line]]) -> list[_Line]:
    def form(line: _Line) -> str:
        return re.sub(r"\d+", "0", line.text)

    counts = Counter[str]()
    for page in pages:
        filled = [line for line in page if line.text]
        counts.update({form(line) for line in (*filled[:EDGE], *filled[-EDGE:])})
    often = {key for key, count in counts.items() if count >= max(3, REPEATED_SHARE * len(pages))}
    return [line for page in pages for line in page if form(line) not in often]


def _markdown(lines: Sequence[_Line]) -> str:
    letters = Counter[float]()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    usual = letters.most_common(1)[0][0] if letters else 0.0
    larger = sorted({round(line.size, 1) for line in lines if usual and line.size >= LARGER * usual}, reverse=True)
    levels = {size: min(level, 4) for level, size in enumerate(larger, 1)}

    def level(line: _Line) -> int:
        return levels.get(round(line.size, 1), 0) if len(line.text.split()) <= HEADING_WORDS else 0

    blocks = list[str]()
    for (depth, empty), group in groupby(lines, key=lambda line: (level(line), not line.text)):
        texts = [line.text for line in group]
        if depth:
            blocks.append("#" * depth + " " + " ".join(texts))
        elif not empty:
            blocks.extend(_paragraphs(texts))
    return "\n\n".join(blocks)


def _paragraphs(texts: Sequence[str]) -> list[str]:
    """Lines joined: list items on lines of their own, words cut at a line's end made whole, a short full line ends a paragraph."""
    longest = max(len(text) for text in texts)
    found, current, listed = list[str](), "", list[str]()
    for text in texts:
        if BULLET.match(text):
            if current:
                found.append(current)
                current = ""
            number = NUMBERED.match(text)
            listed.append(f"{number.group(1)}. {text[number.end() :]}" if number else "- " + BULLET.sub("", text, count=1))
            continue
        if listed and not END.search(listed[-1]):
            listed[-1] = _joined(listed[-1], text)
            continue
        if listed:
            found.append("\n".join(listed))
            listed = []
        current = _joined(current, text)
        if END.search(text) and len(text) < 0.75 * longest:
            found.append(current)
            current = ""
    return [*found, *(["\n".join(listed)] if listed else []), *([current] if current else [])]


def _joined(before: str, text: str) -> str:
    if before.endswith("-") and text[:1].islower():
        return before[:-1] + text
    return f"{before} {text}".strip()
