"""`/v1/deep-chat`: the deep-chat widget's own JSON, answered whole or as Server-Sent Events."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from orchestrator.channels.access import Caller
from orchestrator.channels.channel import CHAT
from orchestrator.channels.plain import Plain
from orchestrator.channels.problems import Problem, not_stored
from orchestrator.channels.repeats import bare_message_id, key_of
from orchestrator.channels.replying import answering
from orchestrator.channels.sessions import Body, conversation_id, message_id, session_of, token_of
from orchestrator.channels.shapes import ShapedRoute
from orchestrator.channels.state import Serving, serving
from orchestrator.channels.streams import FrameStream
from orchestrator.conversation import LANGUAGES, Inbound
from orchestrator.events import Event, TurnCompleted

SURFACE = "deep-chat"


class DeepChatRoute(ShapedRoute):
    """A route with errors as the widget shows them."""

    @staticmethod
    def shaped(problem: Problem) -> Response:
        """`{"error": …}` with the status."""
        return JSONResponse({"error": problem.detail}, problem.status, headers=problem.headers)


router = APIRouter(prefix="/v1", tags=["deep-chat"], route_class=DeepChatRoute)


class DeepMessage(BaseModel):
    """A message as the widget keeps it: of a `user` or of an `ai`."""

    model_config = ConfigDict(extra="ignore", strict=True)

    role: str = "user"
    text: str | None = None


class DeepChatRequest(BaseModel):
    """What the widget sends: the new message, or more of them, beside `additionalBodyProps` such as `sessionId`, `token`, `language`."""

    model_config = ConfigDict(extra="ignore", strict=True)

    messages: list[DeepMessage] = Field(min_length=1)
    stream: bool | None = None


class Pieces:
    """The `Rendering` of a reply that the widget appends piece by piece."""

    def __init__(self, plain: Plain) -> None:
        self._plain = plain

    def opening(self) -> Iterable[bytes]:
        """Nothing: the widget shows that it waits."""
        return ()

    def event(self, event: Event) -> Iterable[bytes]:
        """A piece of text, if the event has one."""
        if piece := self._plain.event(event):
            yield _data({"text": piece})

    def filler(self, text: str) -> Iterable[bytes]:
        """Nothing: fillers are for the ear."""
        del text
        return ()

    def closing(self) -> Iterable[bytes]:
        """Nothing: the end of the stream says it."""
        return ()

    def failure(self) -> Iterable[bytes]:
        """The widget shows it as an error."""
        yield _data({"error": not_stored().detail})


@router.post("/deep-chat")
async def post_deep_chat(request: Request, body: DeepChatRequest) -> Response:
    """Answer the widget's last message: as JSON, or streamed with `Accept: text/event-stream` or `"stream": true`."""
    house = serving(request)
    caller = house.access.caller(request)
    inbound, session = await _inbound(request, house, caller, body)
    plain = Plain(CHAT, house.public.url)
    headers = {"x-filrouge-session": inbound.conversation_id if session else "none"}
    if body.stream or "text/event-stream" in request.headers.get("accept", ""):
        replying = await answering(house.orchestrator, inbound, Pieces(plain), CHAT, goes_on=True)
        return FrameStream(replying.frames(), headers=headers)
    last = None
    with await house.orchestrator.deliver(inbound) as events:
        async for numbered in events:
            last = numbered.event
            plain.event(last)
    if not isinstance(last, TurnCompleted):
        raise not_stored()
    return JSONResponse({"text": plain.text}, headers=headers)


async def _inbound(request: Request, house: Serving, caller: Caller, body: DeepChatRequest) -> tuple[Inbound, str]:
    """The widget's last message, and its session ("" when it names none: then the turn stands alone)."""
    last = body.messages[-1]
    if last.role != "user":
        raise Problem(400, "last_message_not_user", "The last message is not the user's. Send what the customer says last.")
    raw = cast("Mapping[str, object]", await request.json())
    native, region, language = raw.get("sessionId"), raw.get("region"), raw.get("language")
    session = session_of(request.headers, raw, native if isinstance(native, str) else "")
    inbound = Inbound(
        conversation_id=conversation_id(SURFACE, caller.visitor_id or caller.tenant, session or house.orchestrator.house.new_id("session")),
        text=last.text or "",
        channel="web",
        language=next((known for known in LANGUAGES if known == language), None),
        region=region if isinstance(region, str) else None,
        token=token_of(request.headers, raw),
        message_id=key_of(request.headers) or None,
        visitor_id=caller.visitor_id,
    )
    if session and not inbound.message_id:
        inbound = replace(inbound, message_id=await _message_id(house, inbound, body))
    return inbound, session


async def _message_id(house: Serving, inbound: Inbound, body: DeepChatRequest) -> str:
    """By the words before it, when the widget is set to send them, else by our own record."""
    if any(message.role != "user" for message in body.messages):
        thread = "\0".join(f"{message.role}\0{message.text or ''}" for message in body.messages)
        return message_id(sum(message.role == "user" for message in body.messages), thread)
    return await bare_message_id(house.orchestrator.house.database, inbound, marked=False)


def _data(document: Body) -> bytes:
    return b"data: " + json.dumps(document, separators=(",", ":")).encode() + b"\n\n"
