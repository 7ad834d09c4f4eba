from pathlib import Path

import pytest

from orchestrator.channels.call import DIGIT_SECONDS
from orchestrator.conversation import LANGUAGES, Language
from orchestrator.project.replies import read_replies
from orchestrator.runtime import Orchestrator
from orchestrator.understanding.acts import detect_acts
from tests.channels.line import on_the_line

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.anyio
LONG = 60.0
"""Seconds in which any of our replies has been spoken."""


@pytest.mark.parametrize("keys", ["20417#", "2049*17#"], ids=["sent", "mended"])
async def test_digits_are_one_answer(orchestrator: Orchestrator, keys: str) -> None:
    async with on_the_line(orchestrator) as tape:
        await tape.ask("What is the status of my repair?")
        tape.press(keys)
        assert "2 0 4, 1 7" in await tape.heard()
        assert (await tape.transcript())[-2].text == "20417"


async def test_digits_are_sent_after_a_pause(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.press("204")
        await tape.time.move(DIGIT_SECONDS - 0.1)
        tape.press("17")
        await tape.time.move(DIGIT_SECONDS - 0.1)
        assert await tape.rest() == []
        await tape.time.move(0.1)
        await tape.heard()
        assert (await tape.transcript())[0].text == "20417"


async def test_digits_and_words_belong_together(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.press("20417")
        tape.say("is my repair ticket")
        await tape.heard()
        assert (await tape.transcript())[0].text == "20417 is my repair ticket"


async def test_keys_that_take_everything_back_say_nothing(orchestrator: Orchestrator) -> None:
    async with on_the_line(orchestrator) as tape:
        tape.press("1*#")
        await tape.time.move(DIGIT_SECONDS)
        assert await tape.transcript() == ()


@pytest.mark.parametrize("keys", ["0#", "0"])
async def test_zero_alone_asks_for_a_person(orchestrator: Orchestrator, keys: str) -> None:
    async with on_the_line(orchestrator, transfers=True) as tape:
        tape.press(keys)
        await tape.time.move(DIGIT_SECONDS)
        assert "putting you through" in await tape.heard()
        assert await tape.next() == "transfer customer_request T-1001 en"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_zero_says_is_a_wish_for_a_person_in_every_language(language: Language) -> None:
    replies = read_replies(ROOT / "prompts" / "replies" / f"{language}.yaml", language, [])
    assert replies
    assert all("human" in detect_acts(words, language) for words in replies.get("engine.talk_to_human"))
