"""A case runs as a customer would talk: over conversations and channels, in a world of its own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from orchestrator.evaluation.suite import CaseResult, run_case, run_suites
from orchestrator.memory import conversations
from orchestrator.project.suites import Expectation, Suite, SuiteCase, SuiteTurn
from orchestrator.runtime import Orchestrator
from tests.projects.tiny_house import PRICE, REPAIR, host_token

pytestmark = pytest.mark.anyio
LEA = "lea.rochat@example.ch"


def turn(say: str, conversation: str = "main", **expect: object) -> SuiteTurn:
    return SuiteTurn(say=say, conversation=conversation, expect=Expectation.model_validate(expect))


async def test_a_case_talks_in_its_language_region_and_channel_as_its_customer(orchestrator: Orchestrator) -> None:
    case = SuiteCase(name="all", region="FR", channel="email", customer=LEA, turns=(turn(PRICE, says=["39"]), turn(REPAIR, "second")))
    result = await run_case("own", case, orchestrator, host_token)
    assert result.passed, result.turns[0].misses
    assert [one.shown.calls for one in result.turns] == [(), ("repair_status",)]
    async with orchestrator.house.database.reading() as unit:
        found = [await conversations.get(unit, f"conversation_{number}") for number in (1, 2)]
    assert [(one.region, one.channel, one.customer_id) for one in found if one] == [("FR", "email", "customer_1")] * 2


async def test_a_miss_is_kept_with_its_turn_and_the_case_goes_on(orchestrator: Orchestrator) -> None:
    case = SuiteCase(name="wrong", turns=(turn(PRICE, says=["elephant"]), turn(REPAIR, calls=["repair_status"])))
    result = await run_case("own", case, orchestrator, host_token)
    assert [one.misses for one in result.turns] == [("does not say 'elephant'",), ()]
    assert not result.passed


async def test_every_case_has_a_stage_of_its_own_and_is_heard_of_when_it_is_done(orchestrator: Orchestrator, suite: Suite) -> None:
    staged: list[str] = []
    heard: list[CaseResult] = []

    @asynccontextmanager
    async def stage() -> AsyncGenerator[Orchestrator, None]:
        staged.append(f"case {len(heard)}")
        yield orchestrator

    results = await run_suites([suite, suite], stage, host_token, heard.append)
    assert results == heard
    assert staged == ["case 0", "case 1"]
    assert [result.suite for result in results] == [suite.name, suite.name]


@pytest.fixture
def suite(orchestrator: Orchestrator) -> Suite:
    return orchestrator.house.project.suites[0]
