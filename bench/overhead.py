"""What a surface costs beside our own JSON: per turn with real turns, and per streamed token with recited ones. In process, no sockets."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI

from bench.times import Times, percentiles
from bench.tiny import PRICE, Bench
from tests.channels.phone import calling
from tests.fuzz.door import Asked, answered

TURNS = 60
WARM_UP = 5
FEW, MANY = 20, 520
RECITALS = 30
FLOOR = "own JSON"
STREAM = (b"accept", b"text/event-stream")
Request = Callable[[str], Asked]


def _asked(path: str, body: Mapping[str, object], *headers: tuple[bytes, bytes]) -> Asked:
    return Asked(path=path, body=json.dumps(body).encode(), headers=((b"content-type", b"application/json"), *headers))


def _openai(session: str, *, stream: bool) -> Asked:
    body = {"model": "filrouge", "stream": stream, "messages": [{"role": "user", "content": PRICE}]}
    return _asked("/v1/chat/completions", body, (b"x-session-id", session.encode()))


def _ag_ui(session: str) -> Asked:
    message = {"id": "m1", "role": "user", "content": PRICE}
    return _asked("/ag-ui", {"threadId": session, "runId": "r1", "messages": [message], "state": {}, "tools": [], "context": []})


def _ai_sdk(session: str) -> Asked:
    return _asked("/api/chat", {"id": session, "messages": [{"id": "m1", "role": "user", "parts": [{"type": "text", "text": PRICE}]}]})


def _deep_chat(session: str) -> Asked:
    return _asked("/v1/deep-chat", {"messages": [{"role": "user", "text": PRICE}], "sessionId": session, "stream": True})


REQUESTS: Mapping[str, Request] = {
    FLOOR: lambda session: _asked(f"/v1/conversations/{session}/messages", {"text": PRICE}),
    "own events": lambda session: _asked(f"/v1/conversations/{session}/messages", {"text": PRICE}, STREAM),
    "chat completions": lambda session: _openai(session, stream=False),
    "chat completions, streamed": lambda session: _openai(session, stream=True),
    "AG-UI": _ag_ui,
    "AI SDK": _ai_sdk,
    "deep-chat, streamed": _deep_chat,
}
STREAMED = tuple(name for name in REQUESTS if name not in (FLOOR, "chat completions"))


async def per_turn(bench: Bench) -> dict[str, object]:
    """Milliseconds of whole turns, wall and processor, and what is added to the floor's median. Surfaces take turns."""
    times = {name: Times() for name in (*REQUESTS, "ConversationRelay")}
    for number in range(WARM_UP + TURNS):
        for name, request in REQUESTS.items():
            asked = request(f"turn-{number}")
            await _measure(times[name] if number >= WARM_UP else Times(), lambda asked=asked: _post(bench.app, asked))
        await _called(bench.app, f"turn-{number}", times["ConversationRelay"] if number >= WARM_UP else Times())
    floor = times[FLOOR]
    return {name: {**found.summary(), **found.beside(floor)} for name, found in times.items()}


async def per_token(bench: Bench) -> dict[str, object]:
    """Microseconds of one more token: the difference between a long and a short recital, per token of it."""
    wall: dict[str, list[float]] = {name: [] for name in (*STREAMED, "ConversationRelay")}
    for number in range(RECITALS):
        for name, found in wall.items():
            spent: list[float] = []
            for tokens in (FEW, MANY):
                bench.reciter.tokens = tokens
                session, times = f"token-{number}-{tokens}", Times()
                if name in REQUESTS:
                    asked = REQUESTS[name](session)
                    await _measure(times, lambda asked=asked: _post(bench.reciting, asked))
                else:
                    await _called(bench.reciting, session, times)
                spent.append(times.wall[0])
            found.append(1000 * (spent[1] - spent[0]) / (MANY - FEW))
    return {name: percentiles(found, "us") for name, found in wall.items()}


async def _post(app: FastAPI, asked: Asked) -> None:
    response = await answered(app, asked)
    if response.status != 200:
        raise RuntimeError(f"{asked.path}: {response.status} {response.body!r}")


async def _called(app: FastAPI, call: str, times: Times) -> None:
    async with calling(app) as phone:
        await phone.setup(call)

        async def ask() -> None:
            await phone.ask(PRICE)

        await _measure(times, ask)


async def _measure(times: Times, call: Callable[[], Awaitable[None]]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    await call()
    times.add(time.perf_counter() - wall, time.process_time() - cpu)
