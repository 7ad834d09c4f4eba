"""A carrier on the other end of `/voice/relay`, in process: sends frames, reads ours, and lets time pass when a test says so."""

import json
from collections.abc import AsyncGenerator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from fastapi import FastAPI

from orchestrator.channels.calls import Calls
from orchestrator.channels.sessions import conversation_id
from orchestrator.channels.state import Public
from tests.server.service import HERE, Service

Json = dict[str, Any]
Event = MutableMapping[str, Any]
PATIENCE = 20
TOKEN = "the token of an account"
ADDRESS = "wss://voice.example/voice/relay"
KEY = "a key of another system"
CALL = conversation_id("relay", "", "CA1")
"""The conversation of the call that a phone sets up unless told."""


class Time:
    """Stands still until it is moved; whoever sleeps wakes when their time has come."""

    def __init__(self) -> None:
        self._now = 0.0
        self._asleep: list[tuple[float, anyio.Event]] = []
        self._slept = anyio.Event()

    async def sleep(self, seconds: float) -> None:
        woken = anyio.Event()
        entry = (self._now + seconds, woken)
        self._asleep.append(entry)
        self._slept.set()
        try:
            await woken.wait()
        finally:
            self._asleep.remove(entry)

    async def begun(self) -> None:
        """Returns once somebody has slept: a call that is set up waits for its first words."""
        with anyio.fail_after(PATIENCE):
            await self._slept.wait()

    async def move(self, seconds: float) -> None:
        """Lets everybody come to rest, then so many seconds pass."""
        await anyio.wait_all_tasks_blocked()
        self._now += seconds
        for due, woken in tuple(self._asleep):
            if due <= self._now:
                woken.set()
        await anyio.wait_all_tasks_blocked()


@dataclass
class Phone:
    """A call on the carrier's side."""

    to_us: MemoryObjectSendStream[Event]
    from_us: MemoryObjectReceiveStream[Event]
    accepted: bool = False
    closed: int | None = None

    async def send(self, **frame: object) -> None:
        await self.send_raw(json.dumps(frame))

    async def send_raw(self, text: str) -> None:
        await self.to_us.send({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        await self.to_us.send({"type": "websocket.receive", "bytes": data})

    async def setup(self, call: str = "CA1", parameters: Mapping[str, object] | None = None, **more: object) -> None:
        await self.send(type="setup", sessionId="VX1", callSid=call, **{"from": "+41441234567"}, customParameters=parameters or {}, **more)

    async def prompt(self, words: str, lang: str = "en-GB", last: bool = True) -> None:
        await self.send(type="prompt", voicePrompt=words, lang=lang, last=last)

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.send(type="dtmf", digit=key)

    async def info(self, name: str, value: str) -> None:
        await self.send(type="info", name=name, value=value, ts=1)

    async def hang_up(self) -> None:
        await self.to_us.send({"type": "websocket.disconnect", "code": 1000})

    async def next(self) -> Json:
        """The next frame of ours; `{"closed": code}` when we close the line."""
        with anyio.fail_after(PATIENCE):
            event = await self.from_us.receive()
        if event["type"] == "websocket.close":
            self.closed = event["code"]
            return {"closed": self.closed}
        return json.loads(event["text"])

    async def until(self, kind: str) -> list[Json]:
        """Our frames up to one of that type, which comes last."""
        found = [await self.next()]
        while found[-1].get("type") != kind:
            assert "closed" not in found[-1], found
            found.append(await self.next())
        return found

    async def cycle(self) -> list[Json]:
        """Our frames up to the end of a talk cycle."""
        found = [await self.next()]
        while not found[-1].get("last"):
            assert "closed" not in found[-1], found
            found.append(await self.next())
        return found

    async def settled(self) -> list[Json]:
        """All our frames, up to where no talk cycle is open and nothing more comes by itself."""
        found: list[Json] = []
        while not await self.silent() or any(not frame["last"] for frame in _texts(found)[-1:]):
            found.append(await self.next())
        return found

    async def heard(self) -> str:
        """The words of the next talk cycle."""
        return "".join(frame["token"] for frame in await self.cycle() if frame["type"] == "text")

    async def ask(self, words: str, lang: str = "en-GB") -> str:
        await self.prompt(words, lang)
        return await self.heard()

    async def silent(self) -> bool:
        """Whether we have nothing more to say now."""
        await anyio.wait_all_tasks_blocked()
        return self.from_us.statistics().current_buffer_used == 0


@asynccontextmanager
async def calling(app: FastAPI, headers: Mapping[str, str] | None = None, *, address: str = HERE, query: str = "") -> AsyncGenerator[Phone]:
    """A line to the relay, which hangs up when the block ends."""
    to_us, inward = anyio.create_memory_object_stream[Event](1000)
    outward, from_us = anyio.create_memory_object_stream[Event](1000)
    phone = Phone(to_us=to_us, from_us=from_us)
    await to_us.send({"type": "websocket.connect"})

    async def send(event: Event) -> None:
        if event["type"] == "websocket.accept":
            phone.accepted = True
        else:
            await outward.send(event)

    async with anyio.create_task_group() as tasks:
        with to_us, inward, outward, from_us:
            tasks.start_soon(app, _scope(headers or {}, address, query), inward.receive, send)
            yield phone
            with anyio.move_on_after(PATIENCE):
                await to_us.send({"type": "websocket.disconnect", "code": 1001})
                await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()


def _texts(frames: list[Json]) -> list[Json]:
    return [frame for frame in frames if frame.get("type") == "text"]


def with_time(service: Service, public: Public | None = None) -> Time:
    """The service, whose calls wait in a time that the test moves."""
    time = Time()
    house = service.app.state.serving
    service.app.state.serving = replace(house, calls=Calls(time.sleep), public=public or house.public)
    return time


def _scope(headers: Mapping[str, str], address: str, query: str) -> Json:
    sent = {"host": "localhost", **headers}
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/voice/relay",
        "raw_path": b"/voice/relay",
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": (address, 50000),
        "server": ("localhost", 80),
        "subprotocols": [],
    }
