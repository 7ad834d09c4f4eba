import pytest
import structlog

from orchestrator.channels.signatures import signature
from orchestrator.conversation import Message
from orchestrator.memory import conversations
from orchestrator.runtime import Orchestrator
from tests.channels.phone import ADDRESS, CALL, KEY, TOKEN, Time, calling
from tests.projects.tiny_house import PRICE
from tests.server.service import ELSEWHERE, Service

pytestmark = pytest.mark.anyio


async def transcript(orchestrator: Orchestrator, conversation: str = CALL) -> tuple[Message, ...]:
    async with orchestrator.house.database.reading() as unit:
        return await conversations.messages(unit, conversation)


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, ELSEWHERE),
        ({"x-twilio-signature": signature("another", ADDRESS)}, ELSEWHERE),
        ({"x-twilio-signature": signature(TOKEN, "wss://other.example/voice/relay")}, ELSEWHERE),
        ({"authorization": "Bearer another key"}, ELSEWHERE),
        ({}, "127.0.0.1"),
    ],
    ids=["missing", "token", "address", "key", "this machine"],
)
async def test_a_handshake_that_is_not_signed_is_refused(signed: Service, headers: dict[str, str], address: str) -> None:
    async with calling(signed.app, headers, address=address) as phone:
        assert await phone.next() == {"closed": 1008}
        assert not phone.accepted


@pytest.mark.parametrize(
    "headers",
    [
        {"x-twilio-signature": signature(TOKEN, ADDRESS)},
        {"x-twilio-signature": signature(TOKEN, "https://voice.example/voice/relay")},
        {"authorization": f"Bearer {KEY}"},
        {"x-api-key": KEY},
    ],
    ids=["wss", "https", "bearer", "key"],
)
async def test_a_handshake_that_is_signed_or_has_a_key_is_taken(signed: Service, headers: dict[str, str]) -> None:
    async with calling(signed.app, headers, address=ELSEWHERE) as phone:
        await phone.setup()
        assert "42 francs" in await phone.ask(PRICE)


async def test_without_a_token_calls_come_from_this_machine_only(service: Service, time: Time) -> None:
    with structlog.testing.capture_logs() as logs:
        async with calling(service.app, address=ELSEWHERE) as phone:
            assert await phone.next() == {"closed": 1008}
    assert any("TWILIO_AUTH_TOKEN" in entry["event"] for entry in logs)
    async with calling(service.app, {"origin": "https://evil.example"}) as phone:
        assert await phone.next() == {"closed": 1008}
