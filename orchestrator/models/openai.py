"""A model behind an OpenAI-compatible endpoint (chat completions, streamed), by the official SDK.

The SDK gives address, authentication, headers, errors and transport. Its typed `create()` is passed by: it walks every message against
its type hints and builds a pydantic object per token. The request is rendered here and the raw stream is read here.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import cast

import anyio
import httpx2
import openai

from orchestrator.errors import ModelCallFailed, ModelInterrupted
from orchestrator.models.assembling import Assembly
from orchestrator.models.clock import Clock, Patience
from orchestrator.models.dialect import OPTIONAL, Dialect
from orchestrator.models.endpoint import ModelEndpoint
from orchestrator.models.events import ModelEvent
from orchestrator.models.failures import failure_of, is_filtered
from orchestrator.models.model import events_of
from orchestrator.models.reading import BROKEN, chunks_of
from orchestrator.models.request import ModelRequest
from orchestrator.models.response import ModelResponse
from orchestrator.models.watch import Watch
from orchestrator.models.wire import body_of

CONNECTIONS = 512


@asynccontextmanager
async def open_pool(patience: Patience) -> AsyncGenerator[httpx2.AsyncClient]:
    """The connections that all models share. Redirects are not followed: they would take the key elsewhere.

    The SDK's aiohttp transport costs half of its own one's CPU and keeps its throughput at hundreds of streams.
    """
    limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=30)
    # Reading has no limit here: the watch has it, by what is said and not by bytes.
    timeout = httpx2.Timeout(None, connect=patience.connect, pool=patience.connect, write=patience.first_token)
    async with openai.DefaultAioHttpClient(limits=limits, timeout=timeout, follow_redirects=False) as client:
        yield client


class OpenAIModel:
    """One model at one endpoint; one attempt per call (`RetryingModel` tries again)."""

    def __init__(
        self, endpoint: ModelEndpoint, pool: httpx2.AsyncClient, *, patience: Patience | None = None, clock: Clock | None = None
    ) -> None:
        self.endpoint = endpoint
        self._patience = patience or Patience()
        self._clock = clock or Clock()
        self._dialect = Dialect(is_openai=endpoint.is_azure or endpoint.is_openai)
        self._client = openai.AsyncOpenAI(
            api_key=endpoint.key.get_secret_value(),
            base_url=endpoint.base_url,
            default_query=dict(endpoint.query),
            max_retries=0,
            timeout=pool.timeout,
            http_client=pool,
        )
        self._headers: dict[str, str | openai.Omit] = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if endpoint.is_azure:
            self._headers |= {"Authorization": openai.Omit(), "api-key": endpoint.key.get_secret_value()}

    @property
    def name(self) -> str:
        """The model and the host."""
        return self.endpoint.name

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`.

        Raises:
            ModelCallFailed: No connection, an error of the endpoint, silence, or an answer that is none; nothing was delivered.
            ModelRefused: The endpoint refuses the request.
            ModelInterrupted: It broke off in the middle of its text.
        """
        watch = Watch(self._clock, self._patience, request)
        assembly = Assembly(self.name, request)
        try:
            response = await self._open(request, watch)
        except openai.OpenAIError as error:
            if not is_filtered(error):
                # Not `from error`: it holds the request with its key and the customer's words.
                raise failure_of(error, self.endpoint, self._clock.now()) from None
            for event in events_of(ModelResponse(model=self.name, reason="filtered", seconds=watch.elapsed)):
                yield event
            return
        try:
            async with aclosing(chunks_of(response, watch, assembly)) as chunks:
                async for chunk in chunks:
                    for event in assembly.feed(chunk):
                        yield event
            for event in assembly.end(first_token=watch.first_token, seconds=watch.elapsed):
                yield event
        except ModelCallFailed as error:
            if assembly.text:
                raise ModelInterrupted(f"{self.name} broke off: {error}", said=assembly.text) from error
            raise
        finally:
            with anyio.CancelScope(shield=True), suppress(*BROKEN):
                await response.aclose()

    async def _open(self, request: ModelRequest, watch: Watch) -> httpx2.Response:
        for _ in range(len(OPTIONAL) + 1):
            try:
                return await self._post(request, watch)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._dialect.learn(str(error), error.param or ""):
                    raise
        return await self._post(request, watch)

    async def _post(self, request: ModelRequest, watch: Watch) -> httpx2.Response:
        try:
            with anyio.fail_after(watch.left()):
                stream = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    content=body_of(self.endpoint.model, request, self._dialect),
                    options={"headers": self._headers, "security": {"bearer_auth": True}},
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
                # The SDK's types do not know that `cast_to` a response gives just that, unread.
                return cast("httpx2.Response", stream)
        except TimeoutError:
            raise watch.expired(self.name) from None
