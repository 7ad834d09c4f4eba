"""One question to a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from orchestrator.models.messages import ChatMessage
from orchestrator.models.tools import NO_TOOLS, ToolSet

ToolChoice = Literal["auto", "none", "required"]


@dataclass(frozen=True, kw_only=True)
class AnswerSchema:
    """A JSON schema that the text of the response must fit."""

    name: str
    schema: Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """What is asked of a model.

    Args:
        messages: The stable part first, so that providers can cache the prompt.
        answer: Structured output; not together with tools.
        seconds, first_token: How long the whole call and its first token may take, retries and other models included; None leaves it to the
            model's own patience.
        purpose: What it is for (`agent`, `route`, `summary`): for logs, scripts and recordings, never sent.
    """

    messages: Sequence[ChatMessage]
    tools: ToolSet = NO_TOOLS
    tool_choice: ToolChoice = "auto"
    answer: AnswerSchema | None = None
    max_tokens: int = 800
    temperature: float | None = 0.2
    seed: int | None = None
    seconds: float | None = None
    first_token: float | None = None
    purpose: str = "agent"

    def __post_init__(self) -> None:
        if self.answer and self.tools:
            raise ValueError("A request has tools or an answer schema, not both.")

    @property
    def offered(self) -> ToolSet:
        """The tools that may be called."""
        return NO_TOOLS if self.tool_choice == "none" else self.tools
