"""The table of decisions: what is read × where the conversation stands → what happens."""

from dataclasses import replace

import pytest

from orchestrator.graph.decision import Decision, Standing, decide
from orchestrator.project.policy import Routing, RoutingCosts
from orchestrator.understanding.acts import ActReading
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.reading import Reading, Request

OWNERS = {"order_status": "support", "get_invoice": "support", "open_return": "returns", "find_product": "sales"}
ROUTING = Routing(
    costs=RoutingCosts(misroute=4, clarify=1, escalate=2),
    coverage=0.95,
    clarify_at_most=3,
    ask_again_at_most=2,
    misunderstood_at_most=2,
    handoffs_at_most=3,
)


def likely(**probabilities: float) -> Distribution:
    ranked = tuple(sorted(probabilities.items(), key=lambda row: -row[1]))
    sure = tuple(name for name, p in ranked if p >= 0.05)
    return Distribution(probabilities=ranked, candidates=sure, energy=1.0, out_of_scope=0.1)


SURE = likely(order_status=0.97, open_return=0.02, get_invoice=0.01)
TORN = likely(order_status=0.45, open_return=0.40, get_invoice=0.15)
LEANING = likely(order_status=0.85, open_return=0.10, get_invoice=0.05)
FOREIGN = replace(TORN, out_of_scope=0.9)


def reading(distribution: Distribution = SURE, *acts: str, only: bool = True, **more: object) -> Reading:
    found = frozenset(acts)
    base = Reading(
        text="what about it",
        language="en",
        acts=ActReading(acts=found, only=found if only else frozenset()),  # pyright: ignore[reportArgumentType]  # acts by name
        distribution=distribution,
        requests=(Request(text="…", distribution=distribution),),
        entities=(),
        sensitive=(),
        opt_out=False,
        injection=False,
        follow_up=False,
    )
    return replace(base, **more)


def standing(**more: object) -> Standing:
    return replace(Standing(owners=OWNERS), **more)


FORM = {"agent": "returns", "intent": "open_return", "form_intent": "open_return"}

TABLE = [
    ("a human owns it", reading(), standing(owner="human"), Decision(kind="silent")),
    ("opt-out comes first", reading(opt_out=True, sensitive=("threat",)), standing(), Decision(kind="smalltalk", reason="opt_out")),
    (
        "sensitive",
        reading(sensitive=("self_harm",)),
        standing(**FORM),
        Decision(kind="escalate", reason="sensitive:self_harm", agent="returns"),
    ),
    ("wants a human", reading(SURE, "human", only=False), standing(), Decision(kind="escalate", reason="customer_request")),
    ("injection once", reading(injection=True), standing(), Decision(kind="smalltalk", reason="out_of_scope")),
    ("injection again", reading(injection=True), standing(misunderstood=1), Decision(kind="escalate", reason="injection")),
    ("sure", reading(), standing(), Decision(kind="route", agent="support", intent="order_status", candidates=("order_status",))),
    (
        "leaning, and a question costs more than it saves",
        reading(LEANING),
        standing(),
        Decision(kind="route", agent="support", intent="order_status", candidates=("order_status", "open_return", "get_invoice")),
    ),
    (
        "torn",
        reading(TORN),
        standing(),
        Decision(kind="clarify", agent="support", intent="order_status", candidates=("order_status", "open_return", "get_invoice")),
    ),
    (
        "torn for the third time",
        reading(TORN),
        standing(misunderstood=2),
        Decision(kind="escalate", reason="low_confidence", agent="support"),
    ),
    ("foreign", reading(FOREIGN), standing(), Decision(kind="answer", candidates=FOREIGN.candidates)),
    ("foreign for the third time", reading(FOREIGN), standing(misunderstood=2), Decision(kind="escalate", reason="low_confidence")),
    ("foreign and angry", reading(FOREIGN, "complaint", only=False), standing(), Decision(kind="escalate", reason="frustration")),
    ("hello", reading(FOREIGN, "greet"), standing(), Decision(kind="smalltalk", reason="greeting")),
    ("thanks", reading(FOREIGN, "thanks"), standing(), Decision(kind="smalltalk", reason="thanks")),
    ("bye", reading(FOREIGN, "goodbye"), standing(), Decision(kind="smalltalk", reason="goodbye")),
    ("again please", reading(FOREIGN, "repeat"), standing(), Decision(kind="smalltalk", reason="repeat")),
    ("yes to nothing", reading(FOREIGN, "affirm"), standing(), Decision(kind="smalltalk", reason="nothing_pending")),
    (
        "a quick reply",
        reading(FOREIGN),
        standing(chosen="get_invoice"),
        Decision(kind="route", agent="support", intent="get_invoice"),
    ),
    ("the quick reply for a human", reading(FOREIGN), standing(chosen="human"), Decision(kind="escalate", reason="customer_request")),
    (
        "yes to a colleague",
        reading(FOREIGN, "affirm"),
        standing(pending_offer="human"),
        Decision(kind="escalate", reason="customer_request"),
    ),
    (
        "a known case",
        reading(TORN),
        standing(continues_case=True, agent="support", intent="get_invoice"),
        Decision(kind="route", agent="support", intent="get_invoice", reason="case"),
    ),
    (
        "the form's answer",
        reading(TORN),
        standing(**FORM, fills_form=True),
        Decision(kind="continue", agent="returns", intent="open_return", form="fill"),
    ),
    (
        "yes to the confirmation",
        reading(FOREIGN, "affirm"),
        standing(**FORM, confirming=True),
        Decision(kind="continue", agent="returns", intent="open_return", form="confirm"),
    ),
    (
        "no to the confirmation",
        reading(FOREIGN, "deny"),
        standing(**FORM, confirming=True),
        Decision(kind="continue", agent="returns", intent="open_return", form="cancel"),
    ),
    (
        "yes, but: not a confirmation",
        reading(TORN, "affirm", only=False),
        standing(**FORM, confirming=True),
        Decision(kind="continue", agent="returns", intent="open_return", form="fill"),
    ),
    (
        "no, the other one",
        reading(FOREIGN, "deny", "correction", only=False),
        standing(**FORM, confirming=True),
        Decision(kind="continue", agent="returns", intent="open_return", form="correct"),
    ),
    (
        "forget it",
        reading(FOREIGN, "cancel"),
        standing(**FORM),
        Decision(kind="continue", agent="returns", intent="open_return", form="cancel"),
    ),
    (
        "turns to something else",
        reading(SURE),
        standing(**FORM),
        Decision(kind="route", agent="support", intent="order_status", candidates=("order_status",)),
    ),
    (
        "free text is not a change of topic",
        reading(likely(order_status=0.7, open_return=0.3)),
        standing(**FORM, awaits_text=True),
        Decision(kind="continue", agent="returns", intent="open_return", form="fill"),
    ),
    ("thanks inside a form", reading(FOREIGN, "thanks"), standing(**FORM), Decision(kind="smalltalk", reason="thanks")),
]


@pytest.mark.parametrize(("read", "stands", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_situation_has_one_decision(read: Reading, stands: Standing, expected: Decision) -> None:
    assert decide(read, stands, ROUTING) == expected


def test_a_cheap_question_is_asked_sooner_than_a_dear_one() -> None:
    dear = ROUTING.model_copy(update={"costs": RoutingCosts(misroute=4, clarify=4, escalate=2)})
    assert decide(reading(TORN), standing(), ROUTING).kind == "clarify"
    assert decide(reading(TORN), standing(), dear).kind == "route"
