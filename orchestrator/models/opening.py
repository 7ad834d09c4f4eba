"""The language models of a deployment, opened from its settings."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from orchestrator.models.breaker import CircuitBreaker
from orchestrator.models.clock import Clock, Patience
from orchestrator.models.endpoint import ModelEndpoint, endpoints_of
from orchestrator.models.fallback import FallbackModels
from orchestrator.models.modes import ToolMode, ToolModes
from orchestrator.models.retrying import RetryBudget, RetryingModel
from orchestrator.settings import Settings


@asynccontextmanager
async def open_models(settings: Settings, clock: Clock | None = None) -> AsyncGenerator[FallbackModels | None, None]:
    """The models of the settings behind retries, breakers, tool modes and fallbacks, over one pool of connections; None without any.

    Nothing is asked of them yet: `FallbackModels.decide` does, or the first request.

    Raises:
        SettingsError: A model, key or address is malformed.
    """
    endpoints = endpoints_of(settings)
    if not endpoints:
        yield None
        return
    from orchestrator.models.openai import OpenAIModel, open_pool

    clock = clock or Clock()
    patience = Patience(
        first_token=settings.model_first_token_seconds, silence=settings.model_silence_seconds, total=settings.model_seconds
    )
    async with open_pool(patience) as pool:
        modes = [
            ToolModes(OpenAIModel(endpoint, pool, patience=patience, clock=clock), _mode(endpoint, settings)) for endpoint in endpoints
        ]
        models = [RetryingModel(mode, CircuitBreaker(clock), RetryBudget(), clock) for mode in modes]
        yield FallbackModels(models, patience=patience, clock=clock, modes=modes)


def _mode(endpoint: ModelEndpoint, settings: Settings) -> ToolMode | None:
    if settings.model_tools != "auto":
        return settings.model_tools
    # The makers of the format can be relied on to speak it.
    return "native" if endpoint.is_azure or endpoint.is_openai else None
