"""Several models in order: the next one answers when one does not."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from orchestrator.errors import ModelCallFailed, ModelError, ModelRefused, ModelUnavailable
from orchestrator.models.breaker import State
from orchestrator.models.clock import Clock, Patience
from orchestrator.models.events import ModelEvent, Retried
from orchestrator.models.modes import ToolMode, ToolModes
from orchestrator.models.request import ModelRequest
from orchestrator.models.retrying import RetryingModel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a model is doing; `mode` is None while nobody knows how it asks for tools best."""

    model: str
    state: State
    mode: ToolMode | None = None


class FallbackModels:
    """The models of a deployment; the first that answers is heard.

    The whole call, over all models and attempts, takes at most the request's `seconds` or the total of `patience`; so does its first token,
    whose time the models that are left share equally: an answer begins in time even when it is not the first model's.
    """

    def __init__(self, models: Sequence[RetryingModel], *, patience: Patience, clock: Clock, modes: Sequence[ToolModes] = ()) -> None:
        self.models = tuple(models)
        self._modes = tuple(modes)
        self._patience = patience
        self._clock = clock

    @property
    def name(self) -> str:
        """All names, in order."""
        return ", ".join(model.name for model in self.models)

    def standing(self) -> tuple[Standing, ...]:
        """How each model is doing."""
        modes: dict[str, ToolMode | None] = {mode.name: mode.mode for mode in self._modes}
        return tuple(Standing(model=model.name, state=model.breaker.state, mode=modes.get(model.name)) for model in self.models)

    async def decide(self) -> None:
        """Finds out how each model asks for tools best, where the settings leave it open; one that does not answer is asked later."""
        for mode in self._modes:
            try:
                await mode.decide()
            except ModelError as error:
                _log.warning("%s does not answer the check of its tool calls: %s", mode.name, error)

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`.

        Raises:
            ModelUnavailable: None answers.
            ModelInterrupted: One broke off in the middle of its text.
        """
        started = self._clock.monotonic()
        why: list[str] = []
        for place, model in enumerate(self.models):
            shared = self._shared(request, started, len(self.models) - place)
            if shared is None:
                why.append(f"{model.name}: no time left")
                continue
            if why:
                yield Retried(model=model.name, why=why[-1], seconds=0.0)
            try:
                async with aclosing(model.stream(shared)) as events:
                    async for event in events:
                        yield event
            except (ModelCallFailed, ModelRefused, ModelUnavailable) as error:
                why.append(str(error))
            else:
                return
        raise ModelUnavailable("; ".join(why) or "no model is configured")

    def _shared(self, request: ModelRequest, started: float, models: int) -> ModelRequest | None:
        """The request with the time that the next of so many models has; None when there is none."""
        passed = self._clock.monotonic() - started
        seconds = (self._patience.total if request.seconds is None else request.seconds) - passed
        first = (self._patience.first_token if request.first_token is None else request.first_token) - passed
        return replace(request, seconds=seconds, first_token=first / models) if min(seconds, first) > 0 else None
