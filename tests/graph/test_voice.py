"""On the telephone: what is heard is read, what is written is spoken, and what was spoken is what the record keeps."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from orchestrator.conversation import Citation, Language
from orchestrator.events import TextDelta
from orchestrator.graph.context import House
from orchestrator.retrieval import Answer, KnowledgeBase, Passage
from orchestrator.runtime import Orchestrator

from .journey import JAMES, SETTINGS, Journey

pytestmark = pytest.mark.anyio
QUESTION = "How long is the warranty on pans?"


class Telling(KnowledgeBase):
    """A knowledge base that answers everything with one text."""

    def __init__(self, text: str, evidence: str = "") -> None:
        self._text = text
        self._evidence = evidence or text

    def answer(
        self, question: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None, intent: str = ""
    ) -> Answer:
        citation = Citation(title="Warranty terms", heading="Years", url="/help/en/warranty/terms#years")
        passage = Passage(
            id="p", article="en/warranty/terms", anchor="years", title="Warranty", headings=("Years",), blocks=(self._evidence,)
        )
        return Answer(text=self._text, citations=(citation,), language=language, confidence=1.0, passages=(passage,))


async def test_a_number_that_is_dictated_is_read_and_read_back_digit_by_digit(james: Journey) -> None:
    caller = replace(james, channel="voice", customer=JAMES)
    answer = await caller.says("uh where is order A like Alpha two oh four five nine")
    assert "A, 2 0 4, 5 9" in answer.text
    assert "A-20459" not in answer.text
    assert "(" not in answer.text


async def test_in_the_chat_the_same_words_stay_as_they_were_typed(james: Journey) -> None:
    answer = await replace(james, customer=JAMES).says("where is order A-20459")
    assert "A-20459" in answer.text


async def test_what_was_spoken_is_what_the_record_keeps(james: Journey) -> None:
    caller = replace(james, channel="voice", customer=JAMES)
    await caller.says("where is order A-20459")
    streamed = "".join(event.text for event in caller.events if isinstance(event, TextDelta))
    said = [message.text for message in await caller.messages() if message.role == "agent"]
    assert streamed == "".join(said)
    assert "2 0 4" in said[0]


async def test_what_the_caller_said_is_kept_as_the_recogniser_wrote_it(james: Journey) -> None:
    caller = replace(james, channel="voice", customer=JAMES)
    await caller.says("where is order A two zero four five nine")
    assert (await caller.messages())[0].text == "where is order A two zero four five nine"


async def test_choices_are_said_as_words_and_can_be_picked_by_one(james: Journey) -> None:
    caller = replace(james, channel="voice", customer=JAMES)
    answer = await caller.says("I want to return something from order A-20459")
    assert "You can say: " in answer.text
    assert "·" not in answer.text
    assert len(answer.choices) >= 2
    assert (await caller.says("the cutting board")).asks in ("reason", "confirmation")


async def test_a_yes_or_no_is_not_spelled_out_as_choices(james: Journey) -> None:
    caller = replace(james, channel="voice", customer=JAMES)
    answer = await caller.says("I want to return the cutting board, I changed my mind")
    assert answer.asks == "confirmation"
    assert "You can say" not in answer.text


async def test_an_answer_too_long_to_follow_is_cut_and_offered_in_writing(james: Journey, arvine: House) -> None:
    text = " ".join(f"This is part {number} of a long answer about the warranty." for number in range(1, 13))
    async with Orchestrator.serving(replace(arvine, knowledge=Telling(text)), SETTINGS, james.clock) as orchestrator:
        caller = replace(james, orchestrator=orchestrator, channel="voice")
        answer = await caller.says(QUESTION)
        assert "part 1 of" in answer.text
        assert "part 12 of" not in answer.text
        assert "our article Warranty terms" in answer.text
        assert answer.text.endswith("?")
        assert (await caller.says("yes please")).escalated == "customer_request"


async def test_in_the_chat_a_long_answer_stays_whole(james: Journey, arvine: House) -> None:
    text = " ".join(f"This is part {number} of a long answer about the warranty." for number in range(1, 13))
    async with Orchestrator.serving(replace(arvine, knowledge=Telling(text)), SETTINGS, james.clock) as orchestrator:
        assert "part 12 of" in (await replace(james, orchestrator=orchestrator).says(QUESTION)).text


async def test_one_question_is_asked_at_a_time(james: Journey, arvine: House) -> None:
    async with Orchestrator.serving(replace(arvine, knowledge=Telling("99 years", "10 years")), SETTINGS, james.clock) as orchestrator:
        caller = replace(james, orchestrator=orchestrator, channel="voice", customer=JAMES)
        for journey, questions in ((replace(caller, channel="web"), 2), (caller.elsewhere("call", "voice"), 1)):
            assert (await journey.says("I want to return the cutting board")).asks == "reason"
            answer = await journey.says(QUESTION)
            assert answer.asks == "reason"
            assert answer.text.count("?") == questions


async def test_of_an_answer_with_markup_the_words_are_said(james: Journey, arvine: House) -> None:
    text = "**Pans** have:\n- 10 years (steel)\n- 2 years"
    async with Orchestrator.serving(replace(arvine, knowledge=Telling(text)), SETTINGS, james.clock) as orchestrator:
        answer = await replace(james, orchestrator=orchestrator, channel="voice").says(QUESTION)
        assert "Pans have. 10 years, steel. 2 years." in answer.text


async def test_a_case_begun_in_chat_goes_on_in_a_call_without_a_repeated_question(james: Journey) -> None:
    await james.says("I want to send something back from order A-20459")
    await james.says("Pico cutting board")
    [case] = await james.cases()
    call = james.elsewhere("c2", "voice")
    seen = await call.says("uh I wrote to you about the return")
    assert (seen.agent, seen.asks) == ("returns", "reason")
    assert (await call.says("i changed my mind")).asks == "confirmation"
    assert (await call.says("yes")).calls == ("open_return",)
    [after] = await call.cases()
    assert (after.id, after.status) == (case.id, "waiting")
