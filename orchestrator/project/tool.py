"""Tools: typed async functions that both brains call. The parameters are the slots, the docstring is for the model."""

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from orchestrator.conversation import Customer, Language
from orchestrator.errors import ToolError
from orchestrator.project.policy import Policy
from orchestrator.project.signature import outcomes_of, slots_of
from orchestrator.project.slot import Slot, ToolFunction

Kind = TypeVar("Kind")


@dataclass(frozen=True, kw_only=True)
class Option:
    """One possible value of a slot, in the customer's words: the label is shown, aliases are understood too.

    One that is not `offered` is understood when the customer names it (the tool then says why not), but never proposed.
    """

    value: str
    label: str
    aliases: tuple[str, ...] = ()
    offered: bool = True


@dataclass(frozen=True, kw_only=True)
class ToolContext:
    """What a tool may know: proven by code, never taken from a model or a message."""

    customer: Customer | None
    language: Language
    region: str
    now: datetime
    conversation_id: str
    turn_id: str
    policy: Policy
    connectors: Sequence[object]
    effect_key: str = ""

    @property
    def verified(self) -> Customer:
        """The verified customer.

        Raises:
            ToolError: Nobody is verified; the engine asks for proof before it calls a `verified` tool.
        """
        if self.customer is None:
            raise ToolError("the customer is not verified")
        return self.customer

    @property
    def currency(self) -> str:
        """The currency of the customer's region (ISO 4217)."""
        return self.policy.region(self.region).currency

    def connector(self, kind: type[Kind]) -> Kind:
        """The first connector that implements the protocol `kind` (a runtime-checkable one).

        Raises:
            ToolError: None does.
        """
        for connector in self.connectors:
            if isinstance(connector, kind):
                return connector
        raise ToolError(f"no connector offers {kind.__name__}")


OptionSource = Callable[[ToolContext, Mapping[str, str]], Awaitable[Sequence[Option]]]
"""Finds the options of one slot, given the slots already filled. An empty answer means: there is none."""


@dataclass(kw_only=True)
class Tool:
    """A tool as agents name it. Call it with a context and parsed arguments.

    Attributes:
        effect: It changes the world and goes through the effect ledger.
        verified: The customer's identity must be proven first.
        confirm: It needs an explicit yes in a later message; then `preview` must be given.
        refusals: The codes it may raise `ToolRefused` with.
        outcomes: The values of the result's `outcome` field, or just `done`.
        options: Where the possible values of a slot come from.
        claims: What may be said to be done once it has been called (`refund`, `cancel`, see `governance.claims`).
    """

    name: str
    description: str
    function: ToolFunction
    slots: tuple[Slot, ...]
    result: type
    effect: bool
    verified: bool
    confirm: bool
    refusals: tuple[str, ...]
    outcomes: tuple[str, ...]
    options: Mapping[str, OptionSource]
    source: str
    line: int
    preview_function: ToolFunction | None = field(default=None)
    check_function: ToolFunction | None = field(default=None)
    problems: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    async def __call__(self, context: ToolContext, **arguments: object) -> object:
        """Runs the tool and returns its result, a frozen dataclass.

        Raises:
            ToolRefused: A business rule says no.
            ToolError: It could not be done.
        """
        return await self.function(context, **arguments)

    def preview(self, function: ToolFunction) -> ToolFunction:
        """Registers what the customer confirms: same parameters, returns the facts of the confirmation, may refuse."""
        self.preview_function = function
        return function

    def lets_say(self, *claims: str) -> None:
        """Registers what may be said to be done once the tool has been called: a model's words to that effect are withheld before."""
        self.claims = claims

    def check(self, function: ToolFunction) -> ToolFunction:
        """Registers what can be refused early: it takes some of the parameters and runs as soon as they are known."""
        self.check_function = function
        return function

    def checked_slots(self) -> frozenset[str]:
        """The parameters of the early check."""
        if self.check_function is None:
            return frozenset()
        return frozenset(list(inspect.signature(self.check_function).parameters)[1:])

    def slot(self, name: str) -> Slot:
        """The slot of that name (KeyError when there is none)."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise KeyError(name)


def tool(
    *,
    effect: bool = False,
    verified: bool = False,
    confirm: bool = False,
    refusals: tuple[str, ...] = (),
    options: Mapping[str, OptionSource] | None = None,
) -> Callable[[ToolFunction], Tool]:
    """Makes a tool of a typed async function `(ctx: ToolContext, **slots) -> dataclass`.

    What is wrong with it (no docstring, no types) is kept in `problems` and reported by `filrouge check`.
    """

    def make(function: ToolFunction) -> Tool:
        name = getattr(function, "__name__", "tool")
        slots, problems = slots_of(function)
        result: type = typing.get_type_hints(function).get("return", object)
        code = getattr(function, "__code__", None)
        return Tool(
            name=name,
            description=inspect.getdoc(function) or "",
            function=function,
            slots=slots,
            result=result,
            effect=effect,
            verified=verified,
            confirm=confirm,
            refusals=refusals,
            outcomes=outcomes_of(result),
            options=dict(options or {}),
            source=str(getattr(code, "co_filename", "")),
            line=int(getattr(code, "co_firstlineno", 1)),
            problems=(*problems, *_problems(name, function, result)),
        )

    return make


def _problems(name: str, function: ToolFunction, result: type) -> list[str]:
    found: list[str] = []
    if result in (object, type(None)):
        found.append(f"tool {name!r} declares no result type. Return a frozen dataclass")
    if not inspect.getdoc(function):
        found.append(f"tool {name!r} has no docstring. Say in one sentence what it does; the model reads it")
    if not inspect.iscoroutinefunction(function):
        found.append(f"tool {name!r} is not async. Write `async def {name}`")
    return found
