"""What an import did, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Literal, Self

from orchestrator.retrieval.sources.likeness import Conflict, Pair


@dataclass(frozen=True, kw_only=True)
class Written:
    """An article of the import and what became of it."""

    source: str
    article: str
    title: str
    change: Literal["new", "changed", "kept", "removed"]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A document that was not taken, or taken with a doubt, and why."""

    source: str
    reason: str
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """Articles, refusals (bombs, encrypted, unreadable), withheld ones (personal data), and doubts over the whole knowledge folder."""

    articles: tuple[Written, ...] = ()
    refused: tuple[Flag, ...] = ()
    withheld: tuple[Flag, ...] = ()
    duplicates: tuple[Pair, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def refusing(cls, source: str, reason: str) -> Self:
        """The report of one document that was refused."""
        return cls(refused=(Flag(source=source, reason=reason),))

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(
            articles=self.articles + other.articles, refused=self.refused + other.refused, withheld=self.withheld + other.withheld,
            duplicates=self.duplicates + other.duplicates, conflicts=self.conflicts + other.conflicts,
        )  # fmt: skip

    def with_doubts(self, found: ImportReport) -> ImportReport:
        """This report with the duplicates and contradictions of another."""
        return replace(self, duplicates=found.duplicates, conflicts=found.conflicts)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)

    def as_lines(self) -> list[str]:
        """For the terminal."""
        counts = {change: sum(row.change == change for row in self.articles) for change in ("new", "changed", "kept", "removed")}
        lines = [f"{len(self.articles)} articles: " + ", ".join(f"{count} {change}" for change, count in counts.items()) + "."]
        lines = lines if self.articles else []
        lines += [f"{row.change}: {row.article} from {row.source}" for row in self.articles if row.change != "kept"]
        lines += [f"refused: {flag.source}: {flag.reason}" for flag in self.refused]
        lines += [f"withheld: {flag.source}: {flag.reason}" for flag in self.withheld]
        lines += [f"nearly the same: {pair.left} and {pair.right} ({pair.likeness:.0%})" for pair in self.duplicates]
        lines += [f"contradiction on {row.question!r}: {row.left} and {row.right} ({', '.join(row.units)})" for row in self.conflicts]
        return lines or ["Nothing to report."]
