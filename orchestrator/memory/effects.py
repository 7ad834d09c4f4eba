"""The effect ledger: what a tool is about to do is written before, and what came of it after, so that nothing is done twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import select

from orchestrator.errors import ConversationError
from orchestrator.store import Unit, tables


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A tool call that changes the world, under its business key."""

    key: str
    conversation_id: str
    turn_id: str
    tool: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The ledger has it: commit, then do it."""


@dataclass(frozen=True, kw_only=True)
class AlreadyDone:
    """It was done before, with this result."""

    result: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class AlreadyRefused:
    """A business rule said no before, by this code."""

    code: str


@dataclass(frozen=True, kw_only=True)
class Unresolved:
    """It was planned before and nobody knows how it ended: look it up where it was to be done, never do it blindly again."""

    planned_at: datetime


PlanOutcome = Planned | AlreadyDone | AlreadyRefused | Unresolved


def business_key(conversation_id: str, message_id: str, action: str, object_id: str) -> str:
    """The key of an effect: one message of a customer does one action on one object once, however often it is run."""
    return "/".join(quote(part, safe="") for part in (conversation_id, message_id, action, object_id))


async def plan(unit: Unit, effect: Effect, now: datetime) -> PlanOutcome:
    """Announce an effect, in a unit that is committed before the tool runs."""
    values = {
        "key": effect.key,
        "conversation_id": effect.conversation_id,
        "turn_id": effect.turn_id,
        "tool": effect.tool,
        "arguments": dict(effect.arguments),
        "status": "planned",
        "result": {},
        "planned_at": now,
    }
    if await unit.add_if_new(tables.Effect, values, unique=("key",)):
        return Planned()
    row = await _row(unit, effect.key)
    if row.status == "done":
        return AlreadyDone(result=row.result)
    if row.status == "refused":
        return AlreadyRefused(code=str(row.result["code"]))
    if row.status == "planned":
        return Unresolved(planned_at=row.planned_at)
    row.status, row.result, row.planned_at, row.settled_at = "planned", {}, now, None
    row.turn_id, row.arguments = effect.turn_id, dict(effect.arguments)
    await unit.session.flush()
    return Planned()


async def done(unit: Unit, key: str, result: Mapping[str, object], now: datetime) -> None:
    """It was done; final.

    Raises:
        ConversationError: It is not planned.
    """
    await _settle(unit, key, ("done", dict(result)), now)


async def refused(unit: Unit, key: str, code: str, now: datetime) -> None:
    """A business rule said no, and nothing was done; final.

    Raises:
        ConversationError: It is not planned.
    """
    await _settle(unit, key, ("refused", {"code": code}), now)


async def failed(unit: Unit, key: str, now: datetime) -> None:
    """It was certainly not done and may be planned again. When in doubt leave it planned.

    Raises:
        ConversationError: It is not planned.
    """
    await _settle(unit, key, ("failed", {}), now)


async def done_in(unit: Unit, conversation_id: str) -> frozenset[str]:
    """The tools whose effects were done in a conversation: what may be said to have been done."""
    table = tables.Effect
    query = select(table.tool).where(table.conversation_id == conversation_id, table.status == "done").distinct()
    return frozenset(await unit.session.scalars(query))


async def unresolved(unit: Unit) -> tuple[Effect, ...]:
    """The effects whose end is unknown, oldest first: what to look up after a restart."""
    rows = await unit.session.scalars(
        select(tables.Effect).where(tables.Effect.status == "planned").order_by(tables.Effect.planned_at, tables.Effect.key)
    )
    return tuple(
        Effect(key=row.key, conversation_id=row.conversation_id, turn_id=row.turn_id, tool=row.tool, arguments=row.arguments)
        for row in rows
    )


async def _settle(unit: Unit, key: str, outcome: tuple[str, dict[str, object]], now: datetime) -> None:
    row = await _row(unit, key)
    if row.status != "planned":
        raise ConversationError(f"effect {key!r} is {row.status}, not planned: only what was planned can be settled, and only once")
    row.status, row.result = outcome
    row.settled_at = now
    await unit.session.flush()


async def _row(unit: Unit, key: str) -> tables.Effect:
    row = await unit.session.get(tables.Effect, key, with_for_update=True)
    if row is None:
        raise ConversationError(f"effect {key!r} was never planned. Call plan() and commit before doing it")
    return row
