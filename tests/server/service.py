"""The service in process: an app over an orchestrator, callers of several kinds, and a reader of endless streams."""

import json
from collections.abc import AsyncGenerator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx
from anyio.streams.memory import MemoryObjectReceiveStream
from fastapi import FastAPI

from orchestrator.channels.access import COOKIE, Access
from orchestrator.channels.streams import Drain
from orchestrator.memory.tokens import issue_visitor
from orchestrator.runtime import Orchestrator
from orchestrator.server.app import create_app
from tests.projects.tiny_house import NOW, SECRET

HERE = "127.0.0.1"
ELSEWHERE = "203.0.113.9"
Json = dict[str, Any]


@dataclass(frozen=True)
class Service:
    """A running app and ways to call it."""

    app: FastAPI
    orchestrator: Orchestrator
    drain: Drain

    def client(self, *, key: str = "", visitor: str = "", address: str = HERE, host: str = "localhost") -> httpx.AsyncClient:
        """A caller: with an API or staff key, as a visitor's browser, or with nothing, from an address."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        cookies = {COOKIE: issue_visitor(SECRET, NOW, visitor)} if visitor else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 50000))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers, cookies=cookies)


@asynccontextmanager
async def running(orchestrator: Orchestrator, access: Access | None = None) -> AsyncGenerator[Service]:
    """The service over an orchestrator; without keys unless `access` says otherwise."""
    drain = Drain()

    @asynccontextmanager
    async def opening() -> AsyncGenerator[Orchestrator]:
        yield orchestrator

    app = create_app(opening, access or Access(api_keys=(), staff_keys=(), secret=SECRET), drain)
    async with app.router.lifespan_context(app):
        yield Service(app, orchestrator, drain)


@dataclass(frozen=True)
class Sent:
    """One Server-Sent Event."""

    id: int
    event: str
    data: Json


class Listener:
    """Reads a stream while the app is still sending it, which httpx's transport cannot."""

    def __init__(self, chunks: MemoryObjectReceiveStream[bytes]) -> None:
        self._chunks = chunks
        self.status = 0
        self.headers: Mapping[str, str] = {}

    async def next(self) -> Sent | None:
        """The next event; None at the end. Heartbeats are passed over."""
        with anyio.fail_after(5):
            async for chunk in self._chunks:
                if not chunk.startswith(b":") and chunk:
                    return parsed(chunk.decode())[0]
        return None

    async def until(self, event: str) -> list[Sent]:
        """Events up to one of that kind."""
        found: list[Sent] = []
        while (sent := await self.next()) is not None:
            found.append(sent)
            if sent.event == event:
                break
        return found


@asynccontextmanager
async def listening(
    app: FastAPI, path: str, headers: Mapping[str, str] | None = None, body: Json | None = None
) -> AsyncGenerator[Listener]:
    """A reader of `GET path`, or of `POST path` with a body; it hangs up when the block ends."""
    sending, receiving = anyio.create_memory_object_stream[bytes](1000)
    listener, gone = Listener(receiving), anyio.Event()
    raw = json.dumps(body).encode() if body is not None else b""
    inward = [{"type": "http.request", "body": raw, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if inward:
            return inward.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            listener.status = message["status"]
            listener.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif not gone.is_set():
            await sending.send(message["body"])

    async def call() -> None:
        with sending:
            await app(_scope(path, headers or {}, raw), receive, send)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        with receiving:
            yield listener
        gone.set()


def _scope(path: str, headers: Mapping[str, str], body: bytes) -> Json:
    common = {"host": "localhost", "content-length": str(len(body)), "content-type": "application/json", **headers}
    target, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST" if body else "GET",
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in common.items()],
        "client": (HERE, 50000),
        "server": ("localhost", 80),
    }


def parsed(text: str) -> list[Sent]:
    """The events of a stream's text, without its comments."""
    found: list[Sent] = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append(Sent(int(fields.get("id", 0)), fields["event"], json.loads(fields["data"])))
    return found


def said(answer: Json) -> str:
    """All texts of a JSON answer."""
    return " ".join(message["text"] for message in answer["messages"])
