"""How a turn goes on after a form's step: what it says, has learnt, has opened, or that a person takes over."""

from typing import Literal

from langgraph.types import Command

from orchestrator.graph import learning
from orchestrator.graph.forming import Formed
from orchestrator.graph.state import TurnState, emit

Target = Literal["resume", "escalate"]


def onward(state: TurnState, formed: Formed, hops: int) -> Command[Target]:
    """The state after a form's step, and the node that follows."""
    for call in formed.calls:
        emit(call)
    for fact in formed.learnt:
        emit(learning.event(fact))
    others = tuple(case for case in state["cases"] if not formed.case or case.id != formed.case.id)
    changed = tuple(case for case in state["touched"] if not formed.case or case.id != formed.case.id)
    update: dict[str, object] = {
        "conversation": formed.conversation,
        "customer": formed.customer,
        "hops": hops,
        "facts": learning.merged(state["facts"], formed.learnt),
        "learnt": (*state["learnt"], *formed.learnt),
        "tried": (*state["tried"], *(f"{call.tool}: {call.outcome}" for call in formed.calls)),
    }
    if formed.case:
        update |= {"cases": (formed.case, *others), "touched": (*changed, formed.case)}
    if formed.reply:
        update["replies"] = (*state["replies"], formed.reply)
    if formed.escalation:
        return Command(goto="escalate", update={**update, "escalation": formed.escalation})
    return Command(goto="resume", update=update)
