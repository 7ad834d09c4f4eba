"""What is still open after an answer: a form that a digression interrupted, or the next thing asked in the same message."""

from dataclasses import replace
from typing import Literal

from langgraph.types import Command

from orchestrator.dialogue.filling import Offering
from orchestrator.graph.forming import Forming
from orchestrator.graph.speaking import Speaking, joined
from orchestrator.graph.state import TurnState, context, decision_of, reading_of


async def resume(state: TurnState) -> Command[Literal["review"]]:
    """Adds the open form's question to the answer, so that the customer is led back."""
    conversation, decision = state["conversation"], decision_of(state)
    digressed = conversation.form is not None and decision.kind != "continue" and conversation.form.intent != decision.intent
    form = conversation.form if digressed else None
    if conversation.form is None and conversation.suspended:
        form = conversation.suspended[0]
        conversation = replace(conversation, suspended=conversation.suspended[1:])
    if form is None:
        return Command(goto="review")
    turn = context()
    speaking = Speaking(turn, conversation, state["customer"])
    label = turn.house.project.label(form.intent, conversation.language)
    offering = Offering(reading=reading_of(state), facts=state["facts"], customer=state["customer"])
    formed = await Forming(turn, turn.house.project.tools[form.tool], offering, state["cases"]).resumed(conversation, form)
    if formed.reply is None:
        return Command(goto="review", update={"conversation": replace(conversation, form=None)})
    led_back = joined(speaking.say("engine.form_resumed", {"label": label}), formed.reply)
    return Command(goto="review", update={"conversation": formed.conversation, "replies": (*state["replies"], led_back)})
