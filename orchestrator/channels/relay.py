"""`/voice/relay`: ConversationRelay over a WebSocket, a carrier's speech recognition and voice around a call of ours."""

import re
from uuid import uuid4

import anyio
import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from orchestrator.channels.call import Call, Stage
from orchestrator.channels.calling import Caller, opened, told, welcome
from orchestrator.channels.line import LineEvent
from orchestrator.channels.locales import language_of
from orchestrator.channels.mouth import Mouth
from orchestrator.channels.problems import Problem
from orchestrator.channels.relay_frames import CarrierError, Malformed, RelayLine, Setup, parsed
from orchestrator.channels.sessions import conversation_id
from orchestrator.channels.signatures import is_from_carrier
from orchestrator.channels.state import Serving, serving
from orchestrator.conversation import Language

router = APIRouter(tags=["voice"])
FRAME_LIMIT = 64 * 1024
"""Characters of one frame."""
SETUP_SECONDS = 10.0
LEAVING_SECONDS = 10.0
"""How long the carrier may take to end the session, and a hung-up call to put its record in order."""
CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,64}")
RESTART, TRY_LATER, REFUSED, TOO_LARGE, REPLACED = 1012, 1013, 1008, 1009, 4409
log = structlog.get_logger()


@router.websocket("/voice/relay")
async def relay(websocket: WebSocket) -> None:
    """One call, from the handshake to the hang-up."""
    try:
        house = serving(websocket)
    except Problem:
        await websocket.close(TRY_LATER)
        return
    tenant = _tenant(websocket, house)
    if tenant is None or house.drain.started.is_set():
        await websocket.close(RESTART if tenant is not None else REFUSED)
        return
    await websocket.accept()
    try:
        setup = None
        with anyio.move_on_after(SETUP_SECONDS):
            setup = await _setup(websocket)
        if setup is None:
            await websocket.close(REFUSED)
            return
        await _session(websocket, house, setup, tenant)
    except WebSocketDisconnect as gone:
        log.info("line gone", code=gone.code)


def _tenant(websocket: WebSocket, house: Serving) -> str | None:
    """Whose carrier calls: "" when it is signed, the system whose API key it presents, None when it is nobody's."""
    try:
        if tenant := house.access.caller(websocket).tenant:
            return tenant
    except Problem:
        pass
    if is_from_carrier(websocket, house):
        return ""
    log.warning("handshake of a call refused", reason="its signature is missing or wrong")
    return None


async def _setup(websocket: WebSocket) -> Setup | None:
    """The frame that begins a session; None when the line carries something else than a relay does."""
    while True:
        frame = await _frame(websocket)
        if isinstance(frame, Setup):
            return frame
        if frame is BINARY:
            return None


async def _frame(websocket: WebSocket) -> LineEvent | Setup | CarrierError | Malformed | None:
    """The next frame.

    Raises:
        WebSocketDisconnect: The line is gone, or was closed over a frame that was too large.
    """
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    text = message.get("text")
    if text is None:
        log.warning("frame passed over", why=BINARY.why)
        return BINARY
    if len(text) > FRAME_LIMIT:
        log.warning("line closed", why=f"a frame has {len(text)} characters; {FRAME_LIMIT} are the most")
        await websocket.close(TOO_LARGE)
        raise WebSocketDisconnect(TOO_LARGE)
    frame = parsed(text)
    if isinstance(frame, Malformed):
        log.warning("frame passed over", why=frame.why)
    elif isinstance(frame, CarrierError):
        log.warning("the carrier refused a frame of ours", description=frame.description[:200])
    return frame


BINARY = Malformed("a binary frame; a relay sends text")


async def _session(websocket: WebSocket, house: Serving, setup: Setup, tenant: str) -> None:
    caller = _caller(house, setup, tenant)
    greeting = welcome(house.orchestrator, caller.language, setup.call_sid) if setup.parameter("welcomed") else ""
    language, disclosed = await _begun(house, caller, greeting)
    with house.calls.hold(caller.own_id) as replaced:
        async with anyio.create_task_group() as tasks:
            listening = anyio.CancelScope()
            mouth = Mouth(RelayLine(house.orchestrator.house.policy), caller.language)
            call = Call(house.orchestrator, caller, mouth, Stage(tasks=tasks, sleep=house.calls.sleep), disclosed=disclosed)
            tasks.start_soon(_write, mouth, websocket, listening)
            tasks.start_soon(_until_drained, house, call)
            tasks.start_soon(_until_replaced, replaced, websocket, listening)
            tasks.start_soon(_until_over, call, house, websocket, listening)
            mouth.speak(language)
            call.open(greeting)
            try:
                with listening:
                    await _listen(websocket, call)
            finally:
                with anyio.CancelScope(shield=True), anyio.move_on_after(LEAVING_SECONDS):
                    await call.hang_up()
                tasks.cancel_scope.cancel()


def _caller(house: Serving, setup: Setup, tenant: str) -> Caller:
    """Who calls: the same call connected again is the same conversation."""
    own_id = conversation_id("relay", tenant, setup.call_sid or setup.session_id or uuid4().hex)
    named = setup.parameter("conversation")
    return Caller(
        conversation_id=named if CONVERSATION.fullmatch(named) else own_id,
        own_id=own_id,
        language=language_of(setup.parameter("language")) or house.orchestrator.house.policy.company.default_language,
        token=setup.parameter("token") or None,
        phone=setup.phone,
        transfers=bool(house.public.voice_transfer),
    )


async def _begun(house: Serving, caller: Caller, greeting: str) -> tuple[Language, bool]:
    """The conversation's language, and whether its customer knows that a machine speaks."""
    try:
        if greeting:
            await told(house.orchestrator, caller, greeting)
        conversation = await opened(house.orchestrator, caller)
    except Exception:  # the edge of a request: the call goes on, and its first turn begins the conversation
        log.exception("conversation of a call not begun", conversation=caller.conversation_id)
        return caller.language, bool(greeting)
    return conversation.language, conversation.disclosed


async def _listen(websocket: WebSocket, call: Call) -> None:
    while True:
        try:
            frame = await _frame(websocket)
        except WebSocketDisconnect:
            return
        if frame is not None and not isinstance(frame, Setup | CarrierError | Malformed):
            call.take(frame)


async def _write(mouth: Mouth, websocket: WebSocket, listening: anyio.CancelScope) -> None:
    async def send(frame: bytes) -> None:
        await websocket.send_text(frame.decode())

    try:
        await mouth.write(send)
    except (WebSocketDisconnect, RuntimeError):  # starlette's word for a socket that is closed
        listening.cancel()


async def _until_drained(house: Serving, call: Call) -> None:
    await house.drain.started.wait()
    call.drain()


async def _until_replaced(replaced: anyio.Event, websocket: WebSocket, listening: anyio.CancelScope) -> None:
    await replaced.wait()
    await websocket.close(REPLACED)
    listening.cancel()


async def _until_over(call: Call, house: Serving, websocket: WebSocket, listening: anyio.CancelScope) -> None:
    """The carrier ends the session when it is told to; if it does not, we do."""
    await call.over.wait()
    await house.calls.sleep(LEAVING_SECONDS)
    await websocket.close(RESTART if house.drain.started.is_set() else 1000)
    listening.cancel()
