"""Tool calls put together from the pieces in which servers send them, each in its own way."""

import json
from dataclasses import dataclass, field

from pydantic import JsonValue

from orchestrator.models.events import ToolCallPiece
from orchestrator.models.joining import mended
from orchestrator.models.messages import ToolCall
from orchestrator.models.tools import ToolSet

CALLS_AT_MOST = 64
"""Further ones are left out: a model that asks for more at once has lost its way."""


@dataclass
class _Open:
    id: str = ""
    tool: str = ""
    arguments: list[str] = field(default_factory=list[str])


class CallCollector:
    """The calls of one answer, in the order in which they began.

    Pieces of parallel calls may come in any order. A piece belongs to the call of its `index`; where a server leaves the index out, or
    gives all calls the same one, a new id begins a new call.
    """

    def __init__(self, tools: ToolSet) -> None:
        self._tools = tools
        self._open: list[_Open] = []
        self._by_index: dict[int, _Open] = {}

    def push(self, entry: dict[str, JsonValue]) -> ToolCallPiece | None:
        """Takes one entry of a delta's `tool_calls`."""
        function = entry.get("function")
        function = function if isinstance(function, dict) else {}
        call = self._call_of(entry, function)
        if call is None:
            return None
        name, arguments = _text(function.get("name")), _text(function.get("arguments"))
        # Some servers repeat the whole name in each piece, others send it in pieces.
        if name and name != call.tool and call.tool not in self._tools:
            call.tool += name
        call.arguments.append(arguments)
        return ToolCallPiece(index=self._open.index(call), tool=call.tool, arguments=arguments)

    def _call_of(self, entry: dict[str, JsonValue], function: dict[str, JsonValue]) -> _Open | None:
        index, call_id = entry.get("index"), _text(entry.get("id"))
        known = self._by_index.get(index) if isinstance(index, int) else self._last(call_id)
        if known is None or (call_id and known.id and call_id != known.id and function.get("name")):
            if len(self._open) == CALLS_AT_MOST:
                return None
            known = _Open()
            self._open.append(known)
        if isinstance(index, int):
            self._by_index[index] = known
        known.id = known.id or call_id
        return known

    def _last(self, call_id: str) -> _Open | None:
        if not self._open or (call_id and call_id not in {call.id for call in self._open}):
            return None
        return next((call for call in self._open if call.id == call_id), self._open[-1]) if call_id else self._open[-1]

    def calls(self, response_id: str) -> tuple[ToolCall, ...]:
        """The whole calls. Every id is unique: missing and doubled ones are replaced, and a call that was sent twice counts once."""
        found: dict[str, ToolCall] = {}
        for place, call in enumerate(self._open):
            call_id, raw = call.id or f"{response_id or 'call'}-{place}", mended("".join(call.arguments))
            twin = found.get(call_id)
            if twin and (twin.tool, twin.raw) == (call.tool, raw):
                continue
            if twin:
                call_id = f"{call_id}-{place}"
            found[call_id] = self._tools.call(call_id, call.tool, raw)
        return tuple(found.values())


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
