"""Runs on the AG-UI surface, as tests start and read them: strictly, by the rules that the protocol's own client enforces."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from tests.server.service import Json

PATH = "/ag-ui"
FIELDS: Mapping[str, tuple[set[str], set[str]]] = {
    "RUN_STARTED": ({"threadId", "runId"}, {"protocolVersion"}),
    "RUN_FINISHED": ({"threadId", "runId"}, {"outcome"}),
    "RUN_ERROR": ({"message"}, {"code"}),
    "TEXT_MESSAGE_START": ({"messageId", "role"}, {"name"}),
    "TEXT_MESSAGE_CONTENT": ({"messageId", "delta"}, set()),
    "TEXT_MESSAGE_END": ({"messageId"}, set()),
    "TOOL_CALL_START": ({"toolCallId", "toolCallName"}, set()),
    "TOOL_CALL_ARGS": ({"toolCallId", "delta"}, set()),
    "TOOL_CALL_END": ({"toolCallId"}, set()),
    "TOOL_CALL_RESULT": ({"messageId", "toolCallId", "content"}, {"role"}),
    "STATE_SNAPSHOT": ({"snapshot"}, set()),
    "STATE_DELTA": ({"delta"}, set()),
    "MESSAGES_SNAPSHOT": ({"messages"}, set()),
    "SUBAGENT_STARTED": ({"subagentRunId", "name"}, set()),
    "SUBAGENT_FINISHED": ({"subagentRunId"}, set()),
    "CUSTOM": ({"name", "value"}, set()),
}
"""The events that are sent: fields that must be there, and fields that may."""
OPENED = {"TEXT_MESSAGE": "messageId", "TOOL_CALL": "toolCallId", "SUBAGENT": "subagentRunId"}
OPENING = {"TEXT_MESSAGE_START", "TOOL_CALL_START", "SUBAGENT_STARTED"}
CLOSING = {"TEXT_MESSAGE_END", "TOOL_CALL_END", "SUBAGENT_FINISHED"}
INSIDE = {"TEXT_MESSAGE_CONTENT", "TOOL_CALL_ARGS"}


def run_input(*messages: Json, **more: object) -> Json:
    """A `RunAgentInput` as the client sends it, in thread `thread-1`."""
    body: Json = {"threadId": "thread-1", "runId": "run-1", "protocolVersion": "1.0", "state": {}, "messages": list(messages)}
    return {**body, "tools": [], "context": [{"description": "channel", "value": "web"}], "forwardedProps": {}, **more}


def user(text: object, id: str = "") -> Json:
    return {"id": id or f"id of {text}", "role": "user", "content": text}


async def run(api: httpx.AsyncClient, *messages: Json, **more: object) -> "Told":
    """One run, read strictly."""
    return read(await api.post(PATH, json=run_input(*messages, **more)))


@dataclass
class Told:
    """The events of a run."""

    events: list[Json] = field(default_factory=list[Json])

    def of(self, *types: str) -> list[Json]:
        return [event for event in self.events if event["type"] in types]

    def custom(self, name: str) -> list[Json]:
        return [event["value"] for event in self.of("CUSTOM") if event["name"] == name]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def text(self) -> str:
        return "".join(event["delta"] for event in self.of("TEXT_MESSAGE_CONTENT"))

    @property
    def state(self) -> Json:
        """What the page's state is at the end."""
        found: Json = {}
        for event in self.of("STATE_SNAPSHOT", "STATE_DELTA"):
            if event["type"] == "STATE_SNAPSHOT":
                found = dict(event["snapshot"])
            else:
                for patch in event.get("delta", []):
                    name = patch["path"].removeprefix("/")
                    assert patch["op"] == "add" or (patch["op"] == "replace" and name in found), patch
                    found[name] = patch["value"]
        return found


def read(response: httpx.Response) -> Told:
    """The events of a response, each of a known shape, without a null, and in an order that the client accepts."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    told = Told()
    for block in response.text.split("\n\n"):
        if block and not block.startswith(":"):
            assert block.startswith("data: "), block
            told.events.append(json.loads(block.removeprefix("data: ")))
    for event in told.events:
        assert_known(event)
    assert_ordered(told.events)
    return told


def assert_known(event: Json) -> None:
    needed, allowed = FIELDS[event["type"]]
    names = event.keys() - {"type"}
    assert needed <= names <= needed | allowed, event
    assert "null" not in json.dumps(event).replace('"null"', ""), event
    assert event.get("delta") != "", event


def assert_ordered(events: list[Json]) -> None:
    """Begins with RUN_STARTED, ends with the run, opens each id once, and closes all that it opened."""
    opened, seen = set[str](), set[str]()
    assert events[0]["type"] == "RUN_STARTED"
    assert events[-1]["type"] in ("RUN_FINISHED", "RUN_ERROR")
    for event in events:
        kind = event["type"]
        id = next((event[name] for prefix, name in OPENED.items() if kind.startswith(prefix)), "")
        if kind in OPENING:
            assert id not in seen, event
            opened.add(id)
            seen.add(id)
        elif kind in INSIDE | CLOSING:
            assert id in opened, event
        if kind in CLOSING:
            opened.remove(id)
        assert not opened or kind not in ("RUN_FINISHED", "RUN_ERROR"), opened
    assert [event["type"] for event in events].count("RUN_STARTED") == 1
    assert sum(event["type"] in ("RUN_FINISHED", "RUN_ERROR") for event in events) == 1
