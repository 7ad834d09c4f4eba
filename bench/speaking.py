"""Who talks in the measurements of the language-model brain: customers of a house, and a bare client of the same endpoint."""

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import openai
from pydantic import SecretStr

from bench.embedded import trained
from orchestrator.assembly import open_house
from orchestrator.conversation import Inbound
from orchestrator.events import Event, ModelCalled, TextDelta
from orchestrator.project.project import Project
from orchestrator.runtime import Orchestrator, utc_now
from orchestrator.settings import Settings
from tests.models.behaviour import Behaviour
from tests.models.endpoint import Endpoint

ANSWER = "Let us look at it together. Tell me when it came and what you have noticed so far, and I will see what fits."
WORDS = len(ANSWER.split())
PLAIN = "{hello}how long does the warranty on {whose} {thing} last?"
WITH_A_TOOL = "{hello}how long does the warranty on {whose} {thing} last exactly?"
"""The script has the model look up opening hours when it is asked to be exact."""
HELLO = ("", "Hi, ", "Hello, ", "Good morning, ", "Excuse me, ", "Tell me, ")
WHOSE = ("the", "my", "our", "a new", "this")
THINGS = ("kettle", "toaster", "blender", "lamp", "chair", "pan", "knife", "board", "towel", "cushion", "candle", "mug", "rug", "mirror")
LOOK_UP = ("store_hours", {"store": "zuerich"})


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn as a customer had it: seconds to its end and to its first words, and its model calls."""

    seconds: float
    first: float
    calls: tuple[ModelCalled, ...]


class Customers:
    """Talk to a house; no two ask for the same thing."""

    def __init__(self, orchestrator: Orchestrator) -> None:
        self.orchestrator = orchestrator
        self._asked = 0
        self._words = list(product(HELLO, WHOSE, THINGS))
        Random(len(self._words)).shuffle(self._words)  # noqa: S311 an order, no secret

    async def ask(self, conversation: str, question: str = PLAIN) -> Turn:
        """One turn."""
        self._asked += 1
        hello, whose, thing = self._words[self._asked % len(self._words)]
        text = question.format(hello=hello, whose=whose, thing=thing)
        inbound = Inbound(conversation_id=conversation, text=text, language="en")
        began, heard, events = time.perf_counter(), 0.0, list[Event]()
        async for event in self.orchestrator.send(inbound):
            if isinstance(event, TextDelta) and not heard:
                heard = time.perf_counter() - began
            events.append(event)
        calls = tuple(event for event in events if isinstance(event, ModelCalled))
        return Turn(seconds=time.perf_counter() - began, first=heard, calls=calls)


class Bare:
    """The same endpoint by the official client and nothing else: the floor."""

    def __init__(self, endpoint: Endpoint, body: dict[str, Any]) -> None:
        self._client = openai.AsyncOpenAI(base_url=endpoint.base_url, api_key="bench", max_retries=0)
        self._body = {name: body[name] for name in ("model", "messages", "tools", "temperature") if name in body}

    async def ask(self) -> tuple[float, float]:
        """Seconds to the end and to the first words of one streamed answer."""
        began, heard = time.perf_counter(), 0.0
        stream = await self._client.chat.completions.create(**self._body, stream=True)
        async for chunk in stream:
            if not heard and chunk.choices and chunk.choices[0].delta.content:
                heard = time.perf_counter() - began
        return time.perf_counter() - began, heard

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.close()


@asynccontextmanager
async def house(endpoint: Endpoint, folder: Path, encoder: str) -> AsyncGenerator[Customers]:
    """Customers of the reference project with a store of its own, whose model is the endpoint's."""
    trained(folder)
    settings = Settings(
        model=("bench",), openai_base_url=endpoint.base_url, openai_api_key=SecretStr("bench"), model_tools="native", data_dir=folder,
        encoder=encoder,
    )  # fmt: skip
    project = Project.load(Path())

    async def deliver(address: str, code: str) -> None:
        raise AssertionError(f"no code is asked for here: {address} {code}")

    async with (
        open_house(project, settings, now=utc_now(), deliver_code=deliver) as opened,
        Orchestrator.serving(opened, settings) as orchestrator,
    ):
        yield Customers(orchestrator)


def script(endpoint: Endpoint, first_ms: float = 0, token_ms: float = 0) -> None:
    """What the model says from now on: it looks up the hours when asked, and otherwise answers at once."""
    latency: dict[str, Any] = {"times": 0, "first_token_ms": first_ms, "token_ms": token_ms}
    endpoint.script(
        Behaviour(when=r"\A(Summary so far|customer|agent):", text="The customer asked about the warranty of several things.", **latency),
        Behaviour(when="last exactly", calls=[LOOK_UP], **latency),
        Behaviour(text=ANSWER, **latency),
    )


def last_body(endpoint: Endpoint) -> dict[str, Any]:
    """The body of the endpoint's last request."""
    requests: Sequence[dict[str, Any]] = endpoint.requests()
    return requests[-1]["body"]
