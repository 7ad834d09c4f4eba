"""An agent that speaks through a language model: what it says is reviewed as it comes, what it wants done goes through code."""

from dataclasses import replace
from typing import Literal

from langgraph.types import Command

from orchestrator.conversation import Choice, OpenForm
from orchestrator.dialogue.filling import Offering
from orchestrator.errors import Rehearsed
from orchestrator.graph import learning
from orchestrator.graph.asking import Asking
from orchestrator.graph.conversing import Conversed, Conversing
from orchestrator.graph.findings import findings_of
from orchestrator.graph.forming import Forming
from orchestrator.graph.nodes.agent import work
from orchestrator.graph.onward import onward
from orchestrator.graph.speaking import Speaking, spoken
from orchestrator.graph.state import Escalation, TurnState, context, decision_of, reading_of
from orchestrator.graph.telling import Telling
from orchestrator.project.examples import HUMAN
from orchestrator.project.tool import Tool

Target = Literal["knowledge", "resume", "escalate"]
REASONS = {"escalate": "missing_knowledge", "lost": "low_confidence", "budget": "budget"}
"""Why a person takes over, by how a model's part ended."""


async def converse(state: TurnState) -> Command[Target]:
    """What the agent says and does about the request at hand. When no model answers, the turn goes on as if there were none."""
    brain = context().house.brain
    assert brain is not None, "the way here is taken with a brain only"  # noqa: S101 an invariant of the wiring
    before = state
    conversation = replace(state["conversation"], agent=state["conversation"].agent or _first(state), offered=())
    state = {**state, "conversation": conversation}
    findings = await findings_of(state)
    if context().is_rehearsal:
        raise Rehearsed("a model would be asked")
    asking = await Asking.begun(state, brain)
    telling = Telling.begun(state, findings, asking.done)
    conversing = Conversing(state, asking, telling, findings)
    if findings.outcome:
        conversing.note(findings.outcome)
    done = await conversing.run()
    if done.ending == "unavailable":
        return await work(before) if decision_of(state).kind == "route" else Command(goto="knowledge")
    reply, replies = telling.ended(is_whole=done.ending == "said")
    conversation = replace(
        spoken(telling.conversation, (reply,) if reply else ()), agent=conversing.agent, spent=conversation.spent + asking.spent
    )
    known: TurnState = {
        **state,
        "conversation": conversation,
        "hops": done.hops,
        "lead": None if reply else state["lead"],
        "sent": (*state["sent"], reply) if reply else state["sent"],
        "replies": (*state["replies"], *replies),
        "facts": learning.merged(state["facts"], tuple(done.learnt)),
        "learnt": (*state["learnt"], *done.learnt),
        "tried": (*state["tried"], *(f"{call.tool}: {call.outcome}" for call in done.calls)),
    }
    following = await _following(known, done)
    return Command(goto=following.goto, update={**known, **(following.update or {})})


async def _following(state: TurnState, done: Conversed) -> Command[Target]:
    """What comes after the model's words."""
    conversation = state["conversation"]
    if done.ending == "form" and done.tool is not None and _is_unasked(done.tool, state):
        return _offered(state, done.tool)
    if done.ending == "form" and done.tool is not None:
        intent = _intent_of(done.tool.name, state)
        form = OpenForm(tool=done.tool.name, agent=conversation.agent, intent=intent, values=done.values, started_by=state["request"])
        conversation = replace(conversation, intent=intent, form=None, suspended=_put_aside(state, done.tool.name))
        offering = Offering(reading=reading_of(state), facts=state["facts"], customer=state["customer"], starts=True)
        formed = await Forming(context(), done.tool, offering, state["cases"]).advance(conversation, form, "none")
        following = onward(state, formed, state["hops"])
        # The form is what is being talked about now, whatever the message was read as: nothing leads back to it in the same turn.
        routed = replace(decision_of(state), kind="route", intent=intent)
        return Command(goto=following.goto, update={**(following.update or {}), "decision": routed})
    if done.ending in REASONS:
        return Command(goto="escalate", update={"escalation": Escalation(reason=REASONS[done.ending], agent=conversation.agent)})
    if done.ending == "broken":
        speaking = Speaking(context(), conversation, state["customer"])
        human = Choice(label=speaking.label("talk_to_human"), value=HUMAN)
        sorry = speaking.say("engine.broken_off", agent=conversation.agent, choices=(human,))
        return Command(
            goto="resume", update={"replies": (*state["replies"], sorry), "conversation": replace(conversation, offered=(human,))}
        )
    return Command(goto="resume")


def _first(state: TurnState) -> str:
    """Who answers what nobody has been found for: whoever the likeliest intent belongs to."""
    house = context().house
    owners = (house.project.owners.get(name, HUMAN) for name, _ in reading_of(state).distribution.probabilities)
    return next((owner for owner in owners if owner != HUMAN), next(iter(house.project.agents)))


def _is_unasked(tool: Tool, state: TurnState) -> bool:
    """Whether a model wants an effect that is not confirmed before it is done, and that the customer's own words do not call for."""
    decision = decision_of(state)
    action = context().house.project.intent(decision.intent).action if decision.intent else None
    return tool.effect and not tool.confirm and (action is None or action.name != tool.name)


def _offered(state: TurnState, tool: Tool) -> Command[Target]:
    """Asks whether that is what the customer wants; what no intent stands for is left to a person."""
    project, conversation = context().house.project, state["conversation"]
    intent = next((name for name in project.intents if (action := project.intent(name).action) and action.name == tool.name), "")
    if not intent:
        return Command(goto="escalate", update={"escalation": Escalation(reason="missing_knowledge", agent=conversation.agent)})
    choice = Choice(label=project.label(intent, conversation.language), value=intent)
    speaking = Speaking(context(), conversation, state["customer"])
    asked = speaking.say("engine.offered", {"label": choice.label}, agent=conversation.agent, choices=(choice,))
    waiting = replace(conversation, offered=(choice,))
    return Command(goto="resume", update={"replies": (*state["replies"], asked), "conversation": waiting})


def _intent_of(tool: str, state: TurnState) -> str:
    """The intent that a tool belongs to, the decided one first."""
    project, decided = context().house.project, decision_of(state).intent
    names = (decided, *project.intents) if decided else tuple(project.intents)
    return next((name for name in names if (action := project.intent(name).action) and action.name == tool), decided)


def _put_aside(state: TurnState, tool: str) -> tuple[OpenForm, ...]:
    conversation = state["conversation"]
    other = conversation.form if conversation.form and conversation.form.tool != tool else None
    return (other, *conversation.suspended)[:2] if other else conversation.suspended
