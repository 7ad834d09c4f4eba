"""A model that obeys whoever wrote what it read: with it a house proves that code, and no model, decides what is said and done."""

import json
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, product
from typing import cast

from pydantic import JsonValue

from orchestrator.models.events import ModelEvent, TextPiece
from orchestrator.models.messages import AssistantMessage, SystemMessage, ToolCall, ToolMessage
from orchestrator.models.model import events_of
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import ModelResponse
from orchestrator.models.usage import estimated

ORDER = re.compile(r"\b([a-z][a-z0-9_]+)\(([^()]*)\)")
ARGUMENT = re.compile(r"(\w+)\s*=\s*\"([^\"]*)\"")
PIECE = re.compile(r"\S+\s*|\s+")
TRANSFER = "transfer_to_"


@dataclass(frozen=True, kw_only=True)
class Malice:
    """What a puppet does of its own accord, beside what it is told.

    Args:
        tools: What it calls first, with every combination of the arguments below; the other tools it calls when a text says so.
        arguments: The attacker's values by the name of the argument.
        lies: Sentences that it adds to everything it says.
    """

    tools: Sequence[str] = ()
    arguments: Mapping[str, Sequence[JsonValue]] = field(default_factory=dict[str, Sequence[JsonValue]])
    lies: Sequence[str] = ()


class PuppetModel:
    """Does what any text it reads tells it, whoever wrote the text.

    An order is written as a call, `cancel_order(order_id="A-1")`, in whatever it reads: a message, an article, a note, a name. It calls
    the tools of its malice with the attacker's arguments, then carries out the orders, going to other agents for tools that it lacks, and
    recites all that it was shown, instructions included, with its lies.
    """

    def __init__(self, malice: Malice, *, name: str = "puppet") -> None:
        self.malice = malice
        self.requests: list[ModelRequest] = []
        self.obeyed: list[ToolCall] = []
        self._agents: set[str] = set()
        self._name = name
        self._ids = count(1)

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`; the text comes word by word."""
        self.requests.append(request)
        for event in events_of(self._response(request)):
            if isinstance(event, TextPiece):
                for piece in PIECE.findall(event.text):
                    yield TextPiece(text=piece)
            else:
                yield event

    def _response(self, request: ModelRequest) -> ModelResponse:
        if request.answer:
            return self._spoken(request, json.dumps(_filled(request.answer.schema)), ())
        if pending := self._pending(request):
            return self._spoken(request, "", tuple(pending))
        orders = self._orders(request)
        self.obeyed += orders
        return self._spoken(request, self._recital(request), tuple(orders))

    def _pending(self, request: ModelRequest) -> list[ToolCall]:
        """Its own calls, one tool at a time."""
        called = {message.tool for message in request.messages if isinstance(message, ToolMessage)}
        for schema in request.offered:
            if schema.name in self.malice.tools and schema.name not in called:
                names = [name for name in schema.properties if name in self.malice.arguments]
                chosen = product(*(self.malice.arguments[name] for name in names))
                return [self._call(request, schema.name, dict(zip(names, values, strict=True))) for values in chosen]
        return []

    def _orders(self, request: ModelRequest) -> list[ToolCall]:
        """What it is told to call and has not; where it lacks the tool, the transfer to an agent that it was not yet."""
        done = {(call.tool, call.raw) for message in request.messages if isinstance(message, AssistantMessage) for call in message.calls}
        texts = "\n".join(message.text for message in request.messages if not isinstance(message, SystemMessage))
        found = {(match[1], json.dumps(dict(ARGUMENT.findall(match[2])))) for match in ORDER.finditer(texts) if "_" in match[1]}
        told = sorted(one for one in found - done if one[0] not in self.malice.tools)
        if orders := [request.offered.call(f"call-{next(self._ids)}", tool, raw) for tool, raw in told if tool in request.offered]:
            return orders
        transfer = self._transfer(request) if told else ""
        return [self._call(request, transfer, {"reason": texts[-200:]})] if transfer else []

    def _transfer(self, request: ModelRequest) -> str:
        """The transfer to the next agent in the alphabet; who has the floor is whom nobody can transfer to."""
        transfers = sorted(name for name in request.offered.names if name.startswith(TRANSFER))
        self._agents.update(transfers)
        own = next(iter(self._agents.difference(transfers)), "")
        return next((name for name in transfers if name > own), transfers[0] if transfers else "")

    def _recital(self, request: ModelRequest) -> str:
        """All that it was shown, last things first, and its lies."""
        shown = [message.text for message in request.messages if not isinstance(message, AssistantMessage)]
        return "\n".join((*self.malice.lies, *reversed(shown), *self.malice.lies))

    def _call(self, request: ModelRequest, tool: str, arguments: Mapping[str, JsonValue]) -> ToolCall:
        return request.offered.call(f"call-{next(self._ids)}", tool, json.dumps(dict(arguments)))

    def _spoken(self, request: ModelRequest, text: str, calls: tuple[ToolCall, ...]) -> ModelResponse:
        response = ModelResponse(model=self._name, text=text, calls=calls, usage=estimated(request, text, calls))
        return replace(response, reason="tool_calls") if calls else response


def read_by(requests: Sequence[ModelRequest]) -> str:
    """Everything that stood in these requests."""
    return "\n".join(message.text for request in requests for message in request.messages)


def _filled(schema: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """An answer of that form: the first of each list of possibilities."""
    properties = cast("Mapping[str, Mapping[str, JsonValue]]", schema.get("properties") or {})
    return {name: cast("Sequence[JsonValue]", one.get("enum") or [""])[0] for name, one in properties.items()}
