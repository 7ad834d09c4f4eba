"""Turns and the events they emitted, numbered per conversation so that a reader can go on where it stopped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import cast, get_args

from sqlalchemy import func, select

from orchestrator.errors import ConversationError
from orchestrator.events import Event, TextDelta
from orchestrator.memory import documents
from orchestrator.store import Unit, tables
from orchestrator.store.tables import JsonObject

_KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
_RUN = "TextRun"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn: which messages it answers, when it ran, and how it was routed (JSON)."""

    id: str
    conversation_id: str
    message_ids: tuple[str, ...]
    started: datetime
    finished: datetime | None = None
    route: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class NumberedEvent:
    """An event with its place in the conversation, from 1."""

    number: int
    turn_id: str
    event: Event


async def start(unit: Unit, turn: Turn) -> int:
    """Store the turn and return the conversation's last event number: this turn's events count on from it."""
    await unit.add(
        tables.Turn(
            id=turn.id,
            conversation_id=turn.conversation_id,
            message_ids=list(turn.message_ids),
            started=turn.started,
            finished=turn.finished,
            route=dict(turn.route),
        )
    )
    return await last_number(unit, turn.conversation_id)


async def record(unit: Unit, turn: Turn, events: Sequence[Event]) -> int:
    """Store events after the conversation's last one and return the new last number."""
    number = await last_number(unit, turn.conversation_id)
    for run in _runs(events):
        number += len(run)
        kind, body = _encode_run(run)
        unit.session.add(tables.Event(conversation_id=turn.conversation_id, number=number, turn_id=turn.id, kind=kind, body=body))
    await unit.session.flush()
    return number


async def finish(unit: Unit, turn: Turn) -> None:
    """Store when the turn ended, how it was routed and all it answered.

    Raises:
        ConversationError: The turn was never started, or has been erased.
    """
    row = await unit.session.get(tables.Turn, turn.id)
    if row is None:
        raise ConversationError(f"there is no turn {turn.id!r}")
    row.finished, row.route, row.message_ids = turn.finished, dict(turn.route), list(turn.message_ids)
    await unit.session.flush()


async def get(unit: Unit, turn_id: str) -> Turn | None:
    """The turn, or None."""
    row = await unit.session.get(tables.Turn, turn_id)
    return None if row is None else _turn(row)


async def of_conversation(unit: Unit, conversation_id: str) -> tuple[Turn, ...]:
    """The turns of a conversation, in their order."""
    query = select(tables.Turn).where(tables.Turn.conversation_id == conversation_id).order_by(tables.Turn.started, tables.Turn.id)
    return tuple(_turn(row) for row in await unit.session.scalars(query))


async def last_number(unit: Unit, conversation_id: str) -> int:
    """The number of the conversation's last event, 0 before the first."""
    query = select(func.max(tables.Event.number)).where(tables.Event.conversation_id == conversation_id)
    return await unit.session.scalar(query) or 0


async def events_after(unit: Unit, conversation_id: str, number: int, limit: int = 1000) -> tuple[NumberedEvent, ...]:
    """The events after a number (0: from the beginning), at most `limit`, each exactly once."""
    query = select(tables.Event).where(tables.Event.conversation_id == conversation_id, tables.Event.number > number)
    rows = await unit.session.scalars(query.order_by(tables.Event.number).limit(limit))
    numbered = (event for row in rows for event in _decode_run(row))
    return tuple(event for event in numbered if event.number > number)[:limit]


def encode(event: Event) -> tuple[str, JsonObject]:
    """An event as its kind and a JSON document."""
    return type(event).__name__, documents.write(event)


def decode(kind: str, body: JsonObject) -> Event:
    """The event of a kind and a document."""
    return documents.read(_KINDS[kind], body)


def _runs(events: Iterable[Event]) -> list[list[Event]]:
    # A reply is dozens of small deltas; a row each would be most of the database.
    runs: list[list[Event]] = []
    for event in events:
        if runs and _continues(runs[-1][-1], event):
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def _continues(previous: Event, event: Event) -> bool:
    return (
        isinstance(previous, TextDelta)
        and isinstance(event, TextDelta)
        and (previous.message_id, previous.agent) == (event.message_id, event.agent)
    )


def _encode_run(run: Sequence[Event]) -> tuple[str, JsonObject]:
    first = run[0]
    if len(run) == 1 or not isinstance(first, TextDelta):
        return encode(first)
    texts = [event.text for event in run if isinstance(event, TextDelta)]
    ends = [0]
    for text in texts:
        ends.append(ends[-1] + len(text))
    return _RUN, {"message_id": first.message_id, "agent": first.agent, "text": "".join(texts), "ends": ends}


def _decode_run(row: tables.Event) -> list[NumberedEvent]:
    if row.kind != _RUN:
        return [NumberedEvent(number=row.number, turn_id=row.turn_id, event=decode(row.kind, row.body))]
    message_id, agent, text = (str(row.body[name]) for name in ("message_id", "agent", "text"))
    ends = cast("list[int]", row.body["ends"])
    first = row.number - len(ends) + 2
    return [
        NumberedEvent(number=number, turn_id=row.turn_id, event=TextDelta(message_id=message_id, agent=agent, text=text[start:end]))
        for number, (start, end) in enumerate(pairwise(ends), first)
    ]


def _turn(row: tables.Turn) -> Turn:
    return Turn(
        id=row.id,
        conversation_id=row.conversation_id,
        message_ids=documents.read_all(str, row.message_ids),
        started=row.started,
        finished=row.finished,
        route=row.route,
    )
