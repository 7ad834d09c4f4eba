"""The service behind which the parsers stand, called in process and without waiting: real routes, and turns that say one word."""

from collections.abc import AsyncGenerator, Generator, MutableMapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from anyio.abc import TaskGroup
from anyio.from_thread import BlockingPortal, start_blocking_portal
from anyio.streams.memory import MemoryObjectReceiveStream
from fastapi import FastAPI
from pydantic import SecretStr

from orchestrator.channels.access import Access
from orchestrator.channels.state import Public
from orchestrator.conversation import Inbound
from orchestrator.events import TextDelta, TurnCompleted, TurnStarted
from orchestrator.graph.context import House
from orchestrator.intake import Intake
from orchestrator.memory.tokens import verify_token
from orchestrator.memory.turns import NumberedEvent
from orchestrator.runtime import Clock as Now
from orchestrator.runtime import Orchestrator
from orchestrator.server.app import create_app
from orchestrator.settings import Settings
from tests.projects.tiny_house import SECRET, Clock, Workshop
from tests.projects.tiny_service import tiny_house_in
from tests.server.service import HERE

BASE = "https://voice.example"
TOKEN = "the token of an account"
KNOWN = "known"
"""A conversation that is there."""
Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it comes over the wire."""

    path: str
    method: str = "POST"
    query: bytes = b""
    headers: Headers = ()
    body: bytes = b""


@dataclass
class Answered:
    """One response, whole."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


class Parrot(Orchestrator):
    """Refuses what the house refuses; whatever it accepts, it answers with one word, and no turn is run."""

    def __init__(self, house: House, settings: Settings, tasks: TaskGroup, clock: Now) -> None:
        super().__init__(house, settings, tasks, clock)
        self._settings = settings
        self._checks = Intake(house, settings)

    async def deliver(self, inbound: Inbound) -> MemoryObjectReceiveStream[NumberedEvent]:
        self._checks.checked(inbound)
        if inbound.token:
            verify_token(inbound.token, self._settings, self.clock())
        where = inbound.conversation_id
        said = (
            TurnStarted(conversation_id=where, turn_id="t", message_id="m"),
            TextDelta(message_id="a", agent="support", text="Hello."),
            TurnCompleted(conversation_id=where, turn_id="t", language="en"),
        )
        sending, receiving = anyio.create_memory_object_stream[NumberedEvent](len(said))
        with sending:
            for number, event in enumerate(said, 1):
                sending.send_nowait(NumberedEvent(number=number, turn_id="t", event=event))
        return receiving


class Door:
    """Where requests are handed in from outside the event loop."""

    def __init__(self, portal: BlockingPortal, app: FastAPI) -> None:
        self._portal = portal
        self._app = app

    def ask(self, asked: Asked) -> Answered:
        """The response to a request, whose sender leaves once it is sent. What the app raises is raised."""
        return self._portal.call(answered, self._app, asked)


@contextmanager
def opened() -> Generator[Door]:
    """A service of the tiny project that believes a carrier's signature, and callers on this machine."""
    with TemporaryDirectory() as folder, start_blocking_portal() as portal, portal.wrap_async_context_manager(_app(Path(folder))) as app:
        yield Door(portal, app)


@asynccontextmanager
async def _app(folder: Path) -> AsyncGenerator[FastAPI]:
    access = Access(api_keys=(), staff_keys=(), secret=SECRET)
    public = Public(url=BASE, twilio_auth_token=SecretStr(TOKEN), voice_transfer="+41215550100")
    async with tiny_house_in(folder, Workshop()) as (house, settings):
        async with Orchestrator.serving(house, settings, Clock()) as orchestrator:
            async for _ in orchestrator.send(Inbound(conversation_id=KNOWN, text="hello", channel="web")):
                pass

        @asynccontextmanager
        async def opening() -> AsyncGenerator[Orchestrator]:
            async with Parrot.serving(house, settings, Clock()) as parrot:
                yield parrot

        app = create_app(opening, access, public=public)
        async with app.router.lifespan_context(app):
            yield app


async def answered(app: FastAPI, asked: Asked) -> Answered:
    """The response of an app to a request. Who asks for something that never ends leaves at once."""
    response, sent = Answered(), anyio.Event()
    inward = [{"type": "http.request", "body": asked.body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if inward:
            return inward.pop()
        if asked.method == "POST":
            await sent.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        else:
            response.body += message["body"]
            if not message.get("more_body"):
                sent.set()

    await app(_scope(asked), receive, send)
    return response


def _scope(asked: Asked) -> dict[str, Any]:
    length = (b"content-length", str(len(asked.body)).encode())
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "query_string": asked.query,
        "root_path": "",
        "headers": [(b"host", b"localhost"), length, *asked.headers],
        "client": (HERE, 50000),
        "server": ("localhost", 80),
    }
