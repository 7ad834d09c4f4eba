"""How a model is made to ask for tools: by its endpoint's own calls or by a structured answer; a check decides where nobody else does."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

import anyio

from orchestrator.models.events import ModelEvent
from orchestrator.models.model import ChatModel
from orchestrator.models.probe import calls_natively
from orchestrator.models.request import ModelRequest
from orchestrator.models.structured import StructuredModel

ToolMode = Literal["native", "schema"]
_log = logging.getLogger(__name__)


class ToolModes:
    """A model in the mode that suits its endpoint.

    Args:
        mode: None leaves it to the check, which is made once: by `decide` or before the first request with tools.
    """

    def __init__(self, model: ChatModel, mode: ToolMode | None = None) -> None:
        self._native = model
        self._structured = StructuredModel(model)
        self._lock = anyio.Lock()
        self.mode: ToolMode | None = mode

    @property
    def name(self) -> str:
        """The model's name."""
        return self._native.name

    async def decide(self) -> ToolMode:
        """The mode; the check costs up to four short calls.

        Raises:
            ModelError: The endpoint does not answer; the mode stays open.
        """
        async with self._lock:
            if self.mode is None:
                self.mode = "native" if await calls_natively(self._native) else "schema"
                _log.info("%s asks for tools in mode %r", self.name, self.mode)
            return self.mode

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`."""
        is_native = not request.tools or (self.mode or await self.decide()) == "native"
        async with aclosing((self._native if is_native else self._structured).stream(request)) as events:
            async for event in events:
                yield event
