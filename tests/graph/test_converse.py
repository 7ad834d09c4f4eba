"""The language-model brain of the tiny project, driven by scripts: what it may say and do is decided by code."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import anyio
import pytest

from orchestrator.assembly import brain_of
from orchestrator.conversation import Inbound
from orchestrator.errors import ModelError, ModelInterrupted, ModelUnavailable
from orchestrator.events import (
    AgentSelected,
    ChoicesOffered,
    Cited,
    Escalated,
    Event,
    HandedOff,
    IntentDetected,
    ModelCalled,
    TextDelta,
    ToolCalled,
)
from orchestrator.governance.review import House as ReviewHouse
from orchestrator.graph.context import House
from orchestrator.memory import conversations, journal
from orchestrator.models import Line, ModelResponse, ScriptedModel, SystemMessage, asked, calling
from orchestrator.models.scripted import Reply
from orchestrator.models.tokens import count_messages
from orchestrator.retrieval.words import words_of
from orchestrator.runtime import Orchestrator
from orchestrator.settings import Settings
from orchestrator.understanding.language import LanguageDetector
from tests.projects.tiny_house import PRICE, REPAIR, Clock, Workshop

pytestmark = pytest.mark.anyio
UNSURE = "my bicycle today"
BOOK = "I would like to bring my bicycle in for a repair"


@dataclass
class Talk:
    """One conversation with a house whose model follows a script."""

    orchestrator: Orchestrator
    model: ScriptedModel

    async def says(self, text: str, conversation: str = "c1") -> list[Event]:
        return [event async for event in self.orchestrator.send(Inbound(conversation_id=conversation, text=text))]


def said(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def of(events: list[Event], *kinds: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kinds)]


@pytest.fixture
async def talk(house: House, settings: Settings, clock: Clock) -> AsyncIterator[Callable[..., Talk]]:
    """Opens conversations with a script: pairs of a pattern and a reply."""
    review = ReviewHouse(
        detect=LanguageDetector.trained({}).detect, words=words_of, links=("/help/",), internal=frozenset({"repair_status"}), products={}
    )
    model = ScriptedModel([])
    brain = brain_of(house.project, model, settings, review)
    async with Orchestrator.serving(replace(house, brain=brain), settings, clock) as orchestrator:

        def begin(*script: tuple[str, Reply] | Line) -> Talk:
            lines = [line if isinstance(line, Line) else Line(when=line[0], reply=line[1]) for line in script]
            scripted = ScriptedModel(lines)
            orchestrator.house = replace(orchestrator.house, brain=replace(brain, model=scripted))
            return Talk(orchestrator, scripted)

        yield begin


async def test_a_question_costs_one_call_and_its_passages_are_cited(talk: Callable[..., Talk]) -> None:
    chat = talk(("cost to rent", "Renting a bicycle costs CHF 42 for one day, helmet and lock included [1]."))
    events = await chat.says(PRICE)
    assert "CHF 42 for one day, helmet and lock included." in said(events)
    assert len(of(events, Cited)) == 1
    assert [event.purpose for event in events if isinstance(event, ModelCalled)] == ["agent"]


async def test_an_amount_without_evidence_never_reaches_the_customer(talk: Callable[..., Talk]) -> None:
    chat = talk(("cost to rent", "It costs CHF 12.50 for one day."))
    events = await chat.says(PRICE)
    assert "12.50" not in said(events)
    assert "for one day" in said(events)
    assert of(events, Cited)


async def test_what_the_customer_claims_is_no_evidence_for_an_amount(talk: Callable[..., Talk]) -> None:
    chat = talk((".", "You are right, you get CHF 500 back."))
    events = await chat.says("I was promised CHF 500 back for my rental, how much does it cost to rent a bicycle?")
    assert "500" not in said(events)


async def test_a_look_up_that_the_message_calls_for_is_made_before_the_model_is_asked(talk: Callable[..., Talk]) -> None:
    chat = talk(("new brakes", "Your bicycle still needs new brakes."))
    events = await chat.says(REPAIR)
    assert "new brakes" in said(events)
    assert [event.outcome for event in events if isinstance(event, ToolCalled)] == ["done"]
    assert len(chat.model.requests) == 1


async def test_a_model_may_look_things_up(talk: Callable[..., Talk], workshop: Workshop) -> None:
    chat = talk(
        Line(when="bicycle ready", reply=calling(asked("repair_status", order_id="a-20417")), times=1),
        ("new brakes", "It still needs new brakes."),
    )
    events = await chat.says("Is my bicycle ready, the repair?")
    assert "new brakes" in said(events)
    assert [event.arguments for event in events if isinstance(event, ToolCalled)] == [(("order_id", "A-20417"),)]
    assert len(of(events, ModelCalled)) == 2


async def test_an_effect_is_shown_by_code_and_done_after_a_yes_without_a_model(talk: Callable[..., Talk], workshop: Workshop) -> None:
    chat = talk(("bring my bicycle", calling(asked("book_repair", day="2026-11-30"), text="Of course. ")))
    shown = await chat.says(BOOK)
    assert "30" in said(shown)
    assert (workshop.booked, len(of(shown, ToolCalled))) == ([], 0)
    done = await chat.says("yes")
    assert len(workshop.booked) == 1
    assert of(done, ModelCalled) == []


async def test_a_claim_of_something_that_was_not_done_is_withheld(talk: Callable[..., Talk], workshop: Workshop) -> None:
    chat = talk((".", "I have cancelled your rental and refunded your deposit."))
    events = await chat.says(PRICE)
    assert "refunded" not in said(events)
    assert workshop.booked == []


async def test_an_invalid_call_is_told_to_the_model(talk: Callable[..., Talk]) -> None:
    chat = talk(
        Line(when="bicycle ready", reply=calling(asked("open_sesame")), times=1),
        ("no tool", "Could you tell me the number of your repair?"),
    )
    events = await chat.says("Is my bicycle ready, the repair?")
    assert "number of your repair" in said(events)
    assert of(events, ToolCalled) == []


async def test_after_a_handover_the_specialist_speaks_in_the_same_turn(talk: Callable[..., Talk]) -> None:
    chat = talk(
        Line(when="cost to rent", reply=calling(asked("transfer_to_workshop", reason="a repair")), times=1),
        (".", "Happy to look at your bicycle."),
    )
    events = await chat.says(PRICE)
    assert [(event.source, event.target) for event in events if isinstance(event, HandedOff)] == [("rental", "workshop")]
    assert [event.agent for event in events if isinstance(event, AgentSelected)] == ["rental", "workshop"]
    assert {event.agent for event in events if isinstance(event, TextDelta)} == {"workshop"}
    prompts = [request.messages[0] for request in chat.model.requests]
    assert all(isinstance(prompt, SystemMessage) for prompt in prompts)
    assert prompts[0] != prompts[1]


async def test_agents_that_hand_over_for_ever_end_at_a_person(talk: Callable[..., Talk]) -> None:
    def passes_on(request: object) -> ModelResponse:
        names = getattr(request, "tools").names  # noqa: B009 the request is a ModelRequest
        return calling(asked(next(name for name in sorted(names) if name.startswith("transfer_to_"))))

    events = await talk((".", passes_on)).says(PRICE)
    assert [event.reason for event in events if isinstance(event, Escalated)] == ["low_confidence"]
    assert len(of(events, HandedOff)) == 3


async def test_a_model_may_bring_in_a_person(talk: Callable[..., Talk]) -> None:
    events = await talk((".", calling(asked("escalate", reason="cannot help")))).says(PRICE)
    assert [event.reason for event in events if isinstance(event, Escalated)] == ["missing_knowledge"]


@pytest.mark.parametrize("error", [ModelUnavailable("nobody answers"), ModelError("no line")])
async def test_without_a_model_that_answers_the_embedded_brain_goes_on(talk: Callable[..., Talk], error: ModelError) -> None:
    events = await talk((".", error)).says(PRICE)
    assert "for one day" in said(events)
    assert of(events, Escalated) == []


async def test_an_answer_that_breaks_off_is_excused(talk: Callable[..., Talk]) -> None:
    events = await talk((".", ModelInterrupted("gone", said="It"))).says(PRICE)
    assert "broke off" in said(events) or "cut off" in said(events)
    assert of(events, ChoicesOffered)


async def test_a_model_that_never_stops_calling_is_stopped(talk: Callable[..., Talk], workshop: Workshop) -> None:
    chat = talk((".", calling(asked("repair_status", order_id="A-20417"))))
    events = await chat.says("Is my bicycle ready, the repair?")
    assert [event.reason for event in events if isinstance(event, Escalated)] == ["budget"]
    assert len(chat.model.requests) == 6


async def test_the_prompt_stays_bounded_however_long_the_conversation_is(talk: Callable[..., Talk]) -> None:
    chat = talk(Line(when=".", reply="The customer asked about renting.", purpose="summary"), (".", "It is as I said before."))
    sizes: list[int] = []
    for number in range(24):
        await chat.says(f"{PRICE} And a thought of mine number {number}, told at some length so that it takes its place.")
        agents = [request for request in chat.model.requests if request.purpose == "agent"]
        sizes.append(count_messages(agents[-1].messages, agents[-1].tools))
    assert max(sizes[10:]) <= 1.05 * max(sizes[5:10])


async def test_a_long_conversation_is_summarised_between_turns(talk: Callable[..., Talk], house: House) -> None:
    chat = talk(Line(when=".", reply="The customer asked about renting.", purpose="summary"), (".", "It is as I said before."))
    for _ in range(9):
        await chat.says(PRICE)
        await anyio.wait_all_tasks_blocked()
    async with house.database.reading() as unit:
        found = await conversations.get(unit, "c1")
    assert found is not None
    assert found.summary == "The customer asked about renting."


async def test_what_a_model_answered_before_a_crash_is_not_asked_again(talk: Callable[..., Talk], house: House, workshop: Workshop) -> None:
    chat = talk(Line(when="bicycle ready", reply=calling(asked("repair_status", order_id="A-20417")), times=1), ("brakes", "New brakes."))
    gate = workshop.hold()
    question = Inbound(conversation_id="c1", text="Is my bicycle ready, the repair?", message_id="m-1")
    with await chat.orchestrator.deliver(question) as events, anyio.fail_after(20):
        turn_id = (await events.receive()).turn_id
        await workshop.called.wait()
        await chat.orchestrator.interrupt("c1", turn_id, "")
    gate.set()
    said_at_last = said([event async for event in chat.orchestrator.send(question)])
    assert "New brakes." in said_at_last
    assert len(chat.model.requests) == 2
    async with house.database.reading() as unit:
        assert await journal.recorded(unit, "message_1") == {}


async def test_a_model_chooses_among_the_candidates_before_the_customer_is_asked(talk: Callable[..., Talk]) -> None:
    chat = talk(
        Line(when=".", reply='{"intent": "rental_price"}', purpose="route"), (".", "Renting a bicycle costs CHF 42 for one day [1].")
    )
    events = await chat.says(UNSURE)
    assert [event.decision for event in events if isinstance(event, IntentDetected)] == ["clarify"]
    assert [event.purpose for event in events if isinstance(event, ModelCalled)] == ["route", "agent"]
    assert "CHF 42" in said(events)


async def test_a_model_that_cannot_tell_leaves_the_choice_to_the_customer(talk: Callable[..., Talk]) -> None:
    chat = talk(Line(when=".", reply='{"intent": "unclear"}', purpose="route"))
    assert of(await chat.says(UNSURE), ChoicesOffered)
