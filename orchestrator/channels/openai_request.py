"""Reads a chat completion request: the words to answer, what was said before them, and what the caller wants back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field

from orchestrator.channels.openai_errors import Refused
from orchestrator.channels.sessions import Body, object_of

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
HINTS: tuple[Role, ...] = ("system", "developer")
"""What a caller tells a model to be. Here it is neither obeyed nor shown to anybody: the project says how its agents speak."""
READABLE = ("text", "input_text", "output_text", "refusal")
HEARD = ("input_audio", "audio")
SPOKEN_CLIENTS = ("LiveKit Agents",)
"""How the user agents of front ends that only ever speak begin."""
log = structlog.get_logger()


class Outside(BaseModel):
    """Part of a request. Unknown fields are left alone: every client sends some."""

    model_config = ConfigDict(extra="ignore", strict=True)


class Part(Outside):
    """A piece of a message."""

    type: str = ""
    text: str | None = None
    refusal: str | None = None


class ChatMessage(Outside):
    """A message of the caller's history."""

    role: Role
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its words; of pictures and files there are none."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text or part.refusal or "" for part in self.content or () if part.type in READABLE)


class StreamOptions(Outside):
    """What a stream holds beside the text."""

    include_usage: bool | None = None


class ChatRequest(Outside):
    """A request for a chat completion. The session is named by `X-Session-Id` or `metadata.session_id`, the customer by a token."""

    model: str | None = None
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    modalities: list[str] | None = None
    metadata: object = None
    """Says of the session, the customer and the channel what headers may say too."""
    tools: object = None
    tool_choice: object = None

    @property
    def wants_usage(self) -> bool:
        """Whether the stream ends with the count of tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be answered.

    `text` is the customer's last message, None when the caller only reports what became of a tool call. `before` is what was said
    before, as (role, text), without the caller's hints; `heard` what the caller says the assistant said right before it, None when
    the caller keeps no history.
    """

    text: str | None
    before: tuple[tuple[str, str], ...]
    heard: str | None

    @property
    def ordinal(self) -> int:
        """The message's place among the customer's, from 1."""
        return 1 + sum(role == "user" for role, _ in self.before)

    @property
    def is_bare(self) -> bool:
        """Whether the caller sends no history: then its place says nothing."""
        return not any(role == "assistant" for role, _ in self.before)

    @property
    def thread(self) -> str:
        """The message and all before it as one text: equal when a request is sent again, and at no other time."""
        return "\0".join(f"{role}\0{text}" for role, text in (*self.before, ("user", self.text or "")))


def asked(request: ChatRequest) -> Asked:
    """What the request asks.

    Raises:
        Refused: It asks for what there is not, or its last message is no customer's.
    """
    _check(request)
    said = [message for message in request.messages if message.role not in HINTS]
    if not said:
        raise Refused("messages", "no_user_message", "There is no user message. Send what the customer says as the last message.")
    last = said[-1]
    before = tuple((message.role, message.text) for message in said[:-1])
    if last.role in ("tool", "function"):
        return Asked(text=None, before=before, heard=None)
    if last.role != "user":
        detail = "The last message is the assistant's. Send what the customer says last; the answer's beginning cannot be given."
        raise Refused("messages", "last_message_not_user", detail)
    _note_unread(last)
    return Asked(text=last.text, before=before, heard=_heard(before))


def is_spoken(request: ChatRequest, headers: Mapping[str, str], body: Body) -> bool:
    """Whether the reply will be heard rather than read: by model name, `metadata.channel`, `X-Channel`, or a client that only speaks."""
    named = (request.model or "").rpartition("/")[2]
    return (
        named == "filrouge-voice"
        or headers.get("x-channel", "").casefold() == "voice"
        or object_of(body.get("metadata")).get("channel") == "voice"
        or isinstance(body.get("call"), Mapping)
        or isinstance(body.get("elevenlabs_extra_body"), Mapping)
        or headers.get("user-agent", "").startswith(SPOKEN_CLIENTS)
    )


def _check(request: ChatRequest) -> None:
    if request.n is not None and request.n != 1:
        raise Refused("n", "one_answer", "There is one answer to a customer. Send `n` as 1, or leave it out.")
    if "audio" in (request.modalities or ()):
        raise Refused("modalities", "no_audio", "Answers are text. Turn them into speech on your side.")
    if any(part.type in HEARD for message in request.messages if isinstance(message.content, list) for part in message.content):
        raise Refused("messages", "no_audio", "Audio is not heard here. Send its transcript as text.")


def _heard(before: tuple[tuple[str, str], ...]) -> str | None:
    """The assistant's words since the customer's previous message. None where there are none, which may only mean that none are kept."""
    words: list[str] = []
    for role, text in reversed(before):
        if role == "user":
            break
        if role == "assistant":
            words.append(text)
    return " ".join(reversed(words)).strip() or None


def _note_unread(message: ChatMessage) -> None:
    parts = message.content if isinstance(message.content, list) else []
    unread = sorted({part.type[:40] for part in parts if part.type not in READABLE})
    if unread:
        log.info("parts of a message were not read", types=unread)
