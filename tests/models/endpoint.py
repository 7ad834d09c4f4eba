"""An OpenAI-compatible endpoint in a process of its own: scripted answers, latencies and faults; it keeps what it was asked.

`python -m tests.models.endpoint [--port N] [--tokens N] [--first-ms N] [--token-ms N]` serves until it is ended and prints its address.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zlib import crc32

import httpx
import uvicorn

from tests.models.behaviour import Behaviour, Json

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
DIMENSIONS = 16


class Broken(Exception):
    """Raised in the middle of an answer, so that the server drops the connection."""


class App:
    """The endpoint as an ASGI application."""

    def __init__(self, default: Behaviour) -> None:
        self._default = default
        self._script: list[Behaviour] = []
        self._requests: list[Json] = []
        self._hangups = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        path, method = scope["path"], scope["method"]
        if path.startswith("/_"):
            await self._control(path, method, body, send)
            return
        request: Json = json.loads(body or b"{}")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query, port = scope["query_string"].decode(), scope["client"][1]
        self._requests.append({"path": path, "query": query, "headers": headers, "port": port, "body": request})
        if path.endswith("/embeddings"):
            behaviour = self._next(request)
            await (_answer(send, behaviour) if behaviour.status != 200 else _json(send, embeddings(request)))
        elif path.endswith("/chat/completions"):
            await self._complete(request, receive, send)
        else:
            await _json(send, {"error": {"message": "no such path", "code": None}}, 404)

    async def _control(self, path: str, method: str, body: bytes, send: Send) -> None:
        if path == "/_script":
            self._script = [Behaviour.from_json(one) for one in json.loads(body)]
            self._requests.clear()
            self._hangups = 0
            await _json(send, {})
        elif path == "/_hangups":
            await _json(send, self._hangups)
        elif path == "/_requests" and method == "GET":
            await _json(send, self._requests)

    def _next(self, request: Json) -> Behaviour:
        for place, behaviour in enumerate(self._script):
            if behaviour.fits(request):
                if behaviour.times == 1:
                    del self._script[place]
                elif behaviour.times > 1:
                    self._script[place] = replace(behaviour, times=behaviour.times - 1)
                return behaviour
        return self._default

    async def _complete(self, request: Json, receive: Receive, send: Send) -> None:
        behaviour = self._next(request)
        if behaviour.body or behaviour.status != 200:
            await _answer(send, behaviour)
        elif request.get("stream"):
            await self._stream(behaviour, request, receive, send)
        else:
            await _json(send, whole(behaviour, request))

    async def _stream(self, behaviour: Behaviour, request: Json, receive: Receive, send: Send) -> None:
        await asyncio.sleep(behaviour.first_token_ms / 1000)
        await _start(send, 200, "text/event-stream", behaviour.headers)
        deltas = behaviour.deltas()
        for place, delta in enumerate(deltas):
            if behaviour.fault and place == behaviour.fault_after:
                break
            if place and behaviour.token_ms:
                await asyncio.sleep(behaviour.token_ms / 1000)
            await _event(send, chunk(request, delta))
        if behaviour.fault:
            await self._fail(behaviour, receive, send)
            return
        await _event(send, chunk(request, {}, behaviour.reason))
        if behaviour.usage and request.get("stream_options", {}).get("include_usage"):
            await _event(send, {**chunk(request, {}), "choices": [], "usage": behaviour.counted(request)})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _fail(self, behaviour: Behaviour, receive: Receive, send: Send) -> None:
        if behaviour.fault == "reset":
            raise Broken
        if behaviour.fault == "silence":
            while (await receive())["type"] != "http.disconnect":
                pass
            self._hangups += 1
            return
        if behaviour.fault == "error":
            await _event(send, {"error": {"message": "the engine failed", "type": "server_error", "code": 500}})
        await send({"type": "http.response.body", "body": b""})


def chunk(request: Json, delta: Json, reason: str | None = None) -> Json:
    """One chunk of a streamed completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "cmpl-1", "object": "chat.completion.chunk", "created": 0, "model": request.get("model"), "choices": [choice]}


