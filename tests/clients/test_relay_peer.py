"""A carrier of ConversationRelay, signed by Twilio's own package, with the reference project behind the call."""

import json

import httpx
import pytest

from orchestrator.channels.sessions import conversation_id
from tests.clients.pythons import PythonClient
from tests.server.conftest import CARRIER_TOKEN, TRANSFER

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1800)]


def test_a_call_from_the_webhook_to_the_transfer(live_server: str, python_client: PythonClient) -> None:
    found = python_client("with_twilio.py", live_server, CARRIER_TOKEN)
    assert found["url"] == "wss://voice.example/voice/relay"
    assert "digital assistant" in found["greeting"]
    assert found["refused"] == 403
    assert "30 days" in found["knowledge"]
    assert "digital assistant" not in found["knowledge"]
    assert "Jonas" in found["digits"]
    assert "francs" in found["other_agent"]
    assert "30 Tage" in found["german"]["text"]
    assert found["german"]["language"] == ["de-DE"]
    assert found["human"]
    ended = json.loads(found["end"]["handoffData"])
    if "goodbye" in found:
        assert (ended["reasonCode"], found["action"][0]) == ("desk-closed", "Hangup")
    else:
        assert (ended["reasonCode"], found["action"]) == ("live-agent-handoff", ["Dial", TRANSFER])
    call = conversation_id("relay", "", found["call"])
    transcript = httpx.get(f"{live_server}/v1/conversations/{call}").raise_for_status().json()["messages"]
    assert transcript[2]["text"].startswith(found["heard"])
    assert transcript[2]["text"] != found["knowledge"]
