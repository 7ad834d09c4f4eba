"""The bounded loop of one model and its tools in one turn: the model proposes, code runs, prepares, hands over or stops."""

from dataclasses import dataclass, field, replace
from typing import Literal

import anyio
import structlog

from orchestrator.conversation import Fact
from orchestrator.dialogue.steps import Call
from orchestrator.errors import ModelBudgetSpent, ModelError, ModelInterrupted
from orchestrator.events import AgentSelected, HandedOff, ToolCalled
from orchestrator.graph import learning
from orchestrator.graph.acting import Acting, Outcome
from orchestrator.graph.asking import Asking
from orchestrator.graph.brain import Kit
from orchestrator.graph.findings import Findings, proof, told
from orchestrator.graph.proposing import values_of
from orchestrator.graph.scene import prompted, scene_of
from orchestrator.graph.state import TurnState, context, emit
from orchestrator.graph.telling import Telling
from orchestrator.models import ModelRequest, ToolCall, ToolMessage
from orchestrator.models.briefing import briefing
from orchestrator.project.tool import Tool
from orchestrator.understanding.reading import ReadingContext

ANSWER_TOKENS = 400
Ending = Literal["said", "form", "transfer", "escalate", "lost", "budget", "unavailable", "broken"]
log = structlog.get_logger()


@dataclass(kw_only=True)
class Conversed:
    """How the loop ended: `tool` and `values` are what a form is to do, `why` the words of a hand-over."""

    ending: Ending = "said"
    tool: Tool | None = None
    values: dict[str, str] = field(default_factory=dict[str, str])
    target: str = ""
    why: str = ""
    hops: int = 0
    calls: list[ToolCalled] = field(default_factory=list[ToolCalled])
    learnt: list[Fact] = field(default_factory=list[Fact])


class Conversing:
    """The agents' part of one turn, as models speak it."""

    def __init__(self, state: TurnState, asking: Asking, telling: Telling, findings: Findings) -> None:
        self._state = state
        self._asking = asking
        self._telling = telling
        self._findings = findings
        self._done = Conversed(hops=state["hops"])
        self.agent = state["conversation"].agent

    async def run(self) -> Conversed:
        """Goes on until an agent has said its piece, wants a form or a person, or a limit is reached; after a hand-over the next speaks."""
        try:
            await self._loop(packet="")
            while self._done.ending == "transfer":
                if self._done.hops >= context().house.policy.routing.handoffs_at_most:
                    self._done.ending = "lost"
                else:
                    await self._loop(self._handed_over())
        except ModelBudgetSpent as spent:
            log.warning("model budget spent", scope=spent.scope, kind=spent.kind, conversation=self._state["conversation"].id)
            self._done.ending = "budget"
        except ModelError as error:
            log.warning("no model answers", error=type(error).__name__, text=str(error), conversation=self._state["conversation"].id)
            self._done.ending = "broken" if self._telling.text or isinstance(error, ModelInterrupted) else "unavailable"
        return self._done

    @property
    def _kit(self) -> Kit:
        return self._asking.brain.kits[self.agent]

    async def _loop(self, packet: str) -> None:
        """One agent's calls."""
        house, state = context().house, self._state
        scene = scene_of(state, context(), self._findings, packet)
        prompt = prompted(house, self.agent, self._kit, state)
        messages = briefing(prompt, scene, state["history"][:-1], state["request"])
        request = ModelRequest(messages=messages, tools=self._kit.offered, max_tokens=ANSWER_TOKENS)
        self._telling.keep_to_oneself(f"{messages[0].text}\n{prompt.turn}")
        self._telling.agent, self._done.ending = self.agent, "said"
        while self._done.ending == "said":
            response = await self._asking.ask(request, messages, self._telling)
            if not response.calls:
                return
            self._asking.budget.before_tools(len(response.calls))
            messages += [response.message(), *await self._answered(response.calls)]

    def _handed_over(self) -> str:
        """The packet for the next agent, who has the floor."""
        # The model's own words go to the next agent only: events may be shown to anybody.
        emit(HandedOff(source=self.agent, target=self._done.target, reason="transfer"))
        emit(AgentSelected(agent=self._done.target, intent=self._state["conversation"].intent))
        packet = f"by {self.agent}: {self._done.why or self._state['request']}"
        self.agent = self._done.target
        self._done.hops += 1
        return packet

    async def _answered(self, calls: tuple[ToolCall, ...]) -> list[ToolMessage]:
        """The results of the calls in their order: look-ups beside one another; what changes something is left to a form."""
        results: dict[str, str] = {}
        async with anyio.create_task_group() as tasks:
            for call in calls:
                if call.problem:
                    results[call.id] = call.problem
                elif not self._ends(call):
                    tasks.start_soon(self._looked_up, call, results)
        return [ToolMessage(call_id=call.id, tool=call.tool, text=results.get(call.id, "The system takes over.")) for call in calls]

    def _ends(self, call: ToolCall) -> bool:
        """Whether the call ends the agent's part: handing over, a person, or something that only a form may do. The first one counts."""
        target, tool = self._kit.target(call.tool), self._kit.tools.get(call.tool)
        if tool is not None and not tool.effect and (self._state["customer"] or not tool.verified):
            return False
        if self._done.ending == "said":
            self._done.why = str(call.arguments.get("reason") or "")[:200]
            if tool is not None:
                self._propose(tool, call)
            elif target:
                self._done.ending, self._done.target = "transfer", target
            else:
                self._done.ending = "escalate"
        return True

    def _propose(self, tool: Tool, call: ToolCall) -> None:
        self._done.ending, self._done.tool = "form", tool
        try:
            self._done.values = values_of(tool, call.arguments, context(), self._place, self._said)
        except ValueError as error:
            log.info("arguments left out", tool=tool.name, problem=str(error))

    async def _looked_up(self, call: ToolCall, results: dict[str, str]) -> None:
        tool = self._kit.tools[call.tool]
        try:
            values = values_of(tool, call.arguments, context(), self._place, self._said)
        except ValueError as error:
            results[call.id] = str(error)
            return
        if any(slot.required and slot.name not in values for slot in tool.slots):
            self._propose(tool, call)
            return
        conversation = replace(self._state["conversation"], agent=self.agent)
        arguments = Call(arguments={slot.name: slot.parse(values[slot.name]) for slot in tool.slots if slot.name in values})
        outcome = await Acting(context(), conversation, self._state["customer"]).run(tool, arguments.arguments)
        self.note(outcome)
        results[call.id] = told(tool, outcome)
        self._telling.learn(proof(tool, outcome), tool.claims)

    def note(self, outcome: Outcome) -> None:
        """Records a look-up."""
        emit(outcome.event)
        self._done.calls.append(outcome.event)
        for fact in learning.taught(outcome.tool, outcome.facts, context()):
            emit(learning.event(fact))
            self._done.learnt.append(fact)

    @property
    def _said(self) -> str:
        """The customer's own words."""
        return "\n".join((*(message.text for message in self._state["history"] if message.role == "customer"), self._state["request"]))

    @property
    def _place(self) -> ReadingContext:
        conversation = self._state["conversation"]
        region = conversation.region or context().house.policy.default_region
        return ReadingContext(now=context().now, region=region, language=conversation.language, language_fixed=True)
