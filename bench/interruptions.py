"""How soon a caller who breaks in is let speak, and what words that are not final yet save. In process, no sockets."""

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from fastapi import FastAPI

from bench.times import percentiles
from bench.tiny import REPAIR, Bench
from orchestrator.channels.sessions import conversation_id
from tests.channels.phone import Phone, calling

ROUNDS = 30
RECITED = 2000
PAUSE = 0.002
"""Seconds between recited tokens."""
HEARD = 10
"""Tokens, before the caller breaks in."""
AFTERWARDS = 0.08
"""Seconds for which is watched whether anything still comes."""
LOOK_UP = 0.2
STILL_SPEAKING = 0.3
"""Seconds between the last words that are not final, and the same as final: how long a recogniser waits."""
VOICE = ((b"x-channel", b"voice"), (b"host", b"localhost"), (b"content-type", b"application/json"))


@dataclass
class Reader:
    """A voice front end over HTTP, which reads for as long as it likes."""

    session: str
    gone: anyio.Event = field(default_factory=anyio.Event)
    begun: anyio.Event = field(default_factory=anyio.Event)
    last: float = 0.0
    """When a piece came last."""

    async def read(self, app: FastAPI) -> None:
        """Reads until it hangs up."""
        body = json.dumps({"stream": True, "messages": [{"role": "user", "content": REPAIR}]}).encode()
        headers = [*VOICE, (b"x-session-id", self.session.encode()), (b"content-length", str(len(body)).encode())]
        scope = {
            "type": "http", "method": "POST", "path": "/v1/chat/completions", "query_string": b"", "root_path": "", "scheme": "http",
            "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("localhost", 80), "headers": headers,
        }  # fmt: skip
        inward = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> MutableMapping[str, Any]:
            if inward:
                return inward.pop()
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            if b'"content":"word' in message.get("body", b""):
                self.last = time.perf_counter()
                self.begun.set()

        await app(scope, receive, send)


async def barge_in(bench: Bench) -> dict[str, object]:
    """Milliseconds from a disconnect or an `interrupt` frame until the last token and until a turn that looks something up has stopped."""
    found: dict[str, list[float]] = {
        "HTTP, last token": [],
        "HTTP, turn stopped": [],
        "relay, last token": [],
        "relay, turn stopped by new words": [],
    }
    bench.reciter.tokens, bench.reciter.pause = RECITED, PAUSE
    for number in range(ROUNDS):
        found["HTTP, last token"].append(await _last_token_over_http(bench, f"last-{number}"))
        found["relay, last token"].append(await _last_token_on_a_call(bench, f"last-{number}"))
    bench.reciter.pause = 0.0
    bench.workshop.seconds = 30.0
    for number in range(ROUNDS):
        found["HTTP, turn stopped"].append(await _stop_over_http(bench, f"stop-{number}"))
        found["relay, turn stopped by new words"].append(await _stop_on_a_call(bench, f"stop-{number}"))
    bench.workshop.seconds = 0.0
    return {name: percentiles(times) for name, times in found.items()}


async def saved_by_partials(bench: Bench) -> dict[str, object]:
    """Milliseconds from the final words to the first token, with words before them that are not final and without."""
    bench.workshop.seconds = LOOK_UP
    times: dict[str, list[float]] = {"final words alone": [], "after words that were not final": []}
    for number in range(ROUNDS):
        times["final words alone"].append(await _first_token(bench, f"final-{number}", partial=False))
        times["after words that were not final"].append(await _first_token(bench, f"partial-{number}", partial=True))
    bench.workshop.seconds = 0.0
    alone, ahead = (percentiles(found) for found in times.values())
    return {
        "look_up_ms": 1000 * LOOK_UP,
        "partial_before_final_ms": 1000 * STILL_SPEAKING,
        **{name: percentiles(found) for name, found in times.items()},
        "saved_p50_ms": round(alone["p50_ms"] - ahead["p50_ms"], 2),
    }


async def _last_token_over_http(bench: Bench, session: str) -> float:
    reader = Reader(session)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reader.read, bench.reciting)
        await reader.begun.wait()
        await anyio.sleep(HEARD * PAUSE)
        since = time.perf_counter()
        reader.gone.set()
        await anyio.sleep(AFTERWARDS)
        tasks.cancel_scope.cancel()
    return max(0.0, 1000 * (reader.last - since))


async def _last_token_on_a_call(bench: Bench, call: str) -> float:
    async with calling(bench.reciting) as phone:
        await phone.setup(call)
        await phone.prompt(REPAIR)
        for _ in range(HEARD):
            await phone.next()
        since = last = time.perf_counter()
        await phone.send(type="interrupt", utteranceUntilInterrupt="word0")
        with anyio.move_on_after(AFTERWARDS):
            while True:
                frame = await phone.next()
                if frame.get("token"):
                    last = time.perf_counter()
    return 1000 * (last - since)


async def _stop_over_http(bench: Bench, session: str) -> float:
    reader = Reader(session)

    async def leave() -> None:
        reader.gone.set()

    async with anyio.create_task_group() as tasks:
        bench.workshop.called = anyio.Event()
        tasks.start_soon(reader.read, bench.app)
        return await _stopped(bench, conversation_id("openai", "", session), leave)


async def _stop_on_a_call(bench: Bench, call: str) -> float:
    async with calling(bench.app) as phone:
        bench.workshop.called = anyio.Event()
        await phone.setup(call)
        await phone.prompt(REPAIR)

        async def break_in() -> None:
            await phone.prompt("Stop, I have another question")

        return await _stopped(bench, conversation_id("relay", "", call), break_in)


async def _stopped(bench: Bench, conversation: str, break_in: Callable[[], Awaitable[None]]) -> float:
    """Until the conversation is free again: its turn has ended and is recorded."""
    await bench.workshop.called.wait()
    since = time.perf_counter()
    await break_in()
    async with bench.orchestrator.alone(conversation):
        return 1000 * (time.perf_counter() - since)


async def _first_token(bench: Bench, call: str, *, partial: bool) -> float:
    async with calling(bench.app) as phone:
        await phone.setup(call)
        if partial:
            await phone.prompt(REPAIR, last=False)
            await anyio.sleep(STILL_SPEAKING)
        since = time.perf_counter()
        await phone.prompt(REPAIR)
        return 1000 * (await _token(phone) - since)


async def _token(phone: Phone) -> float:
    """When the first words come."""
    while not (await phone.next()).get("token"):
        pass
    return time.perf_counter()
