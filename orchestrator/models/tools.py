"""The tools a model may ask for: their schemas are rendered once per set, not per call."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import cast

from pydantic import JsonValue

from orchestrator.models.messages import ToolCall

ARGUMENTS_AT_MOST = 20_000
"""Characters; longer arguments are refused unread."""


@dataclass(frozen=True, kw_only=True)
class ToolSchema:
    """One tool as a model sees it; `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, JsonValue]

    @property
    def properties(self) -> Mapping[str, JsonValue]:
        """The schema of each argument."""
        return cast("Mapping[str, JsonValue]", self.parameters.get("properties") or {})

    @property
    def required(self) -> frozenset[str]:
        """The arguments that must be given."""
        return frozenset(str(name) for name in cast("list[JsonValue]", self.parameters.get("required") or []))


class ToolSet:
    """The tools offered in a call. Make it once per agent and keep it."""

    def __init__(self, *schemas: ToolSchema) -> None:
        self._schemas = {schema.name: schema for schema in schemas}

    def __len__(self) -> int:
        return len(self._schemas)

    def __iter__(self) -> Iterator[ToolSchema]:
        return iter(self._schemas.values())

    def __contains__(self, name: object) -> bool:
        return name in self._schemas

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the tools."""
        return frozenset(self._schemas)

    @cached_property
    def wire(self) -> str:
        """The set as JSON of the chat-completions format."""
        return json.dumps(
            [
                {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters}}
                for tool in self
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @cached_property
    def digest(self) -> str:
        """The same for sets that offer the same."""
        return blake2b(self.wire.encode(), digest_size=8).hexdigest()

    def call(self, call_id: str, tool: str, raw: str) -> ToolCall:
        """The call a model has asked for, or one that says what is wrong with it."""
        problem, arguments = self._read(tool, raw)
        return ToolCall(id=call_id, tool=tool, arguments={} if problem else arguments, raw=raw, problem=problem)

    def _read(self, tool: str, raw: str) -> tuple[str, dict[str, JsonValue]]:
        schema = self._schemas.get(tool)
        if schema is None:
            return f"There is no tool {tool!r}. The tools are: {', '.join(sorted(self._schemas)) or 'none'}.", {}
        if len(raw) > ARGUMENTS_AT_MOST:
            return f"The arguments are longer than {ARGUMENTS_AT_MOST} characters.", {}
        try:
            arguments = json.loads(raw or "{}", parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            return f"The arguments are not JSON: {error}.", {}
        if not isinstance(arguments, dict):
            return "The arguments are not a JSON object.", {}
        given = cast("dict[str, JsonValue]", arguments)
        return _misfit(schema, given), given


NO_TOOLS = ToolSet()


def _misfit(schema: ToolSchema, given: Mapping[str, JsonValue]) -> str:
    unknown = sorted(given.keys() - schema.properties.keys())
    missing = sorted(schema.required - {name for name, value in given.items() if value is not None})
    if unknown:
        return f"{schema.name} has no argument {', '.join(unknown)}. It takes: {', '.join(schema.properties) or 'none'}."
    return f"{schema.name} needs {', '.join(missing)}." if missing else ""


def _refuse(constant: str) -> JsonValue:
    raise ValueError(f"{constant} is not a number")
