"""The agent at work: its form, its look-up, or a known case taken up again; questions go on to the knowledge base."""

from dataclasses import replace
from typing import Literal

from langgraph.types import Command

from orchestrator.conversation import Case, Conversation, OpenForm
from orchestrator.dialogue.filling import Offering, from_memory, from_message
from orchestrator.events import AgentSelected, HandedOff
from orchestrator.graph import casework
from orchestrator.graph.decision import Decision, FormAnswer
from orchestrator.graph.forming import Formed, Forming
from orchestrator.graph.onward import onward
from orchestrator.graph.speaking import Speaking, joined
from orchestrator.graph.standing import matching_case
from orchestrator.graph.state import Escalation, Reply, TurnState, context, decision_of, emit, reading_of
from orchestrator.project.tool import Tool

SUSPENDED_AT_MOST = 2


async def agent(state: TurnState) -> Command[Literal["converse", "knowledge", "resume", "escalate"]]:
    """Gives the decided agent the floor, and lets it take one step: by a model if the house has one, else by its form or the articles."""
    turn, decision = context(), decision_of(state)
    handed = state["conversation"].agent not in ("", decision.agent)
    if handed and state["hops"] >= turn.house.policy.routing.handoffs_at_most:
        return Command(goto="escalate", update={"escalation": Escalation(reason="low_confidence", agent=decision.agent)})
    if handed:
        emit(HandedOff(source=state["conversation"].agent, target=decision.agent, reason=decision.intent))
    emit(AgentSelected(agent=decision.agent, intent=decision.intent))
    conversation = replace(state["conversation"], agent=decision.agent, intent=decision.intent, offered=())
    hops = state["hops"] + int(handed)
    if turn.house.brain and _is_free(state, decision):
        return Command(goto="converse", update={"conversation": conversation, "hops": hops})
    return await work({**state, "conversation": conversation, "hops": hops})


async def work(state: TurnState) -> Command[Literal["knowledge", "resume", "escalate"]]:
    """One step of the decided intent, without a model."""
    turn, decision, conversation, hops = context(), decision_of(state), state["conversation"], state["hops"]
    case = _case_to_take_up(state, decision, conversation)
    tool = _tool_for(state, decision)
    if tool is None:
        return Command(goto="knowledge", update={"conversation": conversation, "hops": hops})
    conversation, form, answer = _form_for(conversation, decision, tool.name, state["request"])
    offering = Offering(reading=reading_of(state), facts=state["facts"], customer=state["customer"], starts=answer == "none")
    told = _told_again(state, conversation, case) if case else None
    if told:
        return onward(state, Formed(conversation=conversation, customer=state["customer"], reply=told, case=case), hops)
    if case:
        form = replace(form, values={**casework.values_of(case, tool), casework.CASE: case.id, **form.values}, started_by=case.summary)
    formed = await Forming(turn, tool, offering, state["cases"]).advance(conversation, form, answer)
    if case and formed.reply:
        formed = replace(formed, reply=joined(_taken_up(state, formed.conversation, case), formed.reply))
    return onward(state, formed, hops)


def _is_free(state: TurnState, decision: Decision) -> bool:
    """Whether a model may speak: not where a form is under way, a known case is told again, or the customer must prove who they are."""
    tool = context().house.project.intent(decision.intent).action
    proves = tool is not None and tool.verified and state["customer"] is None
    return decision.kind == "route" and decision.reason != "case" and not proves


def _tool_for(state: TurnState, decision: Decision) -> Tool | None:
    """The intent's tool. One that also has topics is used only when its object is known; else the articles answer."""
    intent = context().house.project.intent(decision.intent)
    if intent.action is None or not intent.topics or decision.kind == "continue":
        return intent.action
    offering = Offering(reading=reading_of(state), facts=state["facts"], customer=state["customer"])
    speaker = context().house.speaker
    needed = [slot for slot in intent.action.slots if slot.required]
    known = all(from_message(intent.action, slot, False, offering, speaker) or from_memory(slot, offering) for slot in needed)
    return intent.action if known else None


def _form_for(conversation: Conversation, decision: Decision, tool: str, request: str) -> tuple[Conversation, OpenForm, FormAnswer]:
    """The form to work on: the open one, or a new one with the open one put aside."""
    current = conversation.form
    if current and (decision.kind == "continue" or current.intent == decision.intent):
        return conversation, current, decision.form if decision.kind == "continue" else "fill"
    if current:
        aside = (current, *conversation.suspended)[:SUSPENDED_AT_MOST]
        conversation = replace(conversation, form=None, suspended=aside)
    return conversation, OpenForm(tool=tool, agent=decision.agent, intent=decision.intent, started_by=request), "none"


def _case_to_take_up(state: TurnState, decision: Decision, conversation: Conversation) -> Case | None:
    """The case that the message continues, or an unfinished one of the same intent from another conversation."""
    if decision.kind == "continue" or state["customer"] is None:
        return None
    if decision.reason == "case":
        return matching_case(reading_of(state), state["cases"])
    elsewhere = [case for case in state["cases"] if case.conversation_id != conversation.id and case.status == "open"]
    return next((case for case in elsewhere if case.intent == decision.intent), None)


def _told_again(state: TurnState, conversation: Conversation, case: Case) -> Reply | None:
    """A finished step of the case, told again; None while the case is unfinished."""
    house = context().house
    tool = house.project.tools[case.facts[casework.TOOL]]
    last = casework.last_outcome(case, tool)
    if last is None:
        return None
    code, facts = last
    blank: dict[str, object] = {slot.name: case.facts.get(slot.name) for slot in tool.slots}
    speaking = Speaking(context(), conversation, state["customer"])
    told = speaking.say(f"tools.{tool.name}.{code}", {**blank, **facts}, agent=case.agent)
    return joined(_taken_up(state, conversation, case), told)


def _taken_up(state: TurnState, conversation: Conversation, case: Case) -> Reply:
    speaking = Speaking(context(), conversation, state["customer"])
    label = context().house.project.label(case.intent, conversation.language)
    facts: dict[str, object] = {
        "day": case.opened_at,
        "subject": case.subject or label,
        "summary": case.summary,
        "status": case.status,
        "via": speaking.label(f"via.{case.channel}"),
    }
    return speaking.say("engine.case_resumed", facts, agent=case.agent)
