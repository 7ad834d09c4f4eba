"""What a model's stream yields, in this order of kinds; it ends with `Finished` or raises a `ModelError`."""

from dataclasses import dataclass

from orchestrator.models.messages import ToolCall
from orchestrator.models.response import FinishReason, ModelResponse, Usage


@dataclass(frozen=True, kw_only=True)
class TextPiece:
    """A piece of the text, never empty; to be delivered as it comes."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ToolCallPiece:
    """Progress of a tool call: the tool's name as far as known, and the next piece of its unparsed arguments."""

    index: int
    tool: str
    arguments: str


@dataclass(frozen=True, kw_only=True)
class Retried:
    """An attempt failed before any text was delivered, and another follows; what earlier pieces of tool calls said is void."""

    model: str
    why: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The model, or the provider's filter, declined; the text may be empty and is not for the customer."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ToolCallReady:
    """A whole tool call, told after the stream has ended well; look at `call.problem` before running it."""

    call: ToolCall


@dataclass(frozen=True, kw_only=True)
class UsageReported:
    """What the call took."""

    usage: Usage


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The end, with the whole response."""

    reason: FinishReason
    response: ModelResponse


ModelEvent = TextPiece | ToolCallPiece | Retried | Refused | ToolCallReady | UsageReported | Finished
