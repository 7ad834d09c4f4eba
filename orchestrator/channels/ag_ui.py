"""`POST /ag-ui`: AG-UI 1.0, which CopilotKit, assistant-ui and `@ag-ui/client` speak."""

from collections.abc import AsyncGenerator, Mapping
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from orchestrator.channels.ag_ui_rendering import AgUi, Run, is_confirmation
from orchestrator.channels.problems import InvalidRequest, Problem
from orchestrator.channels.regrets import RegretRoute, reader_language, words
from orchestrator.channels.replying import answering
from orchestrator.channels.sessions import LONGEST
from orchestrator.channels.streams import FrameStream
from orchestrator.channels.web_chat import WEB_CHAT, Chat, Hints, Said, chat_of, last_of_customer
from orchestrator.conversation import Conversation, Inbound, Message
from orchestrator.memory import inbox

SURFACE = "ag-ui"


class AgUiRoute(RegretRoute):
    """A route whose errors are a RUN_ERROR, with the status that fits."""

    @staticmethod
    def regretted(problem: Problem, words: str) -> Response:
        """The error, in words for the customer and, beside them, for whoever builds the page."""
        body: dict[str, object] = {"type": "RUN_ERROR", "message": words, "code": problem.code, "detail": problem.detail}
        if isinstance(problem, InvalidRequest):
            body["errors"] = problem.fields
        return JSONResponse(body, problem.status, problem.headers)

    @staticmethod
    def shaped(problem: Problem) -> Response:
        """The same where the house is not asked."""
        return AgUiRoute.regretted(problem, problem.detail)


router = APIRouter(tags=["ag-ui"], route_class=AgUiRoute)


class Wire(BaseModel):
    """Part of a request. Unknown fields are left alone."""

    model_config = ConfigDict(extra="ignore", strict=True, alias_generator=to_camel, validate_by_alias=True, validate_by_name=False)


class Resumed(Wire):
    """A page's answer to a confirmation."""

    interrupt_id: str = Field(max_length=LONGEST)
    status: Literal["resolved", "cancelled"]
    payload: object = None

    @property
    def choice(self) -> Literal["yes", "no"]:
        """What the customer decided. Whatever is no clear yes is a no."""
        payload = self.payload
        given = cast("Mapping[str, object]", payload).get("approved") if isinstance(payload, Mapping) else payload
        return "yes" if self.status == "resolved" and given is True else "no"


class ForwardedProps(Hints):
    """What a page passes on. `interrupts` says that it answers confirmations by `resume` instead of by a message."""

    interrupts: bool = False


def _object(value: object) -> object:
    """The protocol lets a page forward anything; what is no object says nothing."""
    return cast("object", value) if isinstance(value, dict | BaseModel) else {}


class RunInput(Wire):
    """AG-UI's `RunAgentInput`, as far as it is read: the history is ours, so of the messages only the customer's last counts."""

    thread_id: str = Field(min_length=1, max_length=LONGEST)
    run_id: str = Field(min_length=1, max_length=LONGEST)
    messages: list[Said] = []
    resume: list[Resumed] | None = None
    state: object = None
    forwarded_props: Annotated[ForwardedProps, BeforeValidator(_object)] = ForwardedProps()

    @property
    def has_message(self) -> bool:
        """Whether the customer has said something; else a page has come back and asks how things stand."""
        return bool(self.messages) and self.messages[-1].role == "user"


@router.post("/ag-ui")
async def run(request: Request, body: RunInput) -> Response:
    """Answer the customer's last message, or `resume` a confirmation; without either, tell what was said so far."""
    chat = chat_of(request, SURFACE, body.forwarded_props, body.thread_id)
    standing = await chat.standing()
    rendering = AgUi(_run(request, body, chat, standing))
    if not body.resume and not body.has_message:
        return FrameStream(_told(rendering, await chat.transcript() if standing else ()), headers=chat.headers)
    inbound = await _decided(chat, standing, body.resume[0]) if body.resume else chat.inbound(*last_of_customer(body.messages))
    answer = await answering(chat.house.orchestrator, inbound, rendering, WEB_CHAT, goes_on=True)
    return FrameStream(answer.frames(), headers=chat.headers)


def _run(request: Request, body: RunInput, chat: Chat, standing: Conversation | None) -> Run:
    language = standing.language if standing else reader_language(chat.house, request)
    state = {
        "conversation_id": chat.conversation_id,
        "agent": standing.agent if standing else "",
        "language": language,
        "owner": standing.owner if standing else "agents",
    }
    return Run(
        thread_id=body.thread_id,
        run_id=body.run_id,
        state=state,
        patches=isinstance(body.state, Mapping),
        interrupts=body.forwarded_props.interrupts,
        url=chat.url,
        site=chat.house.public.url,
        sorry=words(chat.house, "engine.refused.later", language),
    )


async def _told(rendering: AgUi, messages: tuple[Message, ...]) -> AsyncGenerator[bytes, None]:
    for frame in (*rendering.opening(), *rendering.transcript(messages), *rendering.closing()):
        yield frame


async def _decided(chat: Chat, standing: Conversation | None, resumed: Resumed) -> Inbound:
    """The customer's decision as the message it stands for, if its question is still the open one or this is the same answer again.

    Raises:
        Problem: The question is not open (409).
    """
    asked = [message for message in await chat.transcript() if message.role == "agent"] if standing else []
    question = next((message for message in asked if message.id == resumed.interrupt_id and is_confirmation(message.choices)), None)
    if standing is None or question is None:
        raise _stale()
    label = next(choice.label for choice in question.choices if choice.value == resumed.choice)
    inbound = chat.inbound(label, f"resume:{question.id}:{resumed.choice}")
    is_open = question is asked[-1] and standing.form is not None and standing.form.confirming_since is not None
    if is_open:
        return inbound
    async with chat.house.orchestrator.house.database.reading() as unit:
        if await inbox.is_known(unit, inbound):
            return inbound
    raise _stale()


def _stale() -> Problem:
    return Problem(409, "not_pending", "This confirmation is not open any more. Send a message instead of `resume`.")
