"""What every model offers, whether it is reached over a wire, scripted or replayed."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Protocol

from orchestrator.errors import ModelError
from orchestrator.models.events import Finished, ModelEvent, Refused, TextPiece, ToolCallReady, UsageReported
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import ModelResponse


class ChatModel(Protocol):
    """Answers one request at a time with a stream of events; any number of streams may run beside one another."""

    @property
    def name(self) -> str:
        """The model's name, as in settings."""
        ...

    def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """The events of one answer; `contextlib.aclosing` it: closing, like cancellation, ends the call at the provider.

        Raises:
            ModelError: It came to nothing; see the tree in `errors.py`.
        """
        ...


async def ask(model: ChatModel, request: ModelRequest) -> ModelResponse:
    """The whole response at once.

    Raises:
        ModelError: As `ChatModel.stream`.
    """
    async with aclosing(model.stream(request)) as events:
        async for event in events:
            if isinstance(event, Finished):
                return event.response
    raise ModelError(f"{model.name} ended without an answer", retryable=True)


def events_of(response: ModelResponse) -> Iterator[ModelEvent]:
    """The events that a stream of this response has, its text in one piece: for replaying a journal."""
    if response.text:
        yield TextPiece(text=response.text)
    if response.reason in ("refused", "filtered"):
        yield Refused(text=response.refusal)
    for call in response.calls:
        yield ToolCallReady(call=call)
    yield UsageReported(usage=response.usage)
    yield Finished(reason=response.reason, response=response)
