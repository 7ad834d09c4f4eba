"""`/api/chat`: the AI SDK's UI message stream, which every `useChat` front end speaks."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from orchestrator.channels.ai_sdk_rendering import Json, UiMessage, source
from orchestrator.channels.problems import Problem
from orchestrator.channels.regrets import RegretRoute, reader_language, words
from orchestrator.channels.replying import answering
from orchestrator.channels.sessions import LONGEST
from orchestrator.channels.streams import FrameStream
from orchestrator.channels.web_chat import WEB_CHAT, Chat, Hints, Said, chat_of, last_of_customer
from orchestrator.conversation import Conversation, Inbound, Message
from orchestrator.memory import inbox

SURFACE = "ai-sdk"
STREAM = {"x-vercel-ai-ui-message-stream": "v1"}


class AiSdkRoute(RegretRoute):
    """A route whose errors are text that the page shows as it is."""

    @staticmethod
    def regretted(problem: Problem, words: str) -> Response:
        """The text, and its code in a header for whoever builds the page."""
        headers = {**(problem.headers or {}), "x-problem": problem.code}
        return Response(words, problem.status, headers, media_type="text/plain; charset=utf-8")

    @staticmethod
    def shaped(problem: Problem) -> Response:
        """The same where the house is not asked."""
        return AiSdkRoute.regretted(problem, problem.detail)


router = APIRouter(prefix="/api/chat", tags=["ai-sdk"], route_class=AiSdkRoute)
ChatId = Annotated[str, Path(min_length=1, max_length=LONGEST)]


class UiChat(Hints):
    """What `DefaultChatTransport` sends: the history is ours, so of the messages only the customer's last counts.

    Pages that leave the history to us send `message` alone. A message that is to be answered again (`trigger`) gets the same answer:
    nothing is done twice.
    """

    id: str = Field(min_length=1, max_length=LONGEST)
    messages: list[Said] = Field(default_factory=list[Said])
    message: Said | None = None
    trigger: Literal["submit-message", "regenerate-message"] | None = None


@router.post("")
async def post_chat(request: Request, body: UiChat) -> Response:
    """Answer the customer's last message as a UI message stream."""
    chat = chat_of(request, SURFACE, body, body.id)
    standing = await chat.standing()
    return await _streamed(request, chat, standing, chat.inbound(*last_of_customer([body.message] if body.message else body.messages)))


@router.get("/{chat_id:path}/stream")
async def get_stream(request: Request, chat_id: ChatId) -> Response:
    """The answer that a page was waiting for when it was reloaded or lost its connection; 204 when none is on its way."""
    chat = chat_of(request, SURFACE, Hints(), chat_id)
    standing = await _own(chat)
    if standing is None:
        return Response(status_code=204)
    async with chat.house.orchestrator.house.database.reading() as unit:
        pending = await inbox.unanswered(unit, chat.conversation_id)
    if not pending:
        return Response(status_code=204)
    inbound = replace(pending[-1].inbound, visitor_id=chat.caller.visitor_id)
    return await _streamed(request, chat, standing, inbound)


@router.get("/{chat_id:path}")
async def get_chat(request: Request, chat_id: ChatId) -> Response:
    """What was said so far, as the UI messages that a page begins with; none for a chat that is not there."""
    chat = chat_of(request, SURFACE, Hints(), chat_id)
    messages = await chat.transcript() if await _own(chat) else ()
    return JSONResponse(_ui_messages(messages, chat.house.public.url))


async def _own(chat: Chat) -> Conversation | None:
    """The conversation, if it is there and the caller's: to others it looks as if it were not."""
    try:
        return await chat.standing()
    except Problem:
        return None


async def _streamed(request: Request, chat: Chat, standing: Conversation | None, inbound: Inbound) -> Response:
    language = standing.language if standing else reader_language(chat.house, request)
    rendering = UiMessage(chat.url, chat.house.public.url, words(chat.house, "engine.refused.later", language))
    answer = await answering(chat.house.orchestrator, inbound, rendering, WEB_CHAT, goes_on=True)
    return FrameStream(answer.frames(), headers={**STREAM, **chat.headers})


def _ui_messages(messages: Sequence[Message], site: str) -> list[Json]:
    shown = (message for message in messages if message.role != "system")
    return [_ui_message(id, list(group), site) for id, group in groupby(shown, key=_place)]


def _place(message: Message) -> str:
    """The messages of one turn are one UI message, under the id that the stream gave it."""
    return message.turn_id if message.role == "agent" and message.turn_id else message.id


def _ui_message(id: str, messages: Sequence[Message], site: str) -> Json:
    if messages[0].role == "customer":
        return {"id": id, "role": "user", "parts": [{"type": "text", "text": messages[0].text}]}
    parts: list[Json] = []
    for message in messages:
        parts.append({"type": "text", "text": message.text})
        start = sum(part["type"] == "source-url" for part in parts) + 1
        parts += [source(f"{id}-source-{number}", cited, site) for number, cited in enumerate(message.citations, start)]
        if message.choices:
            data = {"choices": [choice.label for choice in message.choices]}
            parts.append({"type": "data-choices", "id": f"{message.id}-choices", "data": data})
    agent = "human" if messages[-1].role == "human" else messages[-1].agent
    return {"id": id, "role": "assistant", "metadata": {"agent": agent}, "parts": parts}
