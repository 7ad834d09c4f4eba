"""A reply as a chat completion: chunk by chunk, or whole."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.channels.openai_controls import Control, first
from orchestrator.channels.openai_errors import body
from orchestrator.channels.plain import Plain
from orchestrator.channels.problems import not_stored
from orchestrator.events import Escalated, Event, IntentDetected

Json = dict[str, object]
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What stands on every chunk of one completion."""

    id: str
    created: int
    model: str

    def document(self, kind: str, choices: list[Json], **more: object) -> Json:
        """An object of that kind."""
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model, "choices": choices, **more}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One of the caller's own tools, to be called by the caller; `arguments` is JSON."""

    id: str
    name: str
    arguments: str

    def document(self, arguments: str) -> Json:
        """As it stands in a message; a stream sends the arguments apart."""
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": arguments}}


class Outcome:
    """What a turn comes to for the caller: its text, and what the caller's own tools are asked to do once it is said."""

    def __init__(self, completion: Completion, plain: Plain, offered: tuple[Control, ...] = (), destination: str = "") -> None:
        """`destination`: where calls are put through to, as far as the caller's tool does not say."""
        self.completion = completion
        self.plain = plain
        self._offered = offered
        self._destination = destination
        self._escalated: Escalated | None = None
        self._is_over = False

    def event(self, event: Event) -> str:
        """What the event adds to the text."""
        if isinstance(event, Escalated):
            self._escalated = event
        elif isinstance(event, IntentDetected):
            self._is_over = event.decision == "smalltalk" and "goodbye" in event.acts
        return self.plain.event(event)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The tool calls that follow the text: a transfer when a human takes over, an end after a goodbye."""
        reason = self._escalated.reason if self._escalated else "goodbye"
        control = first(self._offered, "transfer" if self._escalated else "end") if self._escalated or self._is_over else None
        ticket = self._escalated.ticket_id if self._escalated else ""
        known = {"destination": self._destination, "reason": reason, "summary": reason, "ticket_id": ticket}
        arguments = control.arguments(known) if control else None
        if control is None or arguments is None:
            return ()
        return (Call(id=f"call_{self.completion.id.rpartition('-')[2]}", name=control.name, arguments=json.dumps(arguments)),)

    def whole(self, usage: Json) -> Json:
        """The completion in one piece."""
        message: Json = {"role": "assistant", "content": self.plain.text, "refusal": None}
        if self.calls:
            message["tool_calls"] = [call.document(call.arguments) for call in self.calls]
        choice: Json = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}
        return self.completion.document("chat.completion", [choice], usage=usage)

    @property
    def finish_reason(self) -> str:
        """Why the completion ends where it does."""
        return "tool_calls" if self.calls else "stop"


class Chunks:
    """The `Rendering` of a completion that streams."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def opening(self) -> Iterable[bytes]:
        """The role comes first."""
        yield self._chunk({"role": "assistant", "content": ""})

    def event(self, event: Event) -> Iterable[bytes]:
        """A piece of text, if the event has one."""
        if piece := self._outcome.event(event):
            yield self._chunk({"content": piece})

    def filler(self, text: str) -> Iterable[bytes]:
        """Said, and no part of the answer."""
        yield self._chunk({"content": f"{text} "})

    def closing(self) -> Iterable[bytes]:
        """Tool calls one per chunk, name before arguments, and why it ends. Usage and the last word are the surface's."""
        for index, call in enumerate(self._outcome.calls):
            yield self._chunk({"tool_calls": [{"index": index, **call.document("")}]})
            yield self._chunk({"tool_calls": [{"index": index, "function": {"arguments": call.arguments}}]})
        yield self._chunk({}, self._outcome.finish_reason)

    def failure(self) -> Iterable[bytes]:
        """OpenAI's clients raise this; nobody reads it aloud."""
        yield _data({"error": body(not_stored())})

    def usage(self, usage: Json) -> bytes:
        """The chunk that only counts."""
        return _data(self._outcome.completion.document("chat.completion.chunk", [], usage=usage))

    def _chunk(self, delta: Json, finish: str | None = None) -> bytes:
        choice: Json = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data(self._outcome.completion.document("chat.completion.chunk", [choice]))


def _data(document: Json) -> bytes:
    """One event. Plain ASCII, so that no client can split it at a line end of Unicode's or in the middle of a character."""
    return b"data: " + json.dumps(document, separators=(",", ":")).encode() + b"\n\n"
