"""Chats on the AI SDK surface, as tests start and read them: strictly, by the chunks that its versions 6 and 7 both accept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.server.service import Json

PATH = "/api/chat"
CHUNKS: Mapping[str, tuple[set[str], set[str]]] = {
    "start": ({"messageId"}, set()),
    "start-step": (set(), set()),
    "finish-step": (set(), set()),
    "finish": ({"finishReason"}, {"messageMetadata"}),
    "text-start": ({"id"}, set()),
    "text-delta": ({"id", "delta"}, set()),
    "text-end": ({"id"}, set()),
    "tool-input-start": ({"toolCallId", "toolName", "dynamic"}, {"providerExecuted"}),
    "tool-input-available": ({"toolCallId", "toolName", "input", "dynamic"}, {"providerExecuted"}),
    "tool-output-available": ({"toolCallId", "output", "dynamic"}, {"providerExecuted"}),
    "source-url": ({"sourceId", "url", "title"}, set()),
    "data-choices": ({"id", "data"}, set()),
    "data-route": ({"data", "transient"}, set()),
    "data-handoff": ({"data", "transient"}, set()),
    "error": ({"errorText"}, set()),
}
"""The chunks that are sent: fields that must be there, and fields that may."""


def chat(*messages: Json, **more: object) -> Json:
    """A body as `DefaultChatTransport` sends it, in chat `chat-1`."""
    return {"id": "chat-1", "messages": list(messages), "trigger": "submit-message", **more}


def user(text: str, id: str = "") -> Json:
    return {"id": id or f"id of {text}", "role": "user", "parts": [{"type": "text", "text": text}]}


async def ask(api: httpx.AsyncClient, *messages: Json, **more: object) -> "Streamed":
    """One message and its answer, read strictly."""
    return read(await api.post(PATH, json=chat(*messages, **more)))


@dataclass
class Streamed:
    """The chunks of a stream."""

    chunks: list[Json] = field(default_factory=list[Json])

    def of(self, *types: str) -> list[Json]:
        return [chunk for chunk in self.chunks if chunk["type"] in types]

    def data(self, name: str) -> list[Json]:
        return [chunk["data"] for chunk in self.of(f"data-{name}")]

    @property
    def types(self) -> list[str]:
        return [chunk["type"] for chunk in self.chunks]

    @property
    def text(self) -> str:
        return "".join(chunk["delta"] for chunk in self.of("text-delta"))


def read(response: httpx.Response) -> Streamed:
    """The chunks of a response, each of a known shape, every text opened once and closed, and [DONE] at the end."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-vercel-ai-ui-message-stream"] == "v1"
    blocks = [block for block in response.text.split("\n\n") if block and not block.startswith(":")]
    assert blocks.pop() == "data: [DONE]"
    streamed = Streamed([json.loads(block.removeprefix("data: ")) for block in blocks])
    opened, seen = set[str](), set[str]()
    for chunk in streamed.chunks:
        needed, allowed = CHUNKS[chunk["type"]]
        assert needed <= chunk.keys() - {"type"} <= needed | allowed, chunk
        if chunk["type"] == "text-start":
            assert chunk["id"] not in seen
            opened.add(chunk["id"])
            seen.add(chunk["id"])
        elif chunk["type"] in ("text-delta", "text-end"):
            assert chunk["id"] in opened, chunk
        if chunk["type"] == "text-end":
            opened.remove(chunk["id"])
    assert not opened
    assert streamed.types[-1] in ("finish", "error")
    return streamed
