from collections.abc import AsyncIterator, Callable
from datetime import datetime

import httpx2
import pytest
import respx
from pydantic import SecretStr

from orchestrator.models.clock import Clock, Patience
from orchestrator.models.endpoint import ModelEndpoint
from orchestrator.models.openai import OpenAIModel
from tests.models.wire import URL, RouterTransport
from tests.projects.tiny_house import NOW

KEY = "sk-very-secret-key"


class Hours:
    """A clock that goes on when somebody sleeps; it keeps how long."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self, now: datetime = NOW) -> Clock:
        return Clock(monotonic=lambda: self.seconds, now=lambda: now, sleep=self.sleep, chance=lambda: 0.5)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def endpoint() -> ModelEndpoint:
    return ModelEndpoint(model="m-1", base_url="http://model.test/v1", key=SecretStr(KEY))


@pytest.fixture
def router() -> respx.MockRouter:
    return respx.MockRouter(assert_all_called=False)


@pytest.fixture
def route(router: respx.MockRouter) -> respx.Route:
    """The endpoint's chat completions."""
    return router.post(URL)


Making = Callable[..., OpenAIModel]


@pytest.fixture
async def make(router: respx.MockRouter, endpoint: ModelEndpoint) -> AsyncIterator[Making]:
    """Makes models over the router."""
    async with httpx2.AsyncClient(transport=RouterTransport(router)) as pool:

        def model(endpoint: ModelEndpoint = endpoint, patience: Patience | None = None) -> OpenAIModel:
            return OpenAIModel(endpoint, pool, patience=patience)

        yield model


@pytest.fixture
def model(make: Making) -> OpenAIModel:
    return make()
