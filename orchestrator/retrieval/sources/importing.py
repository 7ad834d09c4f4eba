"""Documents made articles of the knowledge folder: placed, labelled, versioned, and looked through before they get there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.project.articles import FRONT_MATTER
from orchestrator.retrieval.personal import find_personal
from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument
from orchestrator.retrieval.sources.reading import read_source
from orchestrator.retrieval.sources.repeated import without_repeated
from orchestrator.retrieval.sources.report import Flag, ImportReport, Written

if TYPE_CHECKING:
    from collections.abc import Mapping

Detect = Callable[[str], Language | None]
"""The language of a text, or None when it is none of those the project speaks."""
LEFT_BRACES = re.compile(r"\{(?=[{%#])")
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
"""Characters nobody sees, which only carry hidden text."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What every article of an import is labelled with; a table's own days and topics come first."""

    topic: str = "imported"
    language: Language | None = None
    regions: tuple[str, ...] = ()
    audience: Literal["public", "staff"] = "public"
    authority: int = 0
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of an import: its bytes are read when its turn comes, so that only one is held at a time."""

    source: str
    read: Callable[[], bytes]
    kind: str = ""


@dataclass(kw_only=True)
class Import:
    """Files made articles below a knowledge folder.

    An article knows its source by front matter, so that importing again rewrites what changed and leaves the rest. Documents with
    personal data are withheld unless `personal` allows them; unreadable ones are refused; the others go on.
    """

    folder: Path
    labels: Labels
    detect: Detect
    today: date
    limits: Limits = field(default_factory=Limits)
    personal: bool = False
    dry: bool = False

    def run(self, files: Iterable[File], *, prune: tuple[str, ...] = ()) -> ImportReport:
        """Imports files and reports what became of each.

        Args:
            files: In any order.
            prune: Articles whose source begins with one of these and is not among the files are removed.
        """
        documents, refused = self._read(files)
        known = imported(self.folder)
        taken = {path.stem for path in self.folder.glob("*/*/*.md")}
        rows, withheld = list[Written](), list[Flag]()
        for document in without_repeated(documents):
            flags = self._personal(document)
            withheld += flags
            if flags and not self.personal:
                continue
            try:
                found = self._place(document, known.get(document.source), taken)
            except Refused as error:
                refused.append(Flag(source=document.source, reason=str(error)))
                continue
            rows.append(self._write(document, found))
        rows += self._prune(known, {document.source for document in documents} | {flag.source for flag in refused}, prune)
        return ImportReport(articles=tuple(rows), refused=tuple(refused), withheld=tuple(withheld))

    def _read(self, files: Iterable[File]) -> tuple[list[SourceDocument], list[Flag]]:
        documents, refused = list[SourceDocument](), list[Flag]()
        for file in files:
            try:
                documents += read_source(file.read(), file.source, self.limits, file.kind)
            except Refused as error:
                refused.append(Flag(source=file.source, reason=str(error)))
        return documents, refused

    def _personal(self, document: SourceDocument) -> list[Flag]:
        text = f"{document.title}\n{document.markdown}"
        return [
            Flag(
                source=document.source, line=text.count("\n", 0, found.start),
                reason=f"line {text.count(chr(10), 0, found.start)} holds personal data ({found.kind} {found.shown}). "
                "Remove it there, or allow it with --allow-personal.",
            )
            for found in find_personal(text)
        ]  # fmt: skip

    def _place(self, document: SourceDocument, before: Path | None, taken: set[str]) -> Path:
        if before is not None:
            return before
        language = self.labels.language or next((known for known in LANGUAGES if known == document.language), None)
        language = language or self.detect(f"{document.title}. {document.markdown[:2_000]}")
        if language is None:
            raise Refused("its language is none of the project's. Name it with --language.")
        base = slug(document.title) or slug(Path(document.source).stem) or "article"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        return self.folder / language / (slug(document.topic) or self.labels.topic) / f"{name}.md"

    def _write(self, document: SourceDocument, path: Path) -> Written:
        body = template_safe(clean(document.markdown)).strip() + "\n"
        version = blake2b(f"{document.title}\n{body}".encode(), digest_size=6).hexdigest()
        matter = front_matter(path) if path.exists() else {}
        labels = self._front(document, version)
        same = {key: value for key, value in matter.items() if key != "updated"} == labels
        change: Literal["new", "changed", "kept"] = "kept" if same else "changed" if matter else "new"
        if not same and not self.dry:
            path.parent.mkdir(parents=True, exist_ok=True)
            head = yaml.safe_dump({**labels, "updated": self.today}, allow_unicode=True, sort_keys=False, width=10_000)
            path.write_text(f"---\n{head}---\n{body}", encoding="utf-8")
        key = "/".join((*path.relative_to(self.folder).parts[:2], path.stem))
        return Written(source=document.source, article=key, title=document.title, change=change)

    def _front(self, document: SourceDocument, version: str) -> dict[str, object]:
        labels = self.labels
        found: dict[str, object] = {"title": clean(document.title) or "Untitled", "source": document.source, "version": version}
        found |= {"regions": list(labels.regions)} if labels.regions else {}
        found |= {"audience": labels.audience} if labels.audience != "public" else {}
        found |= {"authority": labels.authority} if labels.authority else {}
        days = {"valid_from": document.valid_from or labels.valid_from, "valid_until": document.valid_until or labels.valid_until}
        return found | {name: day for name, day in days.items() if day}

    def _prune(self, known: Mapping[str, Path], seen: set[str], prune: tuple[str, ...]) -> list[Written]:
        rows = list[Written]()
        for source, path in sorted(known.items()):
            if source.startswith(prune) and source not in seen and source.partition("#")[0] not in seen:
                key = "/".join((*path.relative_to(self.folder).parts[:2], path.stem))
                rows.append(Written(source=source, article=key, title=str(front_matter(path).get("title", "")), change="removed"))
                if not self.dry:
                    path.unlink()
        return rows


def imported(folder: Path) -> dict[str, Path]:
    """The articles of a knowledge folder that an import wrote, by source."""
    return {str(source): path for path in sorted(folder.glob("*/*/*.md")) if (source := front_matter(path).get("source"))}


def front_matter(path: Path) -> dict[str, object]:
    """What stands above an article's body; empty when it cannot be read (the project's check reports that)."""
    try:
        found = FRONT_MATTER.match(path.read_text("utf-8-sig").replace("\r\n", "\n"))
        loaded: object = yaml.safe_load(found.group(1) or "") if found else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else {}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # YAML


def clean(text: str) -> str:
    """The text without characters nobody sees."""
    return UNSAFE.sub("", unicodedata.normalize("NFC", text))


def template_safe(markdown: str) -> str:
    """Markdown that an article's template prints as it stands: braces of others must not become our template's."""
    lines = list[str]()
    for line in markdown.split("\n"):
        if line.startswith("#"):
            lines.append(LEFT_BRACES.sub("(", line))
        else:
            lines.append(LEFT_BRACES.sub("{{ '{' }}", line))
    return "\n".join(lines)


def slug(text: str) -> str:
    """The text as an address: lower-case letters, digits and hyphens, at most 60 characters."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")


def files_of(paths: Sequence[Path], limits: Limits, endings: frozenset[str]) -> list[File]:
    """The files of paths and folders, hidden ones left out; sources are paths below each folder's parent."""

    def reading(path: Path) -> Callable[[], bytes]:
        return lambda: limits.read(path)

    found = list[File]()
    for given in paths:
        if given.is_dir():
            inside = [path for path in sorted(given.rglob("*")) if path.is_file() and path.suffix.lower() in endings]
            shown = [path for path in inside if not any(part.startswith(".") for part in path.relative_to(given).parts)]
            own = [path for path in shown if path.resolve().is_relative_to(given.resolve())]
            found += [File(source=path.relative_to(given.parent).as_posix(), read=reading(path)) for path in own]
        else:
            found.append(File(source=given.name, read=reading(given)))
    return found
