import anyio
import pytest

from orchestrator.memory import facts
from orchestrator.runtime import Orchestrator
from orchestrator.turn import TurnRunner
from tests.channels.line import LAST, on_the_line
from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop

pytestmark = pytest.mark.anyio
LONG = 60.0
"""Seconds in which any of our replies has been spoken."""


async def test_a_person_takes_over_after_the_last_word(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, transfers=True) as tape:
        tape.say("I want to talk to a person")
        *words, last = await tape.cycle()
        assert words[-1] == "en!: I'm putting you through."
        assert last == LAST
        assert await tape.next() == "transfer customer_request T-1001 en"
        assert tape.call.over.is_set()
        tape.say(PRICE)
        assert await tape.rest() == []


async def test_where_the_carrier_says_so_the_end_waits_until_the_last_words_were_spoken(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, transfers=True) as tape:
        tape.floor(agent=True)
        tape.floor(agent=False)
        await tape.ask("I want to talk to a person")
        tape.floor(agent=True)
        tape.interrupt("Of course")
        assert await tape.rest() == []
        tape.floor(agent=False)
        assert (await tape.next()).startswith("transfer")


async def test_an_end_that_the_carrier_never_reports_comes_all_the_same(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, transfers=True) as tape:
        tape.floor(agent=True)
        tape.floor(agent=False)
        await tape.ask("I want to talk to a person")
        await tape.time.move(LONG)
        assert (await tape.next()).startswith("transfer")


async def test_without_a_number_to_transfer_to_nothing_is_promised(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        assert "through" not in await tape.ask("I want to talk to a person")
        assert (await tape.next()).startswith("transfer")


async def test_when_nobody_is_at_the_desk_the_caller_can_still_leave_an_address(orchestrator: Orchestrator, clock: Clock) -> None:
    clock.move(hours=12)
    async with on_the_line(orchestrator, transfers=True) as tape:
        assert "Which e-mail address" in await tape.ask("I want to talk to a person")
        assert "noted" in await tape.ask("lea.rochat@example.ch")
        assert await tape.ask("thank you") == "Goodbye."
        assert await tape.next() == "end desk-closed"


async def test_a_caller_whose_number_is_shown_is_not_asked_for_it(orchestrator: Orchestrator, clock: Clock) -> None:
    clock.move(hours=12)
    async with on_the_line(orchestrator, phone="+41441234567") as tape:
        assert "phone number" not in await tape.ask("I want to talk to a person")
        async with orchestrator.house.database.reading() as unit:
            known = await facts.known(unit, "call")
    assert ("phone", "+41441234567", "stated") in [(fact.name, fact.value, fact.trust) for fact in known]


async def test_a_conversation_that_a_colleague_has_goes_to_them(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask("I want to talk to a person")
    async with on_the_line(orchestrator, transfers=True, disclosed=True) as tape:
        assert await tape.ask(PRICE) == "I'm putting you through."
        assert (await tape.next()).startswith("transfer human")


async def test_an_answer_that_fails_is_asked_for_again_and_then_the_call_ends(
    orchestrator: Orchestrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the disk is full")

    async with on_the_line(orchestrator) as tape:
        monkeypatch.setattr(TurnRunner, "run", fail)
        assert await tape.ask(PRICE) == "Sorry, that did not work. Please say it again."
        assert await tape.ask(PRICE) == "Sorry, that did not work. Please say it again."
        assert await tape.next() == "end technical-failure"


async def test_words_that_are_refused_are_asked_for_again(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        assert "another way" in await tape.ask("word " * 1000)
        assert "42 francs" in await tape.ask(PRICE)


async def test_a_caller_who_hangs_up_stops_the_turn_and_what_was_said_is_kept(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate = workshop.hold()
    async with on_the_line(orchestrator) as tape:
        tape.say(REPAIR)
        with anyio.fail_after(20):
            await workshop.called.wait()
        await tape.call.hang_up()
        gate.set()
        assert [message.text for message in await tape.transcript()] == [REPAIR]


async def test_a_booking_that_has_begun_is_finished_when_the_caller_cuts_in(orchestrator: Orchestrator, workshop: Workshop) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask("I want to book a repair for tomorrow")
        gate = workshop.hold()
        workshop.called = anyio.Event()
        tape.say("yes")
        with anyio.fail_after(20):
            await workshop.called.wait()
        tape.say("How much is the deposit?")
        gate.set()
        await tape.heard()
        assert len(workshop.booked) == 1
