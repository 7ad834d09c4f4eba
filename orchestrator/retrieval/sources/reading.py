"""Which reader reads which file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument
from orchestrator.retrieval.sources.pdf import read_pdf
from orchestrator.retrieval.sources.table import read_table
from orchestrator.retrieval.sources.web import read_page
from orchestrator.retrieval.sources.word import read_word

ENDINGS = frozenset({".html", ".htm", ".xhtml", ".pdf", ".docx", ".csv", ".tsv", ".md", ".markdown", ".txt"})
"""What is read; other files of a folder are passed over."""


def read_source(data: bytes, source: str, limits: Limits | None = None, kind: str = "") -> tuple[SourceDocument, ...]:
    """The documents in a file's bytes; its ending tells the format.

    Args:
        data: The file.
        source: Its path below the import's root, or its address.
        limits: The most it may take.
        kind: The ending, where the source has none (`.html` of an address).

    Raises:
        Refused: It cannot or must not be read; the text says why.
    """
    limits = limits or Limits()
    ending = kind or PurePath(source).suffix.lower()
    if ending in {".html", ".htm", ".xhtml"}:
        return (read_page(data, source, limits),)
    if ending == ".pdf" or data.startswith(b"%PDF-"):
        return (read_pdf(data, source, limits),)
    if ending == ".docx":
        return (read_word(data, source, limits),)
    if ending in {".csv", ".tsv"}:
        return tuple(read_table(data, source, limits))
    if ending in {".md", ".markdown", ".txt"}:
        return (_plain(data, source, limits),)
    raise Refused(f"the format {ending or 'without an ending'!r} is not read. Give HTML, PDF, DOCX, CSV or Markdown.")


def _plain(data: bytes, source: str, limits: Limits) -> SourceDocument:
    try:
        text = limits.check_text(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise Refused("it is not UTF-8. Save it as UTF-8 text.") from error
    first = re.match(r"\s*#\s+(.+)\n", text)
    stem = PurePath(source).stem.replace("-", " ").replace("_", " ")
    body: Iterable[str] = text[first.end() :] if first else text
    return SourceDocument(source=source, title=first.group(1).strip() if first else stem, markdown=str(body).strip())
