"""Clients written in Python, with the reference project behind them: each changes topic, looks something up, fails, and comes back."""

from collections.abc import Mapping

import httpx
import pytest

from orchestrator.channels.openai_exchange import SURFACE
from orchestrator.channels.sessions import conversation_id
from tests.clients.pythons import PythonClient
from tests.server.service import Json

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1800)]

LONGEST_SILENCE = 10.0
"""Seconds after which LiveKit gives up on a stream in which nothing comes."""


def assert_answered(found: Json) -> None:
    """Knowledge, a look-up for a customer who proves who they are, another agent, and a human."""
    assert "30 days" in found["knowledge"]["text"]
    assert "Jonas" in found["look_up"]["text"]
    assert "CHF" in found["other_agent"]["text"] or "francs" in found["other_agent"]["text"]
    assert "ticket" in found["human"]["text"]


def transcript(address: str, session: str) -> list[tuple[str, str]]:
    """Who said what in a session."""
    found = httpx.get(f"{address}/v1/conversations/{conversation_id(SURFACE, '', session)}").raise_for_status().json()
    return [(message["role"], message["text"]) for message in found["messages"]]


def test_openai_python(live_server: str, python_client: PythonClient) -> None:
    found = python_client("with_openai.py", live_server)
    assert_answered(found)
    assert "filrouge" in found["models"]
    assert found["knowledge"]["pieces"] > 2
    assert found["knowledge"]["tokens"] > 30
    assert (found["error"]["kind"], found["error"]["status"], found["error"]["code"]) == ("BadRequestError", 400, "message_refused")
    assert found["human"]["call"] == {"name": "transferCall", "arguments": '{"destination": "+41215550100"}'}
    assert found["human"]["finish"] == "tool_calls"
    assert found["human"]["after"] == ["", "stop"]
    assert [role for role, _ in transcript(live_server, found["session"])] == ["customer", "agent"] * 4


def test_langchain_openai(live_server: str, python_client: PythonClient) -> None:
    found = python_client("with_langchain.py", live_server)
    assert_answered(found)
    assert "pirate" not in str(found)
    assert found["knowledge"]["pieces"] > 2
    assert found["knowledge"]["tokens"] > 30
    assert (found["error"]["status"], found["error"]["code"]) == (400, "message_refused")
    assert found["human"]["call"] == ["transfer_to_human", {"reason": "customer_request"}]
    assert (found["human"]["result"], found["human"]["after"]) == ("transferred: customer_request", "")
    assert [role for role, _ in transcript(live_server, found["session"])] == ["customer", "agent"] * 4


def test_livekit_agents(live_server: str, slow_server: str, python_client: PythonClient) -> None:
    found = python_client("with_livekit.py", live_server, slow_server)
    assert_answered(found)
    assert found["human"]["kinds"] == ["message", "function_call", "function_call_output"]
    assert found["transfers"] == ["customer_request"]
    assert found["error"] == {"kind": "APIStatusError", "status": 400, "retryable": False}
    assert "30 days" in found["reconnected"]["text"]
    assert found["reconnected"]["tokens"] > 30
    assert "new brakes" in found["slow"]["text"]
    assert found["slow"]["seconds"] > LONGEST_SILENCE


def test_pipecat_ai(live_server: str, slow_server: str, python_client: PythonClient) -> None:
    found = python_client("with_pipecat.py", live_server, slow_server)
    assert_answered(found)
    assert found["calls"] == [["transfer_to_human", {"reason": "customer_request"}]]
    assert "4001 characters" in found["error"]
    assert "30 days" in found["after_error"]["text"]
    assert_interrupted(found["barge_in"], transcript(slow_server, found["barge_in"]["session"]))


def assert_interrupted(barge_in: Mapping[str, Json], record: list[tuple[str, str]]) -> None:
    """A caller who spoke while something was looked up is answered on what they said then, and the record has no more than that."""
    roles = [role for role, _ in record]
    assert barge_in["filler"]
    assert "except Sunday" in barge_in["then"]["text"]
    assert roles[:4] == ["customer", "agent", "customer", "customer"]
    assert set(roles[4:]) == {"agent"}
