"""What is said to a model and what it asks for: plain values, apart from any wire format."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """What the model asks for.

    `problem` is empty for a well-formed call of an offered tool. Otherwise it says, for the model to read, what is wrong; `arguments` is
    then empty and `raw` is what came. A call with a problem is never run: it is answered with the problem.
    """

    id: str
    tool: str
    arguments: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    raw: str = ""
    problem: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether it may be run."""
        return not self.problem


@dataclass(frozen=True, kw_only=True)
class SystemMessage:
    """What the model must know and keep to."""

    text: str


@dataclass(frozen=True, kw_only=True)
class UserMessage:
    """What the customer said, or what code asks of the model."""

    text: str


@dataclass(frozen=True, kw_only=True)
class AssistantMessage:
    """What the model said and asked for."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ToolMessage:
    """The result of one tool call, as text for the model."""

    call_id: str
    tool: str
    text: str


ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage
