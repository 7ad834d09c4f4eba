"""Requests as the chat-completions format has them, rendered to bytes without walking through the SDK's type hints."""

import json
from typing import Any

from pydantic import JsonValue

from orchestrator.models.dialect import Dialect
from orchestrator.models.messages import AssistantMessage, ChatMessage, SystemMessage, ToolCall, ToolMessage, UserMessage
from orchestrator.models.request import ModelRequest

Wire = dict[str, Any]


def body_of(model: str, request: ModelRequest, dialect: Dialect) -> bytes:
    """The JSON body of a streamed completion. The tools' JSON was rendered once, with their set."""
    data: Wire = {
        "model": model,
        "messages": [message_of(message) for message in request.messages],
        "stream": True,
        **dialect.parameters(request),
    }
    if request.answer:
        schema = {"name": request.answer.name, "schema": request.answer.schema, "strict": True}
        data["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.tools and request.tool_choice != "auto":
        data["tool_choice"] = request.tool_choice
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if request.tools:
        text = f'{text[:-1]},"tools":{request.tools.wire}}}'
    return text.encode("utf-8", "replace")


def message_of(message: ChatMessage) -> Wire:
    """One message in the format."""
    match message:
        case SystemMessage():
            return {"role": "system", "content": message.text}
        case UserMessage():
            return {"role": "user", "content": message.text}
        case ToolMessage():
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
        case AssistantMessage(calls=()):
            return {"role": "assistant", "content": message.text}
        case AssistantMessage():
            return {"role": "assistant", "content": message.text or None, "tool_calls": [_call(call) for call in message.calls]}


def _call(call: ToolCall) -> Wire:
    return {"id": call.id, "type": "function", "function": {"name": call.tool, "arguments": arguments_of(call)}}


def arguments_of(call: ToolCall) -> str:
    """The arguments as a JSON object: servers with templates refuse a history that holds anything else."""
    arguments: dict[str, JsonValue] = dict(call.arguments) if call.is_valid else {}
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
