"""What a model is told of a turn's state: the customer, the facts, the cases, the passages, in short lines."""

from collections.abc import Sequence

from orchestrator.conversation import Case, Customer, Fact
from orchestrator.graph.brain import Kit
from orchestrator.graph.context import House, TurnContext
from orchestrator.graph.findings import Findings
from orchestrator.graph.state import TurnState
from orchestrator.models.briefing import Prompted, Scene
from orchestrator.project.prompts import TURN

LANGUAGE_NAMES = {"en": "English", "fr": "French", "de": "German", "it": "Italian", "pt": "Portuguese", "es": "Spanish"}


def prompted(house: House, agent: str, kit: Kit, state: TurnState) -> Prompted:
    """The texts of an agent for this conversation."""
    texts, conversation = house.project.prompts.texts, state["conversation"]
    tone = texts.get(f"tone.{conversation.region}", "")
    return Prompted(
        texts=tuple(text for text in (texts["house"], texts[agent], tone) if text),
        turn=texts[TURN],
        variables={
            "company": house.policy.company.name,
            "agent": agent,
            "purpose": house.project.agents[agent].purpose,
            "region": conversation.region,
            "channel": conversation.channel,
            "tools": tuple(kit.tools),
            "handoffs": kit.handoffs,
        },
    )


def scene_of(state: TurnState, turn: TurnContext, findings: Findings, packet: str = "") -> Scene:
    """The scene of this turn."""
    return Scene(
        today=f"{turn.now:%A %-d %B %Y}",
        language=LANGUAGE_NAMES[state["conversation"].language],
        customer=_named(state["customer"]),
        facts=_facts(state["facts"]),
        cases=tuple(_case(case) for case in state["cases"] if case.status != "closed"),
        packet=packet,
        summary=state["conversation"].summary,
        looked_up=findings.results,
        passages=tuple(f"{passage.name}: {passage.plain}" for passage in findings.passages),
    )


def _named(customer: Customer | None) -> str:
    return f"{customer.name}, {customer.region}" if customer else ""


def _facts(facts: Sequence[Fact]) -> tuple[str, ...]:
    """The newest first; what only the customer says is marked as such."""
    newest = sorted(facts, key=lambda fact: fact.at, reverse=True)
    return tuple(f"{fact.name.removeprefix('system.')} {fact.value}{' (says the customer)' * (fact.trust == 'stated')}" for fact in newest)


def _case(case: Case) -> str:
    about = f"{case.intent.replace('_', ' ')} {case.subject}".strip()
    return f"{about} ({case.status} since {case.opened_at:%-d %B}): {case.summary}"
