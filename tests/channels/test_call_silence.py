import anyio
import pytest

from orchestrator.channels.call import RESUME_SECONDS, SILENCE_SECONDS
from orchestrator.runtime import Orchestrator
from tests.channels.line import on_the_line
from tests.projects.tiny_house import PRICE, REPAIR, Workshop

pytestmark = pytest.mark.anyio
LONG = 60.0
"""Seconds in which any of our replies has been spoken."""


async def test_silence_is_asked_about_once_and_then_the_call_ends(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, disclosed=True) as tape:
        await tape.time.move(SILENCE_SECONDS - 0.1)
        assert await tape.rest() == []
        await tape.time.move(0.1)
        assert await tape.heard() in ("Are you still there?", "Can you hear me?")
        await tape.time.move(LONG)
        assert await tape.heard() == "I can't hear you any more. Goodbye."
        assert await tape.next() == "end caller-silent"


async def test_a_silent_caller_is_told_that_a_machine_speaks(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.time.move(SILENCE_SECONDS)
        asked = await tape.heard()
        assert asked.startswith("This is Velo Lac's digital assistant.")
        assert "digital assistant" not in await tape.ask(PRICE)
        assert (await tape.said())[0] == asked


async def test_silence_counts_from_the_end_of_our_words(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask(PRICE)
        await tape.time.move(SILENCE_SECONDS)
        assert await tape.rest() == []
        await tape.time.move(LONG)
        assert await tape.heard() in ("Are you still there?", "Can you hear me?")


async def test_whoever_speaks_is_not_silent(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, disclosed=True) as tape:
        tape.floor(agent=True)
        await tape.time.move(LONG)
        tape.floor(agent=False, caller=True)
        await tape.time.move(LONG)
        assert await tape.rest() == []
        tape.floor(caller=False)
        await tape.time.move(SILENCE_SECONDS)
        assert await tape.heard() in ("Are you still there?", "Can you hear me?")


async def test_words_begin_the_silence_anew(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, disclosed=True) as tape:
        await tape.time.move(SILENCE_SECONDS)
        await tape.heard()
        await tape.ask(PRICE)
        await tape.time.move(LONG)
        assert await tape.heard() in ("Are you still there?", "Can you hear me?")


async def test_we_go_on_sooner_where_the_carrier_says_that_nobody_speaks(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        said = await tape.ask(PRICE)
        tape.floor(caller=True)
        tape.interrupt("This is")
        await tape.time.move(LONG)
        assert await tape.rest() == []
        tape.floor(caller=False)
        await tape.time.move(RESUME_SECONDS)
        assert await tape.heard() == said


async def test_silence_does_not_count_while_we_think(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate = workshop.hold()
    async with on_the_line(orchestrator) as tape:
        tape.say(REPAIR)
        with anyio.fail_after(20):
            await workshop.called.wait()
        await tape.time.move(LONG)
        gate.set()
        assert "new brakes" in await tape.heard()
