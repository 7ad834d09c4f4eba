"""The relay behind a real server: what only a handshake and a wire can show."""

import json
from collections.abc import AsyncIterator

import anyio
import pytest
import uvicorn
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from orchestrator.channels.relay import FRAME_LIMIT
from orchestrator.channels.signatures import signature
from orchestrator.channels.state import Public
from tests.channels.phone import TOKEN, Json, with_time
from tests.projects.tiny_house import PRICE
from tests.server.service import Service

pytestmark = pytest.mark.anyio


@pytest.fixture
async def address(service: Service) -> AsyncIterator[str]:
    """Where the service listens."""
    with_time(service, Public(url="https://voice.example", twilio_auth_token=SecretStr(TOKEN)))
    server = uvicorn.Server(uvicorn.Config(service.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        with anyio.fail_after(20):
            while not server.started:
                await anyio.lowlevel.checkpoint()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/voice/relay"
        server.should_exit = True


def line(address: str, signed: str = "wss://voice.example/voice/relay") -> connect:
    return connect(address, additional_headers={"x-twilio-signature": signature(TOKEN, signed)}, max_size=None)


async def cycle(line: ClientConnection) -> list[Json]:
    found: list[Json] = []
    with anyio.fail_after(20):
        while not found or not found[-1].get("last"):
            found.append(json.loads(await line.recv()))
    return found


async def test_a_signed_line_is_answered(address: str) -> None:
    async with line(address) as phone:
        await phone.send(json.dumps({"type": "setup", "callSid": "CA1"}))
        await phone.send(json.dumps({"type": "prompt", "voicePrompt": PRICE, "last": True}))
        assert "42 francs" in "".join(frame["token"] for frame in await cycle(phone))


async def test_an_unsigned_line_is_refused_in_the_handshake(address: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with line(address, "wss://elsewhere.example/voice/relay"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_frame_that_is_too_large_closes_the_line(address: str) -> None:
    async with line(address) as phone:
        await phone.send(json.dumps({"type": "setup", "callSid": "CA1"}))
        await phone.send("x" * (FRAME_LIMIT + 1))
        with pytest.raises(ConnectionClosed), anyio.fail_after(20):
            await phone.recv()
        assert phone.close_code == 1009


async def test_a_line_that_breaks_off_leaves_the_service_whole(address: str) -> None:
    for _ in range(3):
        async with line(address) as phone:
            await phone.send(json.dumps({"type": "setup", "callSid": "CA1"}))
            await phone.send(json.dumps({"type": "prompt", "voicePrompt": PRICE}))
            phone.transport.abort()
    async with line(address) as phone:
        await phone.send(json.dumps({"type": "setup", "callSid": "CA1"}))
        await phone.send(json.dumps({"type": "prompt", "voicePrompt": PRICE}))
        assert "42 francs" in "".join(frame["token"] for frame in await cycle(phone))
