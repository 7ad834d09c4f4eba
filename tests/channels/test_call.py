import anyio
import pytest

from orchestrator.channels import replying
from orchestrator.channels.call import SILENCE_SECONDS
from orchestrator.channels.line import Correction, Final
from orchestrator.runtime import Orchestrator
from tests.channels.line import LAST, on_the_line
from tests.projects.tiny_house import PRICE, REPAIR, Workshop, host_token

pytestmark = pytest.mark.anyio
LONG = 60.0
"""Seconds in which any of our replies has been spoken."""


async def test_final_words_are_answered_in_one_talk_cycle(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.say(PRICE)
        frames = await tape.cycle()
        assert all(frame.startswith("en:") for frame in frames[:-1])
        assert "42 francs" in "".join(frames)
        assert await tape.rest() == []


async def test_the_first_reply_says_that_a_machine_speaks(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        assert (await tape.ask(PRICE)).startswith("This is Velo Lac's digital assistant.")
        assert "digital assistant" not in await tape.ask(PRICE)


async def test_words_that_are_not_final_are_looked_up_and_not_answered(orchestrator: Orchestrator, workshop: Workshop) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.begin(REPAIR)
        with anyio.fail_after(20):
            await workshop.called.wait()
        assert await tape.rest() == []
        assert "new brakes" in await tape.ask(REPAIR)
        assert workshop.calls == 1
        assert [message.role for message in await tape.transcript()] == ["customer", "agent"]


async def test_new_words_stop_the_reply_to_the_ones_before_and_both_are_answered(orchestrator: Orchestrator, workshop: Workshop) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask("Hello")
        gate = workshop.hold()
        tape.say("What is the status of my repair")
        with anyio.fail_after(20):
            tape.say("A-20417")
            await workshop.called.wait()
        gate.set()
        assert "2 0 4, 1 7: new brakes" in await tape.heard()
        assert await tape.rest() == []
        assert len([message for message in await tape.transcript() if message.role == "customer"]) == 3


async def test_an_interruption_stops_the_words_that_wait_at_once(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate = workshop.hold()
    async with on_the_line(orchestrator) as tape:
        tape.say(f"{PRICE} And what is the status of my repair A-20417?")
        with anyio.fail_after(20):
            await workshop.called.wait()
        first = await tape.rest()
        assert first[0].startswith("en:")
        tape.interrupt("This is Velo")
        assert await tape.rest() == [LAST]
        gate.set()
        assert await tape.rest() == []
        await tape.ask("Goodbye")
        assert (await tape.said())[0] == "This is Velo"
        assert (await tape.transcript())[1].interrupted


async def test_the_record_keeps_what_was_heard_of_a_complete_reply(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask(PRICE)
        tape.interrupt("This is Velo Lac's digital assistant. Renting a bicycle costs")
        await tape.ask("Goodbye")
        assert (await tape.said())[0] == "This is Velo Lac's digital assistant. Renting a bicycle costs"


async def test_without_a_report_all_that_was_sent_counts_as_heard(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        said = await tape.ask(PRICE)
        tape.interrupt(None)
        await tape.ask("Goodbye")
        assert (await tape.said())[0] == said


async def test_an_interruption_of_nothing_changes_nothing(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.interrupt("Welcome to")
        assert "42 francs" in await tape.ask(PRICE)


async def test_after_a_cough_the_reply_goes_on_from_its_sentence(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        said = await tape.ask(PRICE)
        tape.interrupt("This is Velo Lac's digital assistant. Renting a")
        await tape.time.move(SILENCE_SECONDS)
        assert (await tape.heard()).strip() == said.partition(". ")[2]
        await tape.call.hang_up()
        assert await tape.said() == [said]


@pytest.mark.parametrize("murmur", ["mhmm", "uh", "…", ""])
async def test_a_murmur_while_we_speak_does_not_derail(orchestrator: Orchestrator, murmur: str) -> None:
    async with on_the_line(orchestrator) as tape:
        said = await tape.ask(PRICE)
        tape.interrupt("This is Velo")
        assert await tape.ask(murmur) == said
        assert [message.role for message in await tape.transcript()] == ["customer", "agent"]


async def test_a_murmur_while_we_think_is_passed_over(orchestrator: Orchestrator, workshop: Workshop) -> None:
    gate = workshop.hold()
    async with on_the_line(orchestrator) as tape:
        tape.say(REPAIR)
        with anyio.fail_after(20):
            await workshop.called.wait()
        tape.say("mhmm")
        gate.set()
        assert "new brakes" in await tape.heard()


async def test_a_turn_that_a_murmur_stopped_before_its_first_word_is_run_again(
    orchestrator: Orchestrator, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask("Hello")
        monkeypatch.setattr(replying, "FILLER_SECONDS", 0.0)
        gate = workshop.hold()
        tape.say(REPAIR)
        assert await tape.next() in ("en:One moment. ", "en:Let me check. ", "en:Just a second. ", "en:I'm looking. ")
        tape.interrupt("One")
        gate.set()
        tape.say("mhmm")
        assert (await tape.cycle()) == [LAST]
        assert "new brakes" in await tape.heard()
        assert [message.role for message in await tape.transcript()] == ["customer", "agent"] * 2


async def test_ok_after_a_question_is_an_answer(orchestrator: Orchestrator, workshop: Workshop) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask("I want to book a repair for tomorrow")
        assert "Booked" in await tape.ask("ok")
        assert len(workshop.booked) == 1


async def test_a_filler_is_heard_and_stands_in_no_record(
    orchestrator: Orchestrator, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_the_line(orchestrator) as tape:
        hello = await tape.ask("Hello")
        monkeypatch.setattr(replying, "FILLER_SECONDS", 0.0)
        gate = workshop.hold()
        tape.say(REPAIR)
        filler = (await tape.next()).partition(":")[2]
        gate.set()
        said = await tape.heard()
        assert await tape.said() == [hello, said]
        tape.interrupt(f"{filler} Repair")
        await tape.ask("Goodbye")
        assert (await tape.said())[1] == "Repair"


async def test_nothing_is_said_before_the_caller_knows_that_a_machine_speaks(
    orchestrator: Orchestrator, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying, "FILLER_SECONDS", 0.0)
    async with on_the_line(orchestrator) as tape:
        assert (await tape.ask(REPAIR)).startswith("This is Velo Lac's digital assistant.")


async def test_the_line_changes_its_language_with_the_caller(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask(PRICE)
        tape.say("Combien coûte la location d'un vélo pour une journée ?")
        frames = await tape.cycle()
        assert frames[0] == "speak fr"
        assert frames[1].startswith("fr:")
        tape.say("Et la caution ?")
        assert "speak fr" not in await tape.cycle()


async def test_a_language_that_the_carrier_was_not_told_to_expect_is_believed(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.say("caution", "fr")
        assert (await tape.cycle())[0] == "speak fr"


async def test_a_language_that_nobody_here_speaks_changes_nothing(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.say("Wie viel kostet es, ein Fahrrad zu mieten?", "de")
        assert "speak de" not in await tape.cycle()


async def test_a_correction_replaces_words_whose_turn_has_not_begun(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.hear(Final(text="How much is a deposited bike?"), Correction(text="How much is the deposit?"))
        assert "deposit" in (await tape.heard()).lower()
        assert [message.text for message in await tape.transcript() if message.role == "customer"] == ["How much is the deposit?"]


async def test_a_verified_caller_is_known_by_a_token(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, token=host_token()) as tape:
        assert "Hello Léa" in await tape.ask("Hello")
        assert "Hello Léa" in await tape.ask("Hello again")


async def test_a_caller_with_a_wrong_token_is_anybody(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, token=host_token(key="another key that is long enough for it")) as tape:
        assert "Hello, what" in await tape.ask("Hello")


async def test_another_customers_conversation_is_not_taken_up(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator, token=host_token()) as tape:
        await tape.ask("Hello")
    async with on_the_line(orchestrator, token=host_token("jonas.keller@example.ch"), own_id="mine") as tape:
        assert "Hello Jonas" in await tape.ask("Hello")
        assert len(await tape.transcript()) == 2
