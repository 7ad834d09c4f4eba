"""Everything that reads what comes from outside on a channel: what it is fed with, and what must hold whatever it is fed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from orchestrator.channels.relay_frames import Malformed, Setup, parsed
from orchestrator.channels.signatures import signature
from orchestrator.conversation import LANGUAGES, Language
from orchestrator.dialogue.spoken import spoken
from orchestrator.understanding.heard import heard
from tests.fuzz.door import BASE, KNOWN, TOKEN, Answered, Asked, Door
from tests.fuzz.seeds import SEEDS, TEXTS

JSON = ((b"content-type", b"application/json"),)
FORM = (b"content-type", b"application/x-www-form-urlencoded")
SIGNED = b"right"
"""Written for the signature that fits."""
Kind = Literal["json", "bytes"]


@dataclass(frozen=True, kw_only=True)
class Parser:
    """One of them. `read` raises what must not be raised, an AssertionError where a law is broken."""

    name: str
    kind: Kind
    seeds: tuple[bytes, ...]
    read: Callable[[Door, bytes], None]


def chat_completions(door: Door, data: bytes) -> None:
    """`/v1/chat/completions`."""
    error = _refusal(_posted(door, "/v1/chat/completions", data), 503)
    if error is not None:
        assert error.keys() == {"error"}


def ag_ui(door: Door, data: bytes) -> None:
    """`/ag-ui`."""
    error = _refusal(_posted(door, "/ag-ui", data))
    if error is not None:
        assert error["type"] == "RUN_ERROR"


def ai_sdk(door: Door, data: bytes) -> None:
    """`/api/chat`, whose errors are plain text."""
    answered = _posted(door, "/api/chat", data)
    assert answered.status == 200 or 400 <= answered.status < 500, answered
    assert answered.body.decode()


def deep_chat(door: Door, data: bytes) -> None:
    """`/v1/deep-chat`."""
    error = _refusal(_posted(door, "/v1/deep-chat", data))
    if error is not None:
        assert error.keys() == {"error"}


def relay_frames(_: Door, data: bytes) -> None:
    """Frames of the relay, whose reasons for a refusal repeat nothing of what was said."""
    frame = parsed(data.decode("utf-8", "replace"))
    if isinstance(frame, Setup):
        assert frame.phone == "" or (frame.phone[0] == "+" and frame.phone[1:].isdecimal())
        for name in frame.parameters:
            frame.parameter(name)
    elif isinstance(frame, Malformed):
        assert len(frame.why) < 120


def carrier_form(door: Door, data: bytes) -> None:
    """`/voice/incoming` and `/voice/action`: a signature, a query, and a form, a line each."""
    given, _, rest = data.partition(b"\n")
    query, _, body = rest.partition(b"\n")
    query = _visible(query)
    for path in ("/voice/incoming", "/voice/action"):
        sign = _signature(path, query, body) if given == SIGNED else bytes(byte for byte in given if byte not in b"\r\n\0")
        answered = door.ask(Asked(path=path, query=query, body=body, headers=(FORM, (b"x-twilio-signature", sign))))
        assert answered.status in (200, 400, 403, 413), answered
        assert answered.status != 200 or given == SIGNED or sign == _signature(path, query, body)
        if answered.status == 200:
            ElementTree.fromstring(answered.body)


def last_event_id(door: Door, data: bytes) -> None:
    """`Last-Event-ID` and `?after=`, a line each."""
    header, _, query = data.partition(b"\n")
    headers = ((b"last-event-id", header.replace(b"\r", b"").replace(b"\0", b"")),) if header else ()
    answered = door.ask(Asked(path=f"/v1/conversations/{KNOWN}/events", method="GET", headers=headers, query=_visible(query)))
    assert answered.status in (200, 400), answered
    if answered.status == 400:
        assert json.loads(answered.body)["code"] == "invalid_last_event_id"


def heard_text(_: Door, data: bytes) -> None:
    """Transcripts: hearing again changes nothing."""
    language, text = _spoken_in(data)
    once = heard(text, language)
    assert heard(once, language) == once, (language, text, once)


def spoken_text(_: Door, data: bytes) -> None:
    """Replies on their way to a voice: speaking again changes nothing."""
    language, text = _spoken_in(data)
    once = spoken(text, language)
    assert spoken(once, language) == once, (language, text, once)


def _posted(door: Door, path: str, data: bytes) -> Answered:
    return door.ask(Asked(path=path, body=data, headers=JSON))


def _refusal(answered: Answered, *also: int) -> Mapping[str, object] | None:
    """The error of a refused request; None when it was answered."""
    assert answered.status == 200 or 400 <= answered.status < 500 or answered.status in also, answered
    return json.loads(answered.body) if answered.status != 200 else None


def _visible(query: bytes) -> bytes:
    """The query as far as it can be in the first line of a request: HTTP servers refuse all others."""
    return bytes(byte for byte in query if 0x20 < byte < 0x7F)


def _signature(path: str, query: bytes, body: bytes) -> bytes:
    url = f"{BASE}{path}" + (f"?{query.decode()}" if query else "")
    try:
        return signature(TOKEN, url, parse_qsl(body.decode(), keep_blank_values=True)).encode()
    except ValueError:
        return b""


def _spoken_in(data: bytes) -> tuple[Language, str]:
    """The first byte names the language."""
    return LANGUAGES[(data[:1] or b"\0")[0] % len(LANGUAGES)], data[1:].decode("utf-8", "ignore")


PARSERS = (
    Parser(name="chat-completions", kind="json", seeds=SEEDS["chat-completions"], read=chat_completions),
    Parser(name="ag-ui", kind="json", seeds=SEEDS["ag-ui"], read=ag_ui),
    Parser(name="ai-sdk", kind="json", seeds=SEEDS["ai-sdk"], read=ai_sdk),
    Parser(name="deep-chat", kind="json", seeds=SEEDS["deep-chat"], read=deep_chat),
    Parser(name="relay", kind="json", seeds=SEEDS["relay"], read=relay_frames),
    Parser(name="carrier-form", kind="bytes", seeds=SEEDS["carrier-form"], read=carrier_form),
    Parser(name="last-event-id", kind="bytes", seeds=SEEDS["last-event-id"], read=last_event_id),
    Parser(name="heard", kind="bytes", seeds=TEXTS, read=heard_text),
    Parser(name="spoken", kind="bytes", seeds=TEXTS, read=spoken_text),
)
