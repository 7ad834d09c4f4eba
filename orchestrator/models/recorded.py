"""Recordings of a model, one JSON object per line: made once with a real one, replayed in suites without it."""

import difflib
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import JsonValue, TypeAdapter, ValidationError

from orchestrator.errors import ModelError
from orchestrator.models.canonical import canonical, request_digest
from orchestrator.models.events import Finished, ModelEvent
from orchestrator.models.model import ChatModel, events_of
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import ModelResponse


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One request and what was answered."""

    digest: str
    purpose: str
    request: dict[str, JsonValue]
    response: ModelResponse


_RECORDING = TypeAdapter(Recording)


class RecordingModel:
    """Passes a model's answers through and appends them to a file. What broke off or failed is not recorded."""

    def __init__(self, model: ChatModel, path: Path) -> None:
        self._model = model
        self._path = path

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`."""
        async with aclosing(self._model.stream(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    self._append(request, event.response)
                yield event

    def _append(self, request: ModelRequest, response: ModelResponse) -> None:
        row = Recording(digest=request_digest(request), purpose=request.purpose, request=canonical(request), response=response)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(_RECORDING.dump_json(row) + b"\n")


class RecordedModel:
    """Replays recordings. A request recorded several times gets its answers in their order, and then the last one again.

    Raises:
        ModelError: A line of the file is not a recording.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = _read(path)
        self._places: dict[str, list[int]] = {}
        for place, row in enumerate(self._rows):
            self._places.setdefault(row.digest, []).append(place)

    @property
    def name(self) -> str:
        """The name of the model that was recorded."""
        return self._rows[0].response.model if self._rows else "recorded"

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`; the text in one piece.

        Raises:
            ModelError: The request was not recorded; the text names the nearest one that was.
        """
        places = self._places.get(request_digest(request))
        if not places:
            raise ModelError(self._not_heard(request))
        place = places.pop(0) if len(places) > 1 else places[0]
        for event in events_of(self._rows[place].response):
            yield event

    def _not_heard(self, request: ModelRequest) -> str:
        wanted = _lines(canonical(request))
        alike = [difflib.SequenceMatcher(None, _lines(row.request), wanted, autojunk=False).ratio() for row in self._rows]
        if not alike:
            return f"{self._path} has no recordings. Record with a model: `RecordingModel(model, path)`."
        place = max(range(len(alike)), key=alike.__getitem__)
        heard = _lines(self._rows[place].request)
        differing = [line for line in difflib.unified_diff(heard, wanted, "heard", "asked", lineterm="", n=0) if line[:1] in "+-"][2:]
        return (
            f"{self._path}: this request was not recorded ({request.purpose}). The nearest is line {place + 1} ({alike[place]:.0%} alike); "
            f"it differs in: {' | '.join(line[:160] for line in differing[:4])}. Record anew if the change is meant."
        )


def _read(path: Path) -> list[Recording]:
    rows: list[Recording] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            rows.append(_RECORDING.validate_json(line))
        except ValidationError as error:
            raise ModelError(f"{path}:{number}: not a recording ({error.error_count()} mistakes). Record anew.") from error
    return rows


def _lines(request: dict[str, JsonValue]) -> list[str]:
    """One line per message, tool and setting, so that a difference is named by what differs."""
    messages, tools = cast("list[JsonValue]", request["messages"]), cast("list[JsonValue]", request["tools"])
    rest = {name: value for name, value in request.items() if name not in ("messages", "tools")}
    return [
        json.dumps(part, ensure_ascii=False, sort_keys=True)
        for part in (*messages, *tools, *({name: value} for name, value in rest.items()))
    ]
