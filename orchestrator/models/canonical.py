"""One form for requests that ask the same, and its digest: recordings are found by it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count

from pydantic import JsonValue

from orchestrator.models.messages import AssistantMessage, ChatMessage, ToolMessage
from orchestrator.models.request import ModelRequest
from orchestrator.models.wire import message_of


@dataclass
class _Names:
    """Call ids are the provider's whim: here they are numbered in their order."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    known: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, call_id: str) -> str:
        if call_id not in self.known:
            self.known[call_id] = f"call-{next(self.numbers)}"
        return self.known[call_id]


def canonical(request: ModelRequest) -> dict[str, JsonValue]:
    """What the answer depends on: messages, tools, form and settings; not the purpose, the time allowed, or how ids were chosen."""
    names = _Names()
    return {
        "messages": [_message(message, names) for message in request.messages],
        "tools": json.loads(request.tools.wire),
        "tool_choice": request.tool_choice,
        "answer": {"name": request.answer.name, "schema": dict(request.answer.schema)} if request.answer else None,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
    }


def request_digest(request: ModelRequest) -> str:
    """The same for requests that ask the same."""
    text = json.dumps(canonical(request), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _message(message: ChatMessage, names: _Names) -> JsonValue:
    found: dict[str, JsonValue] = message_of(message)
    if isinstance(message, AssistantMessage) and message.calls:
        found["tool_calls"] = [
            {"id": names.of(call.id), "tool": call.tool, "arguments": dict(call.arguments), "problem": call.problem}
            for call in message.calls
        ]
    if isinstance(message, ToolMessage):
        found["tool_call_id"] = names.of(message.call_id)
    return found
