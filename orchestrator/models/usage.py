"""What a call took, as reported by the endpoint or else estimated."""

from collections.abc import Sequence

from pydantic import JsonValue

from orchestrator.models.messages import AssistantMessage, ChatMessage, ToolCall
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import Usage

BYTES_PER_TOKEN = 3.5
"""Of text in the six languages and of JSON, a little low, so that a budget is rather reached too early."""


def usage_of(data: JsonValue) -> Usage | None:
    """The usage in a chunk; None when there is none."""
    if not isinstance(data, dict) or not data.get("prompt_tokens"):
        return None
    details = data.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else data.get("prompt_cache_hit_tokens")
    return Usage(prompt=_count(data["prompt_tokens"]), completion=_count(data.get("completion_tokens")), cached=_count(cached))


def estimated(request: ModelRequest, text: str, calls: Sequence[ToolCall]) -> Usage:
    """The usage of an endpoint that does not report it."""
    prompt = sum(_size(message) for message in request.messages) + len(request.offered.wire.encode())
    return Usage(prompt=_tokens(prompt), completion=_tokens(_size(AssistantMessage(text=text, calls=tuple(calls)))), is_estimate=True)


def _size(message: ChatMessage) -> int:
    calls = message.calls if isinstance(message, AssistantMessage) else ()
    return len(message.text.encode("utf-8", "replace")) + sum(len(call.raw.encode("utf-8", "replace")) + len(call.tool) for call in calls)


def _tokens(size: int) -> int:
    return int(size / BYTES_PER_TOKEN) + 1


def _count(value: JsonValue) -> int:
    return max(0, int(value)) if isinstance(value, int | float) else 0
