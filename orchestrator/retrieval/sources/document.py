"""What every reader of a format returns, and how much it may take: a document as Markdown, or a refusal with its reason."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestrator.errors import OrchestratorError


class Refused(OrchestratorError):
    """A document is not read; the text says why and what to do. The others go on."""


@dataclass(frozen=True, kw_only=True)
class SourceDocument:
    """A document as Markdown under its title.

    `source` tells it from all others of an import (path below its root, or address), `language` is what the document says of itself
    (empty: nothing), and `topic` and the days are those of a table's row, where it has them.
    """

    source: str
    title: str
    markdown: str
    language: str = ""
    topic: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most one document may take, so that a bomb costs neither the memory nor the afternoon."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 200_000_000
    unpacked_ratio: int = 200
    """Unpacked over packed size of an archive; office documents stay below 30."""
    members: int = 5_000
    pages: int = 1_000
    characters: int = 3_000_000
    rows: int = 20_000
    seconds: float = 60.0
    """Of reading one PDF."""

    def read(self, path: Path) -> bytes:
        """The file's bytes.

        Raises:
            Refused: It is too large or cannot be read.
        """
        try:
            size = path.stat().st_size
            if size > self.file_bytes:
                raise Refused(f"the file has {size // 1_000_000} MB; {self.file_bytes // 1_000_000} are read at most. Split it.")
            return path.read_bytes()
        except OSError as error:
            raise Refused(f"cannot be read: {error.strerror}. Check the file and its permissions.") from error

    def check_text(self, text: str) -> str:
        """The text itself.

        Raises:
            Refused: It is too long, or there is none.
        """
        if len(text) > self.characters:
            raise Refused(f"the text has {len(text)} characters; {self.characters} are read at most. Split the document.")
        if not text.strip():
            raise Refused("there is no text in it. If it is a scan, recognise its text first.")
        return text

    def check_archive(self, archive: zipfile.ZipFile, packed: int) -> None:
        """Looks at an archive's table of contents before anything is unpacked.

        Raises:
            Refused: It is encrypted, or would unpack to far more than it holds.
        """
        entries = archive.infolist()
        total = sum(entry.file_size for entry in entries)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused("it is encrypted. Save it without a password.")
        if len(entries) > self.members or total > self.unpacked_bytes or total > self.unpacked_ratio * max(packed, 1_000):
            raise Refused(f"it unpacks to {total // 1_000_000} MB in {len(entries)} parts from {packed // 1_000} KB, as a bomb would.")