def whole(behaviour: Behaviour, request: Json) -> Json:
    """A completion that is not streamed."""
    calls = [
        {"id": f"call_{index}", "type": "function", "function": {"name": tool, "arguments": json.dumps(arguments)}}
        for index, (tool, arguments) in enumerate(behaviour.calls)
    ]
    message = {"role": "assistant", "content": behaviour.text or None, "tool_calls": calls or None}
    choice = {"index": 0, "message": message, "finish_reason": behaviour.reason}
    usage = behaviour.counted(request)
    return {"id": "cmpl-1", "object": "chat.completion", "created": 0, "model": request.get("model"), "choices": [choice], "usage": usage}


def embeddings(request: Json) -> Json:
    """Vectors that depend on the text's letters alone; `dimensions` as asked. They come last first: only `index` says which is whose."""
    size = request.get("dimensions") or DIMENSIONS
    texts: list[str] = request["input"]
    rows = [
        {"object": "embedding", "index": index, "embedding": [float(crc32(f"{place}{text}".encode()) % 999 - 499) for place in range(size)]}
        for index, text in enumerate(texts)
    ]
    return {"object": "list", "data": rows[::-1], "model": request.get("model"), "usage": {"prompt_tokens": 1, "total_tokens": 1}}


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _start(send: Send, status: int, kind: str, headers: Any = ()) -> None:
    listed = [(name.encode(), str(value).encode()) for name, value in dict(headers).items()]
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode()), *listed]})


async def _answer(send: Send, behaviour: Behaviour) -> None:
    await _start(send, behaviour.status, "application/json", behaviour.headers)
    await send({"type": "http.response.body", "body": behaviour.body.encode()})


async def _event(send: Send, data: Json) -> None:
    body = b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _json(send: Send, data: Any, status: int = 200) -> None:
    await _start(send, status, "application/json")
    await send({"type": "http.response.body", "body": json.dumps(data).encode()})


class Endpoint:
    """A running endpoint, from outside."""

    def __init__(self, address: str) -> None:
        self.base_url = f"{address}/v1"
        self._control = httpx.Client(base_url=address, trust_env=False)

    def script(self, *behaviours: Behaviour) -> None:
        """What it does from now on, in this order; afterwards its default. Forgets what it was asked."""
        self._control.post("/_script", json=[one.to_json() for one in behaviours]).raise_for_status()

    def requests(self) -> list[Json]:
        """What it was asked since the last `script`: path, query, headers, the caller's port and body of each."""
        return self._control.get("/_requests").json()

    def hangups(self) -> int:
        """How often somebody hung up on its silence since the last `script`."""
        return self._control.get("/_hangups").json()

    def close(self) -> None:
        """Ends the control connection."""
        self._control.close()


@contextmanager
def serving_endpoint(*options: str) -> Generator[Endpoint]:
    """An endpoint in a process of its own on a free port of this machine; options as on the command line."""
    command = [sys.executable, "-m", "tests.models.endpoint", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        endpoint = Endpoint(process.stdout.readline().strip())
        try:
            yield endpoint
        finally:
            endpoint.close()
            process.terminate()


class _Server(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}", flush=True)  # noqa: T201 this is its output


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=20)
    parser.add_argument("--first-ms", type=float, default=0)
    parser.add_argument("--token-ms", type=float, default=0)
    chosen = parser.parse_args(arguments)
    default = Behaviour(text="word " * chosen.tokens, times=0, first_token_ms=chosen.first_ms, token_ms=chosen.token_ms)
    config = uvicorn.Config(App(default), port=chosen.port, log_level="critical", lifespan="off", access_log=False)
    _Server(config).run()


if __name__ == "__main__":
    main()
