"""Tool calls by one structured answer, for servers whose own tool calls cannot be relied on.

The model is bound by `response_format` to one JSON object that holds either calls or a reply; from outside nothing differs.
"""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import cache
from importlib.resources import files

from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import JsonValue

from orchestrator.errors import ModelCallFailed, ModelInterrupted
from orchestrator.models.envelope import Envelope
from orchestrator.models.events import Finished, ModelEvent, TextPiece, ToolCallReady, UsageReported
from orchestrator.models.messages import AssistantMessage, ChatMessage, SystemMessage, ToolMessage, UserMessage
from orchestrator.models.model import ChatModel
from orchestrator.models.request import AnswerSchema, ModelRequest
from orchestrator.models.tools import NO_TOOLS, ToolSchema, ToolSet


class StructuredModel:
    """A model that asks for tools in its text; requests without tools pass unchanged.

    A reply is given out as it is written. What is said beside a call is left out: the result is not known yet.
    """

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`.

        Raises:
            ModelCallFailed: As the model does, or the answer is not of the form agreed.
            ModelInterrupted: It broke off in the middle of its reply.
        """
        if not request.tools:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    yield event
            return
        envelope = Envelope()
        try:
            async with aclosing(self._model.stream(_inner(request))) as events:
                async for event in events:
                    for outer in _outer(event, envelope, request.offered):
                        yield outer
        except ModelInterrupted as error:
            if envelope.reply:
                raise ModelInterrupted(str(error), said=envelope.reply) from error
            raise ModelCallFailed(str(error)) from error


def _outer(event: ModelEvent, envelope: Envelope, offered: ToolSet) -> Sequence[ModelEvent]:
    if isinstance(event, TextPiece):
        text = envelope.push(event.text)
        return [TextPiece(text=text)] if text else []
    if isinstance(event, Finished):
        return _end(event, envelope, offered)
    return [] if isinstance(event, UsageReported) else [event]


def _end(event: Finished, envelope: Envelope, offered: ToolSet) -> list[ModelEvent]:
    inner = event.response
    if event.reason in ("refused", "filtered"):
        return [UsageReported(usage=inner.usage), event]
    rest = envelope.end(is_cut=event.reason == "length")
    calls = tuple(offered.call(f"{inner.id or 'call'}-{place}", tool, raw) for place, (tool, raw) in enumerate(envelope.calls))
    reason = "tool_calls" if calls and event.reason == "stop" else event.reason
    response = replace(inner, text=envelope.reply, calls=calls, reason=reason)
    return [
        *([TextPiece(text=rest)] if rest else []),
        *(ToolCallReady(call=call) for call in calls),
        UsageReported(usage=inner.usage),
        Finished(reason=reason, response=response),
    ]


def _inner(request: ModelRequest) -> ModelRequest:
    offered = request.offered
    return replace(
        request,
        messages=_messages(request.messages, offered),
        tools=NO_TOOLS,
        tool_choice="auto",
        answer=AnswerSchema(name="turn", schema=turn_schema(offered, must_call=request.tool_choice == "required")),
    )


def _messages(messages: Sequence[ChatMessage], tools: ToolSet) -> list[ChatMessage]:
    """The conversation with calls and results as text; neighbours of one side are joined, since many templates want sides to alternate."""
    found: list[ChatMessage] = []
    for message in [SystemMessage(text=""), *messages]:
        plain = _plain(message)
        last = found[-1] if found else None
        if last is not None and type(last) is type(plain):
            found[-1] = replace(last, text=f"{last.text}\n\n{plain.text}".strip())
        else:
            found.append(plain)
    found[0] = replace(found[0], text=f"{found[0].text}\n\n{instructions(tools)}".strip())
    return found


def _plain(message: ChatMessage) -> ChatMessage:
    if isinstance(message, ToolMessage):
        return UserMessage(text=json.dumps({"tool": message.tool, "result": message.text}, ensure_ascii=False))
    if isinstance(message, AssistantMessage):
        calls = [{"tool": call.tool, "arguments": dict(call.arguments)} for call in message.calls]
        return AssistantMessage(text=json.dumps({"calls": calls, "reply": "" if calls else message.text}, ensure_ascii=False))
    return message


@cache
def instructions(tools: ToolSet) -> str:
    """What the model is told about the form of its answer and about the tools; rendered once per set."""
    text = (files("orchestrator.models") / "prompts" / "tools.md").read_text("utf-8")
    return ImmutableSandboxedEnvironment(autoescape=False).from_string(text).render(tools=list(tools))


@cache
def turn_schema(tools: ToolSet, *, must_call: bool) -> dict[str, JsonValue]:
    """The form of the answer. Calls come first, so that the first words of a reply are known to be one.

    Every property is required, as strict structured output wants it; an optional argument may be null.
    """
    calls: dict[str, JsonValue] = {"type": "array", "items": {"anyOf": [_call_schema(tool) for tool in tools]}}
    if must_call:
        calls["minItems"] = 1
    if not tools:
        calls = {"type": "array", "items": {"type": "string"}, "maxItems": 0}
    return _closed({"calls": calls, "reply": {"type": "string"}})


def _call_schema(tool: ToolSchema) -> dict[str, JsonValue]:
    arguments: dict[str, JsonValue] = {
        name: schema if name in tool.required else {"anyOf": [schema, {"type": "null"}]} for name, schema in tool.properties.items()
    }
    return _closed({"tool": {"type": "string", "enum": [tool.name]}, "arguments": _closed(arguments)})


def _closed(properties: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
