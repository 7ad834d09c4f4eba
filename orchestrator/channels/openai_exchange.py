"""One chat completion request and what stands around it: the session it belongs to, the message for the house, the answer to come."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from fastapi import Request

from orchestrator.channels.access import Caller
from orchestrator.channels.channel import CHAT, VOICE, Capabilities
from orchestrator.channels.openai_controls import controls
from orchestrator.channels.openai_history import believe
from orchestrator.channels.openai_rendering import Completion, Outcome
from orchestrator.channels.openai_request import Asked, ChatRequest, asked, is_spoken
from orchestrator.channels.plain import Plain
from orchestrator.channels.repeats import bare_message_id, is_marked, key_of
from orchestrator.channels.sessions import Body, conversation_id, message_id, object_of, session_of, token_of
from orchestrator.channels.state import Serving
from orchestrator.conversation import LANGUAGES, Inbound

SURFACE = "openai"
ALONE = "alone"
"""The surface of turns that belong to no session."""
CHAT_MODEL, VOICE_MODEL = "filrouge", "filrouge-voice"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request that can be answered. `session` is the caller's name of it, "" when the turn stands alone."""

    house: Serving
    caller: Caller
    request: ChatRequest
    asked: Asked
    inbound: Inbound
    session: str
    can: Capabilities
    outcome: Outcome

    @property
    def headers(self) -> dict[str, str]:
        """What the answer's headers say of it."""
        return {"x-request-id": self.outcome.completion.id, "x-filrouge-session": self.inbound.conversation_id if self.session else "none"}

    @property
    def prompt(self) -> tuple[str, ...]:
        """The texts that the caller sent, to be counted."""
        return tuple(message.text for message in self.request.messages)


async def exchange(request: Request, house: Serving, caller: Caller, body: ChatRequest) -> Exchange:
    """What a request asks of the house.

    Raises:
        Refused: It asks for what there is not.
    """
    found = asked(body)
    raw = cast("Body", await request.json())  # parsed once: the request keeps it
    session = session_of(request.headers, raw, _elevenlabs(raw))
    can = VOICE if is_spoken(body, request.headers, raw) else CHAT
    inbound = _inbound(request, raw, house, (caller, session, can))
    inbound = replace(inbound, text=found.text or "")
    if session and found.text is not None:
        inbound = replace(inbound, message_id=await _message_id(request.headers, house, inbound, found))
    plain, offered = Plain(can, house.public.url), controls(body.tools, body.tool_choice)
    return Exchange(
        house=house,
        caller=caller,
        request=body,
        asked=found,
        inbound=inbound,
        session=session,
        can=can,
        outcome=Outcome(_completion(body, house, inbound), plain, offered, house.public.voice_transfer),
    )


async def settle(found: Exchange) -> None:
    """Takes over what the caller's history says of our last reply. Browsers are not believed: their visitors could write anything."""
    if found.session and found.asked.heard is not None and not found.caller.visitor_id:
        plain = Plain(found.can, found.house.public.url)
        await believe(found.house.orchestrator, found.inbound, found.asked.heard, plain)


def names(house: Serving) -> tuple[str, ...]:
    """The models there are: the company's own name and `filrouge` for chat, and one for voice."""
    company = house.orchestrator.house.project.policy.company.name
    return (re.sub(r"\W+", "-", company.casefold()).strip("-") or CHAT_MODEL, CHAT_MODEL, VOICE_MODEL)


def _inbound(request: Request, raw: Body, house: Serving, of: tuple[Caller, str, Capabilities]) -> Inbound:
    caller, session, can = of
    named = object_of(raw.get("metadata"))
    region = named.get("region")
    alone = key_of(request.headers) or house.orchestrator.house.new_id("session")
    whose = caller.visitor_id or caller.tenant
    place = (SURFACE, whose, session) if session else (ALONE, whose, alone)
    return Inbound(
        conversation_id=conversation_id(*place),
        text="",
        channel="voice" if can.speech else "api",
        language=next((known for known in LANGUAGES if known == named.get("language")), None),
        region=region if isinstance(region, str) else None,
        token=token_of(request.headers, raw),
        message_id=key_of(request.headers) or None,
        visitor_id=caller.visitor_id,
    )


async def _message_id(headers: Mapping[str, str], house: Serving, inbound: Inbound, found: Asked) -> str:
    """One id for a request however often it is sent."""
    if inbound.message_id:
        return inbound.message_id
    if not found.is_bare:
        return message_id(found.ordinal, found.thread)
    return await bare_message_id(house.orchestrator.house.database, inbound, marked=is_marked(headers))


def _completion(body: ChatRequest, house: Serving, inbound: Inbound) -> Completion:
    """Sent again, a request gets its answer under the same id."""
    there = names(house)
    wanted = next((name for name in (body.model or "", (body.model or "").rpartition("/")[2]) if name in there), there[0])
    named = inbound.message_id or house.orchestrator.house.new_id("completion")
    digest = hashlib.sha256(f"{inbound.conversation_id}\0{named}".encode()).hexdigest()
    return Completion(id=f"chatcmpl-{digest[:29]}", created=int(house.orchestrator.clock().timestamp()), model=wanted)


def _elevenlabs(raw: Body) -> str:
    """What ElevenLabs' extra body names the session."""
    fields = object_of(raw.get("elevenlabs_extra_body"))
    found = fields.get("session_id") or fields.get("conversation_id")
    return found if isinstance(found, str) else ""
