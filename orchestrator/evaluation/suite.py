"""Runs suites of conversations through `Orchestrator.send`, exactly as a channel would."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from orchestrator.conversation import Inbound
from orchestrator.evaluation.expectations import misses
from orchestrator.evaluation.transcript import Shown, shown
from orchestrator.memory import conversations
from orchestrator.project.suites import Suite, SuiteCase
from orchestrator.runtime import Orchestrator

Token = Callable[[str], str]
"""A signed token of the host site for the customer with this e-mail address."""
Stage = Callable[[], AbstractAsyncContextManager[Orchestrator]]
"""Opens an orchestrator with a fresh database and a fresh shop."""


@dataclass(frozen=True, kw_only=True)
class TurnResult:
    """One turn of a case: what was said, what was shown, and what was not as expected."""

    say: str
    shown: Shown
    misses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """One case; it passes when no turn misses anything. `reasked` counts questions for a slot that an earlier turn had filled."""

    suite: str
    name: str
    language: str
    turns: tuple[TurnResult, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not any(turn.misses for turn in self.turns)

    @property
    def reasked(self) -> int:
        """How often the same thing was asked twice in a row of the case."""
        asked = [turn.shown.asks for turn in self.turns if turn.shown.asks not in ("", "confirmation", "choice")]
        return len(asked) - len(set(asked))


async def run_suites(suites: Sequence[Suite], stage: Stage, token: Token, done: Callable[[CaseResult], None]) -> list[CaseResult]:
    """Runs every case in a world of its own, so that what one does spoils no other; `done` hears of each."""
    results: list[CaseResult] = []
    for suite in suites:
        for case in suite.cases:
            async with stage() as orchestrator:
                results.append(await run_case(suite.name, case, orchestrator, token))
            done(results[-1])
    return results


async def run_case(suite: str, case: SuiteCase, orchestrator: Orchestrator, token: Token) -> CaseResult:
    """Runs one case."""
    began = time.perf_counter()
    own: dict[str, str] = {}
    turns: list[TurnResult] = []
    for turn in case.turns:
        conversation = own.setdefault(turn.conversation, orchestrator.house.new_id("conversation"))
        inbound = Inbound(
            conversation_id=conversation,
            text=turn.say,
            channel=turn.channel or case.channel,
            region=case.region,
            token=token(case.customer) if case.customer else None,
        )
        seen = await _turn(orchestrator, inbound)
        turns.append(TurnResult(say=turn.say, shown=seen, misses=misses(turn.expect, seen)))
    return CaseResult(suite=suite, name=case.name, language=case.language, turns=tuple(turns), seconds=time.perf_counter() - began)


async def _turn(orchestrator: Orchestrator, inbound: Inbound) -> Shown:
    began = time.perf_counter()
    events = [event async for event in orchestrator.send(inbound)]
    elapsed = 1000 * (time.perf_counter() - began)
    async with orchestrator.house.database.reading() as unit:
        conversation = await conversations.get(unit, inbound.conversation_id)
    return shown(events, conversation.form if conversation else None, elapsed)
