"""Each expectation holds or names what was wanted and what was shown."""

from dataclasses import replace

import pytest

from orchestrator.conversation import Choice, OpenForm
from orchestrator.evaluation.expectations import misses
from orchestrator.evaluation.transcript import Shown, shown
from orchestrator.events import (
    AgentSelected,
    Candidate,
    ChoicesOffered,
    DecisionKind,
    Escalated,
    Event,
    IntentDetected,
    TextDelta,
    ToolCalled,
    TurnCompleted,
)
from orchestrator.project.suites import Expectation

TURN = Shown(
    text="It’s CHF\u00a01’200.50 until Monday.", agent="returns", intent="open_return", decision="route", language="en",
    calls=("open_return",), cites=("/help/en/returns/terms#days",), asks="item",
)  # fmt: skip


@pytest.mark.parametrize(
    "expect",
    [
        Expectation(),
        Expectation(agent="returns", intent="open_return", decision="route", language="en", asks="item"),
        Expectation(says=("it's chf 1'200.50", "MONDAY"), never_says=("tuesday",)),
        Expectation(says=("tuesday|monday",), never_says=("tuesday|sunday",)),
        Expectation(calls=("open_return",), cites="returns/terms", never_asks=("order_id",), escalated="no"),
    ],
)
def test_what_was_shown_as_expected_misses_nothing(expect: Expectation) -> None:
    assert misses(expect, TURN) == ()


@pytest.mark.parametrize(
    ("expect", "miss"),
    [
        (Expectation(agent="sales"), "agent returns, expected sales"),
        (Expectation(intent="get_invoice"), "intent open_return, expected get_invoice"),
        (Expectation(decision="clarify"), "decision route, expected clarify"),
        (Expectation(language="fr"), "language en, expected fr"),
        (Expectation(asks=""), "asks item, expected "),
        (Expectation(calls=()), "calls ['open_return'], expected []"),
        (Expectation(says=("tuesday|sunday",)), "does not say 'tuesday|sunday'"),
        (Expectation(never_says=("sunday|monday",)), "says 'sunday|monday'"),
        (Expectation(cites="warranty"), "cites ['/help/en/returns/terms#days'], expected 'warranty'"),
        (Expectation(never_asks=("item",)), "asks for item, which is known"),
        (Expectation(escalated="policy_limit"), "escalated no, expected policy_limit"),
    ],
)
def test_what_was_not_as_expected_is_one_line(expect: Expectation, miss: str) -> None:
    assert misses(expect, TURN) == (miss,)


def test_every_miss_is_listed() -> None:
    assert len(misses(Expectation(agent="sales", says=("elephant", "giraffe"), escalated="no"), replace(TURN, escalated="injection"))) == 4


def detected(decision: DecisionKind) -> IntentDetected:
    candidate = Candidate(intent="open_return", agent="returns", probability=0.9)
    return IntentDetected(
        intent="open_return", agent="returns", confidence=0.9, candidates=(candidate,), decision=decision, language="en", out_of_scope=0.1
    )


def test_a_turn_is_gathered_from_its_events() -> None:
    events: list[Event] = [
        detected("route"),
        AgentSelected(agent="returns", intent="open_return"),
        ToolCalled(tool="check_return", arguments=(), outcome="done", effect=False),
        TextDelta(message_id="m", agent="returns", text="Which"),
        TextDelta(message_id="m", agent="returns", text=" item?"),
        ChoicesOffered(message_id="m", choices=(Choice(label="Knife", value="k"),)),
        Escalated(reason="policy_limit", ticket_id="T-1001"),
        TurnCompleted(conversation_id="c", turn_id="t", language="fr"),
    ]
    seen = shown(events, OpenForm(tool="open_return", agent="returns", intent="open_return", asked="item"), 12.0)
    assert (seen.text, seen.agent, seen.calls, seen.choices) == ("Which item?", "returns", ("check_return",), ("Knife",))
    assert (seen.escalated, seen.language, seen.asks) == ("policy_limit", "fr", "item")


@pytest.mark.parametrize(("asked", "shows"), [("code", "identity"), ("identity", "identity"), ("order_id", "order_id")])
def test_proof_of_identity_is_one_kind_of_question(asked: str, shows: str) -> None:
    assert shown([detected("continue")], OpenForm(tool="t", agent="a", intent="i", asked=asked), 0.0).asks == shows


def test_without_a_form_only_a_clarifying_question_asks() -> None:
    assert (shown([detected("clarify")], None, 0.0).asks, shown([detected("route")], None, 0.0).asks) == ("choice", "")
    assert shown([], None, 0.0).decision == "silent"
