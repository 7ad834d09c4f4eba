"""The tiny project to measure on: in process, or with `python -m bench.tiny PORT SECONDS` as a server whose look-ups take that long."""

import logging
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import anyio
import structlog
import uvicorn
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from fastapi import FastAPI

from orchestrator.channels.access import Access
from orchestrator.conversation import Inbound
from orchestrator.events import Event, TextDelta, TurnCompleted, TurnStarted
from orchestrator.graph.context import House
from orchestrator.memory.turns import NumberedEvent
from orchestrator.runtime import Clock as Now
from orchestrator.runtime import Orchestrator
from orchestrator.server.app import create_app
from orchestrator.settings import Settings
from tests.projects.tiny_house import SECRET, Clock
from tests.projects.tiny_service import tiny_house_in

PRICE = "How much does it cost to rent a bicycle?"
REPAIR = "What is the status of my repair A-20417?"


class SlowWorkshop:
    """A connector that takes its time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.called = anyio.Event()

    async def repair(self, number: str) -> str | None:
        """What is left to do."""
        del number
        self.called.set()
        await anyio.sleep(self.seconds)
        return "new brakes"

    async def book(self, day: date, *, key: str) -> None:
        """Takes as long."""
        del day, key
        await anyio.sleep(self.seconds)


class Reciter(Orchestrator):
    """Says a number of tokens instead of running a turn, with a pause before each: what a language model does to the surfaces."""

    def __init__(self, house: House, settings: Settings, tasks: TaskGroup, clock: Now) -> None:
        super().__init__(house, settings, tasks, clock)
        self.tokens = 1
        self.pause = 0.0

    async def deliver(self, inbound: Inbound) -> MemoryObjectReceiveStream[NumberedEvent]:
        """The tokens of a reply to anything."""
        sending, receiving = anyio.create_memory_object_stream[NumberedEvent](self.tokens + 2)
        self._tasks.start_soon(self._recite, inbound.conversation_id, sending)
        return receiving

    async def _recite(self, where: str, sending: MemoryObjectSendStream[NumberedEvent]) -> None:
        words = (TextDelta(message_id="m", agent="workshop", text=f"word{number} ") for number in range(self.tokens))
        end = TurnCompleted(conversation_id=where, turn_id="t", language="en")
        events: list[Event] = [TurnStarted(conversation_id=where, turn_id="t", message_id="i"), *words, end]
        with sending:
            for number, event in enumerate(events, 1):
                if self.pause:
                    await anyio.sleep(self.pause)
                try:
                    sending.send_nowait(NumberedEvent(number=number, turn_id="t", event=event))
                except anyio.BrokenResourceError:
                    return


@dataclass(frozen=True)
class Bench:
    """The same house twice: with turns, and with recitals."""

    app: FastAPI
    orchestrator: Orchestrator
    reciting: FastAPI
    reciter: Reciter
    workshop: SlowWorkshop


@asynccontextmanager
async def bench() -> AsyncGenerator[Bench]:
    """Everything in process."""
    quiet()
    workshop = SlowWorkshop()
    with TemporaryDirectory() as folder:
        async with (
            tiny_house_in(Path(folder), workshop) as (house, settings),
            Orchestrator.serving(house, settings, Clock()) as own,
            Reciter.serving(house, settings, Clock()) as reciter,
        ):
            app, reciting = _app(own), _app(reciter)
            async with app.router.lifespan_context(app), reciting.router.lifespan_context(reciting):
                yield Bench(app, own, reciting, cast("Reciter", reciter), workshop)


def quiet() -> None:
    """No log: it would be measured."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _app(orchestrator: Orchestrator) -> FastAPI:
    @asynccontextmanager
    async def opening() -> AsyncGenerator[Orchestrator]:
        yield orchestrator

    return create_app(opening, Access(api_keys=(), staff_keys=(), secret=SECRET))


async def _serve(port: int, seconds: float) -> None:
    with TemporaryDirectory() as folder:
        async with (
            tiny_house_in(Path(folder), SlowWorkshop(seconds)) as (house, settings),
            Orchestrator.serving(house, settings) as orchestrator,
        ):
            await uvicorn.Server(uvicorn.Config(_app(orchestrator), port=port, log_level="error", access_log=False)).serve()


if __name__ == "__main__":
    quiet()
    anyio.run(_serve, int(sys.argv[1]), float(sys.argv[2]))
