"""What the formats of web chat front ends share: whose conversation it is, what a page says beside its messages, and one frame."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from orchestrator.channels.access import Caller
from orchestrator.channels.channel import Capabilities
from orchestrator.channels.problems import Problem
from orchestrator.channels.sessions import LONGEST, conversation_id, message_id, session_of, token_of
from orchestrator.channels.state import Serving, serving
from orchestrator.conversation import LANGUAGES, Conversation, Inbound, Language, Message
from orchestrator.memory import conversations

WEB_CHAT = Capabilities(choices="native", citations="native")
TRANSCRIPT = 200
"""How many messages a page gets that comes back."""
KEPT_ID = 128


class Hints(BaseModel):
    """What a page may say beside its messages: the customer's signed token, and which language and region to speak."""

    model_config = ConfigDict(extra="allow", strict=True)

    token: str | None = Field(default=None, max_length=16 * 1024)
    language: str | None = Field(default=None, max_length=64)
    region: str | None = Field(default=None, max_length=64)


class Said(BaseModel):
    """A message of the page's history; of these only the customer's last is read."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str = Field(default="", max_length=LONGEST)
    role: str = Field(default="", max_length=64)
    content: object = None
    parts: object = None

    @property
    def text(self) -> str:
        """Its words; pictures and files have none."""
        body = self.parts if self.parts is not None else self.content
        return body if isinstance(body, str) else "\n".join(_texts(body))


@dataclass(frozen=True, kw_only=True)
class Chat:
    """One request of a page: the conversation it belongs to, who sends it, and its hints."""

    house: Serving
    caller: Caller
    conversation_id: str
    hints: Hints
    token: str | None

    def inbound(self, text: str, message_id: str | None) -> Inbound:
        """A message of the customer's in this conversation."""
        language: Language | None = next((known for known in LANGUAGES if known == self.hints.language), None)
        return Inbound(
            conversation_id=self.conversation_id,
            text=text,
            channel="web",
            language=language,
            region=self.hints.region,
            token=self.token,
            message_id=message_id,
            visitor_id=self.caller.visitor_id,
        )

    async def standing(self) -> Conversation | None:
        """The conversation as it is now, None when there is none yet.

        Raises:
            Problem: It is somebody else's (404).
        """
        async with self.house.orchestrator.house.database.reading() as unit:
            found = await conversations.get(unit, self.conversation_id)
        if found is not None and not self.caller.may_read(found.visitor_id):
            raise Problem(404, "not_found", "There is nothing here for this caller.")
        return found

    async def transcript(self) -> tuple[Message, ...]:
        """What was said, oldest first."""
        async with self.house.orchestrator.house.database.reading() as unit:
            return await conversations.messages(unit, self.conversation_id, limit=TRANSCRIPT)

    @property
    def headers(self) -> dict[str, str]:
        """By which whoever builds the page finds the conversation in our records."""
        return {"x-filrouge-session": self.conversation_id}

    @property
    def url(self) -> str:
        """Where the conversation can be read and its events, such as a colleague's reply, be followed."""
        return f"{self.house.public.url.rstrip('/')}/v1/conversations/{self.conversation_id}"


def chat_of(request: Request, surface: str, hints: Hints, native: str) -> Chat:
    """The chat that a request belongs to; `native` is the format's own name of it.

    Raises:
        Problem: Nobody we know (401), or the process is ending (503).
    """
    house = serving(request)
    caller = house.access.caller(request)
    if house.drain.started.is_set():
        raise Problem(503, "draining", "The service is shutting down. Send the message again in a moment.", {"Retry-After": "1"})
    beside: Mapping[str, object] = hints.model_extra or {}
    session = session_of(request.headers, beside, native)
    token = token_of(request.headers, {**beside, "token": hints.token})
    return Chat(
        house=house,
        caller=caller,
        conversation_id=conversation_id(surface, caller.visitor_id or caller.tenant, session),
        hints=hints,
        token=token,
    )


def last_of_customer(messages: Sequence[Said]) -> tuple[str, str | None]:
    """The customer's last message and the id by which it is known when it is sent again.

    A page may give an edited message its old id, so the words belong to the id. A message without an id is known by its place, if
    there is a history to have a place in; else it is always new.

    Raises:
        Problem: The customer has said nothing (422).
    """
    said = [message for message in messages if message.role == "user"]
    if not said:
        raise Problem(422, "message_refused", "There is no message of the customer's. Send one with the role `user`.")
    text, id = said[-1].text, said[-1].id
    if not id:
        return text, message_id(len(said), text) if len(messages) > 1 else None
    by_place = message_id(0, text).partition(":")[2]
    return text, f"{id if len(id) <= KEPT_ID else message_id(0, id)}:{by_place}"


def frame(body: Mapping[str, object]) -> bytes:
    """One Server-Sent Event. Plain ASCII, so that no client can split it at a line end of Unicode's or inside a character."""
    return b"data: " + json.dumps(body, separators=(",", ":")).encode() + b"\n\n"


def _texts(parts: object) -> list[str]:
    if not isinstance(parts, list):
        return []
    found = (cast("Mapping[str, object]", part) for part in cast("list[object]", parts) if isinstance(part, Mapping))
    return [text for part in found if part.get("type") == "text" and isinstance(text := part.get("text"), str)]
