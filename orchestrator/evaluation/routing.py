"""Measures team routing on messages of shops the project has never seen: rows `{"text", "team"}`."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestrator.evaluation.rows import read_rows, text_of
from orchestrator.graph.decision import Decision, Standing, decide
from orchestrator.project.examples import HUMAN
from orchestrator.project.project import Project
from orchestrator.understanding.reader import Reader
from orchestrator.understanding.reading import Reading, ReadingContext


@dataclass(frozen=True, kw_only=True)
class RoutedRow:
    """A message with the team it belongs to."""

    text: str
    team: str


@dataclass(frozen=True, kw_only=True)
class RoutingReport:
    """Shares are of all rows.

    `recall` counts a message as its team's when the supervisor decides for that team; a clarifying question counts when all its
    choices are the team's, or when the team's intent is the likeliest; `recall_strict` counts only messages routed without a question.
    """

    rows: int
    recall: dict[str, float]
    macro_recall: float
    recall_strict: dict[str, float]
    macro_recall_strict: float
    clarified: float
    escalated: float
    answered: float

    def as_dict(self) -> dict[str, object]:
        """The report as JSON values."""
        return dict(vars(self))

    def as_rows(self) -> list[tuple[str, str]]:
        """The report as lines of a table."""
        teams = [
            (f"recall {team}", f"{value:.3f} ({self.recall_strict[team]:.3f} without a question)") for team, value in self.recall.items()
        ]
        macro = ("macro recall", f"{self.macro_recall:.3f} ({self.macro_recall_strict:.3f} without a question)")
        shares = [
            ("clarified", f"{self.clarified:.3f}"),
            ("escalated", f"{self.escalated:.3f}"),
            ("sent to knowledge", f"{self.answered:.3f}"),
        ]
        return [("rows", str(self.rows)), *teams, macro, *shares]


def load_routed(path: Path) -> tuple[RoutedRow, ...]:
    """The rows of a JSON-lines file.

    Raises:
        ProjectError: A line is wrong.
    """
    rows = [(text_of(path, line, row, "text"), text_of(path, line, row, "team")) for line, row in read_rows(path)]
    return tuple(RoutedRow(text=text, team=team) for text, team in rows)


def measure_routing(rows: Sequence[RoutedRow], reader: Reader, project: Project, now: datetime) -> RoutingReport:
    """Reads and decides each message as the first of a conversation."""
    likely: list[tuple[str, str]] = []
    strict: list[tuple[str, str]] = []
    kinds: Counter[str] = Counter()
    policy = project.policy
    for row in rows:
        context = ReadingContext(now=now, region=policy.default_region, language=policy.company.default_language)
        reading = reader.read(row.text, context)
        decision = decide(reading, Standing(owners=project.owners), policy.routing)
        kinds[decision.kind] += 1
        likely.append((row.team, team_of(decision, reading, project)))
        strict.append((row.team, team_of(decision, reading, project) if decision.kind in ("route", "escalate") else ""))
    recall, recall_strict = _recalls(likely), _recalls(strict)
    return RoutingReport(
        rows=len(rows),
        recall=recall,
        macro_recall=statistics.fmean(recall.values()) if recall else 0.0,
        recall_strict=recall_strict,
        macro_recall_strict=statistics.fmean(recall_strict.values()) if recall_strict else 0.0,
        clarified=kinds["clarify"] / max(len(rows), 1),
        escalated=kinds["escalate"] / max(len(rows), 1),
        answered=kinds["answer"] / max(len(rows), 1),
    )


def team_of(decision: Decision, reading: Reading, project: Project) -> str:
    """The team that a decision gives a message to; the likeliest intent's for a question or an answer from knowledge."""
    if decision.kind == "escalate":
        return HUMAN
    return decision.agent or project.owners.get(reading.distribution.intent, "")


def _recalls(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    teams = sorted({team for team, _ in pairs})
    return {team: statistics.fmean(float(found == team) for wanted, found in pairs if wanted == team) for team in teams}
