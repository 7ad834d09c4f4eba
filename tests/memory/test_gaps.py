import pytest

from orchestrator.memory import gaps
from orchestrator.memory.gaps import Gap
from orchestrator.store import Database

from .given import NOW, later

pytestmark = pytest.mark.anyio


async def test_the_same_question_is_counted_however_it_is_typed(database: Database) -> None:
    asked = ["Réparez-vous les bouilloires ?", "reparez vous les BOUILLOIRES", "  Réparez–vous, les bouilloires?! "]
    async with database.unit() as unit:
        times = [
            await gaps.record(unit, Gap(question=question, language="fr", agent="support", region="FR"), later(hours=n))
            for n, question in enumerate(asked)
        ]
        found = await gaps.most_asked(unit)
    assert times == [1, 2, 3]
    assert [(gap.question, gap.times, gap.first_at, gap.last_at) for gap in found] == [(asked[0], 3, NOW, later(hours=2))]
    assert (found[0].language, found[0].agent, found[0].region) == ("fr", "support", "FR")


async def test_the_most_asked_come_first_and_languages_are_counted_apart(database: Database) -> None:
    async with database.unit() as unit:
        for question, times in (("Do you ship to Malta?", 1), ("Do you repair kettles?", 3)):
            for _ in range(times):
                await gaps.record(unit, Gap(question=question, language="en"), NOW)
        await gaps.record(unit, Gap(question="Do you repair kettles?", language="de"), later(hours=1))
        found = [(gap.question, gap.language, gap.times) for gap in await gaps.most_asked(unit, limit=2)]
    assert found == [("Do you repair kettles?", "en", 3), ("Do you repair kettles?", "de", 1)]


async def test_a_question_of_a_megabyte_or_of_no_words_is_recorded_too(database: Database) -> None:
    async with database.unit() as unit:
        assert await gaps.record(unit, Gap(question="why " * 250_000, language="en"), NOW) == 1
        assert await gaps.record(unit, Gap(question="???", language="en"), NOW) == 1
        assert max(len(gap.question) for gap in await gaps.most_asked(unit)) == 500
