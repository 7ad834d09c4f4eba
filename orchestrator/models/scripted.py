"""A model that follows a script, for suites and demonstrations: the same words for the same message, no network, no cost."""

import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from pydantic import JsonValue

from orchestrator.errors import ModelError
from orchestrator.models.events import ModelEvent, TextPiece
from orchestrator.models.messages import SystemMessage, ToolCall
from orchestrator.models.model import events_of
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import ModelResponse
from orchestrator.models.usage import estimated

Answer = str | ModelResponse | ModelError
Reply = Answer | Callable[[ModelRequest], Answer]
"""A text, a whole response, an error to raise, or a function of the request that gives one of these."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a script.

    Args:
        when: A regular expression searched (in any case) in the last message that is not the system's.
        purpose: Answers only requests for this purpose; empty for any.
        times: How often it answers before the lines below it do; None for ever.
    """

    when: str
    reply: Reply
    purpose: str = ""
    times: int | None = None


class ScriptedModel:
    """Answers by the first line that fits. It keeps every request it was asked."""

    def __init__(self, script: Sequence[Line], *, name: str = "scripted") -> None:
        self._script = script
        self._name = name
        self._used: dict[int, int] = {}
        self._ids = count(1)
        self.requests: list[ModelRequest] = []

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`; the text comes word by word.

        Raises:
            ModelError: The script says so, or has no line for the request.
        """
        self.requests.append(request)
        answer = self._answer(request)
        if isinstance(answer, ModelError):
            raise answer
        response = self._finished(ModelResponse(model=self._name, text=answer) if isinstance(answer, str) else answer, request)
        for event in events_of(response):
            if isinstance(event, TextPiece):
                for word in re.findall(r"\S+\s*|\s+", event.text):
                    yield TextPiece(text=word)
            else:
                yield event

    def _answer(self, request: ModelRequest) -> Answer:
        spoken = [message.text for message in request.messages if not isinstance(message, SystemMessage)]
        text = spoken[-1] if spoken else ""
        for place, line in enumerate(self._script):
            used = self._used.get(place, 0)
            is_fit = line.purpose in ("", request.purpose) and re.search(line.when, text, re.IGNORECASE)
            if is_fit and (line.times is None or used < line.times):
                self._used[place] = used + 1
                return line.reply(request) if callable(line.reply) else line.reply
        raise ModelError(f"the script of {self._name!r} has no line for {text[:80]!r} ({request.purpose})")

    def _finished(self, response: ModelResponse, request: ModelRequest) -> ModelResponse:
        calls = tuple(
            request.offered.call(call.id or f"call-{next(self._ids)}", call.tool, call.raw or json.dumps(dict(call.arguments)))
            for call in response.calls
        )
        usage = response.usage if response.usage.total else estimated(request, response.text, calls)
        reason = "tool_calls" if calls and response.reason == "stop" else response.reason
        return replace(response, model=self._name, calls=calls, usage=usage, reason=reason)


def asked(tool: str, **arguments: JsonValue) -> ToolCall:
    """A call for a script; ids are given when it is spoken."""
    return ToolCall(id="", tool=tool, arguments=arguments)


def calling(*calls: ToolCall, text: str = "") -> ModelResponse:
    """A response that asks for tools."""
    return ModelResponse(model="", text=text, calls=calls)


def script_of(lines: Mapping[str, Reply]) -> list[Line]:
    """A script from patterns and replies, in their order."""
    return [Line(when=when, reply=reply) for when, reply in lines.items()]
