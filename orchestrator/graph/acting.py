"""Runs a tool: effects go through the ledger first, refusals and failures come back as outcomes, never as text for the customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import anyio
import structlog
from pydantic import TypeAdapter

from orchestrator.conversation import Conversation, Customer
from orchestrator.errors import Rehearsed, ToolError, ToolRefused
from orchestrator.events import ToolCalled
from orchestrator.graph.context import TurnContext
from orchestrator.memory import effects
from orchestrator.project.tool import Tool

TOOL_SECONDS = 20.0
OBJECTS = ("order_id", "return_id", "item", "product")
"""Slots that name what an effect is done to; with conversation, message and tool they make its business key."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a tool call ended: `code` is the result's outcome or the refusal's code; `facts` are what a reply may name."""

    kind: Literal["done", "refused", "failed"]
    tool: str
    code: str
    event: ToolCalled
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    result: object = None


def result_facts(result: object) -> Mapping[str, object]:
    """The fields of a tool's result."""
    return cast("Mapping[str, object]", vars(result)) if hasattr(result, "__dict__") else {}


def pack(tool: Tool, result: object) -> Mapping[str, Any]:
    """A result as JSON values, to be stored."""
    return cast("Mapping[str, Any]", TypeAdapter[object](tool.result).dump_python(result, mode="json"))


def unpack(tool: Tool, values: Mapping[str, Any]) -> object:
    """A stored result as the tool returned it."""
    return TypeAdapter[object](tool.result).validate_python(values)


class Acting:
    """Runs tools for one conversation in one turn."""

    def __init__(self, context: TurnContext, conversation: Conversation, customer: Customer | None) -> None:
        self._context = context
        self._conversation = conversation
        self._customer = customer

    async def run(self, tool: Tool, arguments: Mapping[str, object]) -> Outcome:
        """The outcome of one call. An effect that was already done for this message is not done again."""
        subject = "/".join(str(value) for slot, value in sorted(arguments.items()) if slot in OBJECTS)
        key = effects.business_key(self._conversation.id, self._context.message_id, tool.name, subject)
        if tool.effect:
            earlier = await self._plan(tool, key, arguments)
            if earlier is not None:
                return earlier
        try:
            with anyio.fail_after(TOOL_SECONDS):
                result = await self._result(tool, key, arguments)
        except ToolRefused as refusal:
            await self._settle(tool, key, refusal)
            return self._refused(tool, arguments, refusal.code, refusal.facts)
        except (ToolError, TimeoutError) as error:
            log.error("tool failed", tool=tool.name, conversation=self._conversation.id, error=type(error).__name__, text=str(error))
            return Outcome(kind="failed", tool=tool.name, code="failed", event=self._event(tool, arguments, "failed"))
        await self._settle(tool, key, result)
        return self._done(tool, arguments, result)

    async def _result(self, tool: Tool, key: str, arguments: Mapping[str, object]) -> object:
        """What the tool returns; a look-up that was made while the customer was still speaking is not made again."""

        async def call() -> object:
            return await tool(self._context.tool_context(self._conversation, self._customer, key), **arguments)

        if tool.effect:
            self._context.ahead.forget()
            return await call()
        place = (self._conversation.id, self._conversation.language, self._conversation.region, self._customer and self._customer.id)
        return await self._context.ahead.once(
            ("tool", tool.name, place, *sorted((name, str(value)) for name, value in arguments.items())), call
        )

    async def _plan(self, tool: Tool, key: str, arguments: Mapping[str, object]) -> Outcome | None:
        if self._context.is_rehearsal:
            raise Rehearsed("an effect")
        self._context.course.in_effect = True
        effect = effects.Effect(
            key=key,
            conversation_id=self._conversation.id,
            turn_id=self._context.turn_id,
            tool=tool.name,
            arguments={name: str(value) for name, value in arguments.items()},
        )
        async with self._context.house.database.unit() as unit:
            planned = await effects.plan(unit, effect, self._context.now)
        if isinstance(planned, effects.AlreadyDone):
            return self._done(tool, arguments, unpack(tool, planned.result))
        return None

    async def _settle(self, tool: Tool, key: str, result: object) -> None:
        if not tool.effect:
            return
        async with self._context.house.database.unit() as unit:
            if isinstance(result, ToolRefused):
                await effects.failed(unit, key, self._context.now)
            else:
                await effects.done(unit, key, pack(tool, result), self._context.now)

    def _done(self, tool: Tool, arguments: Mapping[str, object], result: object) -> Outcome:
        code = str(getattr(result, "outcome", "done"))
        event = self._event(tool, arguments, code)
        return Outcome(kind="done", tool=tool.name, code=code, facts=result_facts(result), event=event, result=result)

    def _refused(self, tool: Tool, arguments: Mapping[str, object], code: str, facts: Mapping[str, object]) -> Outcome:
        return Outcome(kind="refused", tool=tool.name, code=code, facts=facts, event=self._event(tool, arguments, code))

    def _event(self, tool: Tool, arguments: Mapping[str, object], outcome: str) -> ToolCalled:
        shown = tuple((name, str(value)) for name, value in arguments.items())
        return ToolCalled(tool=tool.name, arguments=shown, outcome=outcome, effect=tool.effect)
