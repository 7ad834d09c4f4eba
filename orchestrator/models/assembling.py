"""One answer put together from the chunks of a chat completion."""

from collections.abc import Iterator
from typing import cast

from pydantic import JsonValue

from orchestrator.errors import ModelCallFailed
from orchestrator.models.calls import CallCollector
from orchestrator.models.events import Finished, ModelEvent, Refused, TextPiece, ToolCallReady, UsageReported
from orchestrator.models.joining import TextJoiner, ThoughtFilter
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import FinishReason, ModelResponse, Usage
from orchestrator.models.usage import estimated, usage_of

Chunk = dict[str, JsonValue]
_REASONS: dict[str, FinishReason] = {"length": "length", "max_tokens": "length", "content_filter": "filtered"}


class Assembly:
    """Takes chunks, gives events, and knows the whole in the end. Unknown fields are passed over; null means absent."""

    def __init__(self, model: str, request: ModelRequest) -> None:
        self._model = model
        self._request = request
        self._calls = CallCollector(request.offered)
        self._joiner = TextJoiner()
        self._thoughts = ThoughtFilter()
        self._said: list[str] = []
        self._refusal: list[str] = []
        self._reason = ""
        self._id = ""
        self._usage: Usage | None = None
        self.is_done = False
        self.moves = 0
        """Raised by each chunk that brings the answer forward, thoughts included; keep-alives do not."""

    @property
    def text(self) -> str:
        """What was given out so far."""
        return "".join(self._said)

    @property
    def is_ending(self) -> bool:
        """The model has said why it stops; only its usage may follow."""
        return bool(self._reason)

    def feed(self, chunk: object) -> Iterator[ModelEvent]:
        """The events of one chunk.

        Raises:
            ModelCallFailed: The chunk reports an error, or is none.
        """
        if not isinstance(chunk, dict):
            raise ModelCallFailed(f"a chunk is not an object: {str(chunk)[:80]!r}")
        data = cast("Chunk", chunk)
        if data.get("error"):
            raise failure_in_stream(data["error"])
        self._id = self._id or str(data.get("id") or "")
        self._usage = usage_of(data.get("usage")) or self._usage
        choices = data.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            yield from self._choice(choices[0])

    def _choice(self, choice: Chunk) -> Iterator[ModelEvent]:
        self._reason = str(choice.get("finish_reason") or "") or self._reason
        if self._reason == "error":
            raise ModelCallFailed("the endpoint ended the answer with an error")
        delta = choice.get("delta") or choice.get("message")
        if not isinstance(delta, dict):
            return
        if delta.get("reasoning_content") or delta.get("reasoning"):
            self.moves += 1
        yield from self._texts(delta)
        entries = delta.get("tool_calls")
        for entry in entries if isinstance(entries, list) else []:
            piece = self._calls.push(entry) if isinstance(entry, dict) else None
            if piece:
                self.moves += 1
                yield piece

    def _texts(self, delta: Chunk) -> Iterator[ModelEvent]:
        content, refusal = _text_of(delta.get("content")), delta.get("refusal")
        if content:
            self.moves += 1
            yield from self._say(self._thoughts.push(self._joiner.push(content)))
        if isinstance(refusal, str) and refusal:
            self.moves += 1
            self._refusal.append(refusal)

    def _say(self, text: str) -> Iterator[ModelEvent]:
        if text:
            self._said.append(text)
            yield TextPiece(text=text)

    def end(self, *, first_token: float, seconds: float) -> Iterator[ModelEvent]:
        """The last events.

        Raises:
            ModelCallFailed: The stream was cut off, or says nothing at all.
        """
        yield from self._say(self._thoughts.push(self._joiner.end()))
        yield from self._say(self._thoughts.end())
        calls = self._calls.calls(self._id)
        if not self._reason and not self.is_done:
            raise ModelCallFailed("the stream was cut off")
        reason = self._finish(bool(calls))
        if reason == "stop" and not self.text.strip():
            raise ModelCallFailed("the answer is empty")
        refusal = "".join(self._refusal)
        if reason in ("refused", "filtered"):
            yield Refused(text=refusal)
        for call in calls:
            yield ToolCallReady(call=call)
        usage = self._usage or estimated(self._request, self.text, calls)
        yield UsageReported(usage=usage)
        response = ModelResponse(
            model=self._model,
            text=self.text,
            calls=calls,
            reason=reason,
            usage=usage,
            refusal=refusal,
            id=self._id,
            first_token=first_token,
            seconds=seconds,
        )
        yield Finished(reason=reason, response=response)

    def _finish(self, has_calls: bool) -> FinishReason:
        if self._refusal:
            return "refused"
        return _REASONS.get(self._reason) or ("tool_calls" if has_calls else "stop")


def failure_in_stream(error: JsonValue) -> ModelCallFailed:
    """The failure that an endpoint reports inside of a stream."""
    if not isinstance(error, dict):
        return ModelCallFailed(f"the endpoint reports: {str(error)[:200]}")
    code = str(error.get("code") or error.get("status") or "")
    status = int(code) if code.isascii() and code.isdigit() else 0
    is_final = 400 <= status < 500 and status not in (408, 409, 429)
    return ModelCallFailed(f"the endpoint reports: {str(error.get('message') or error)[:200]}", status=status, retryable=not is_final)


def _text_of(content: JsonValue) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
