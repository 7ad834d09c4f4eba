"""Questions that the knowledge base could not answer, counted, so that somebody writes the missing article."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select, update

from orchestrator.conversation import Language
from orchestrator.store import Unit, tables

_NOT_WORDS = re.compile(r"[\W_]+")
_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A question without an answer, as asked, and where."""

    question: str
    language: Language
    conversation_id: str = ""
    agent: str = ""
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class CountedGap:
    """The same question, by however many; worded as it was asked first."""

    id: int
    question: str
    language: Language
    times: int
    first_at: datetime
    last_at: datetime
    agent: str
    region: str


async def record(unit: Unit, gap: Gap, now: datetime) -> int:
    """Count a question and return how often it has been asked; case, accents, punctuation and spaces make no difference."""
    table, normalised = tables.Gap, _normalise(gap.question)
    values = {
        "language": gap.language,
        "normalised": normalised,
        "question": gap.question[:_LONGEST],
        "times": 0,
        "first_at": now,
        "last_at": now,
        "conversation_id": gap.conversation_id,
        "agent": gap.agent,
        "region": gap.region,
    }
    await unit.add_if_new(table, values, unique=("language", "normalised"))
    counted = update(table).where(table.language == gap.language, table.normalised == normalised)
    return (await unit.session.execute(counted.values(times=table.times + 1, last_at=now).returning(table.times))).scalar_one()


async def most_asked(unit: Unit, limit: int = 50) -> tuple[CountedGap, ...]:
    """The most frequent questions, then the latest."""
    table = tables.Gap
    rows = await unit.session.scalars(select(table).order_by(table.times.desc(), table.last_at.desc(), table.id).limit(limit))
    return tuple(
        CountedGap(
            id=row.id,
            question=row.question,
            language=cast("Language", row.language),
            times=row.times,
            first_at=row.first_at,
            last_at=row.last_at,
            agent=row.agent,
            region=row.region,
        )
        for row in rows
    )


def _normalise(question: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", question.casefold()) if not unicodedata.combining(letter))
    return _NOT_WORDS.sub(" ", plain).strip()[:_LONGEST]
