"""Requests and answers on the OpenAI surface, as tests write and read them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.server.service import Json

COMPLETIONS = "/v1/chat/completions"
SESSION = {"X-Session-Id": "s1"}
TRANSFER: Json = {
    "type": "function",
    "function": {
        "name": "transferCall",
        "parameters": {
            "type": "object",
            "properties": {"destination": {"type": "string", "enum": ["+41215550100", "+41215550199"]}},
            "required": ["destination"],
        },
    },
}
END: Json = {"type": "function", "function": {"name": "endCall", "parameters": {"type": "object", "properties": {}}}}
WEATHER: Json = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}


def user(text: object) -> Json:
    return {"role": "user", "content": text}


def assistant(text: str) -> Json:
    return {"role": "assistant", "content": text}


async def ask(api: httpx.AsyncClient, *messages: Json, headers: Mapping[str, str] | None = None, **more: object) -> httpx.Response:
    """A request for a completion, in session `s1` unless `headers` say otherwise."""
    body = {"model": "filrouge", "messages": list(messages), **more}
    content = json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **(SESSION if headers is None else headers)}
    return await api.post(COMPLETIONS, content=content, headers=sent)


def answer(response: httpx.Response) -> str:
    """The text of a completion."""
    assert response.status_code == 200, response.text
    return response.json()["choices"][0]["message"]["content"]


@dataclass
class Streamed:
    """A stream as read: its chunks, what they come to, and whether it was finished properly."""

    chunks: list[Json] = field(default_factory=list[Json])
    is_done: bool = False

    @property
    def deltas(self) -> list[Json]:
        return [chunk["choices"][0]["delta"] for chunk in self.chunks if chunk.get("choices")]

    @property
    def text(self) -> str:
        return "".join(delta.get("content", "") for delta in self.deltas)

    @property
    def finish(self) -> Any:
        return next(reason for chunk in reversed(self.chunks) if chunk["choices"] and (reason := chunk["choices"][0]["finish_reason"]))


def streamed(text: str) -> Streamed:
    """Reads Server-Sent Events strictly: comments, data, and nothing else."""
    found = Streamed()
    for block in text.split("\n\n"):
        if not block or block.startswith(":"):
            continue
        assert block.startswith("data: "), block
        assert not found.is_done
        data = block.removeprefix("data: ")
        if data == "[DONE]":
            found.is_done = True
        else:
            found.chunks.append(json.loads(data))
    return found
