"""A check of an endpoint's own tool calls: many servers take tools in a request and then parse the model's calls badly, or not at all."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml
from pydantic import JsonValue

from orchestrator.errors import ModelRefused
from orchestrator.models.messages import ChatMessage, SystemMessage, ToolMessage, UserMessage
from orchestrator.models.model import ChatModel, ask
from orchestrator.models.request import ModelRequest
from orchestrator.models.tools import ToolSchema, ToolSet

TRIES = 2
"""All must succeed: a server that parses every second call is not to be relied on."""


@dataclass(frozen=True, kw_only=True)
class _Exercise:
    tools: ToolSet
    messages: tuple[ChatMessage, ...]
    argument: str
    expected: str
    result: str
    answer: str


async def calls_natively(model: ChatModel) -> bool:
    """Whether the model asks for a tool as the format has it, with the right argument, and can use the result.

    Raises:
        ModelError: The endpoint does not answer. Refusing requests with tools is an answer.
    """
    try:
        for _ in range(TRIES):
            if not await _passes(model, _exercise()):
                return False
    except ModelRefused as error:
        if error.status in (401, 403, 404):
            raise
        return False
    return True


async def _passes(model: ChatModel, exercise: _Exercise) -> bool:
    request = ModelRequest(messages=exercise.messages, tools=exercise.tools, max_tokens=200, temperature=0, purpose="probe")
    asked = await ask(model, request)
    if len(asked.calls) != 1 or not asked.calls[0].is_valid or asked.calls[0].arguments.get(exercise.argument) != exercise.expected:
        return False
    call = asked.calls[0]
    result = ToolMessage(call_id=call.id, tool=call.tool, text=exercise.result)
    said = await ask(model, ModelRequest(
        messages=(*exercise.messages, asked.message(), result), tools=exercise.tools, max_tokens=200, temperature=0, purpose="probe",
    ))  # fmt: skip
    return exercise.answer in said.text


@cache
def _exercise() -> _Exercise:
    data = cast("dict[str, Any]", yaml.safe_load((files("orchestrator.models") / "prompts" / "probe.yaml").read_text("utf-8")))
    tool = cast("dict[str, str]", data["tool"])
    parameters: dict[str, JsonValue] = {
        "type": "object",
        "properties": {tool["argument"]: {"type": "string", "description": tool["about"]}},
        "required": [tool["argument"]],
    }
    schema = ToolSchema(name=tool["name"], description=tool["description"], parameters=parameters)
    return _Exercise(
        tools=ToolSet(schema),
        messages=(SystemMessage(text=data["instruction"]), UserMessage(text=data["question"])),
        argument=tool["argument"],
        expected=data["expected"],
        result=data["result"],
        answer=data["answer"],
    )
