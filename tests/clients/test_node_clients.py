"""Clients written for Node on the surfaces they are made for, with the reference project behind them."""

import pytest

from tests.clients.nodejs import Node
from tests.server.service import Json

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]

WINDOW = "30 days from delivery"
PARCEL = "Swiss Post"
PRESENT = "CHF"


def assert_answered(found: Json) -> None:
    """Knowledge, a look-up for a customer who proves who they are, another agent, and a human."""
    assert WINDOW in found["knowledge"]["text"]
    assert "Jonas" in found["lookUp"]["text"]
    assert PARCEL in found["lookUp"]["text"]
    assert PRESENT in found["other"]["text"]
    human = found["human"]
    assert "T-10" in (human if isinstance(human, str) else human["text"])


def test_openai_node(live_server: str, node: Node) -> None:
    found = node("openai.mjs", live_server, "openai-node")
    assert_answered(found)
    assert "filrouge" in found["models"]
    assert found["knowledge"]["pieces"] > 2
    assert found["knowledge"]["usage"]["completion_tokens"] > 10
    assert found["lookUp"]["usage"]["total_tokens"] > 10
    assert (found["error"]["kind"], found["error"]["status"]) == ("BadRequestError", 400)
    assert found["error"]["body"]["code"] == "message_refused"


def test_ag_ui_client(live_server: str, node: Node) -> None:
    found = node("ag_ui.mjs", live_server, "ag-ui")
    assert_answered(found)
    assert found["knowledge"]["agents"] == ["returns"]
    assert found["knowledge"]["custom"]["citations"]["citations"][0]["url"].startswith("http")
    assert found["lookUp"]["agents"] == ["support"]
    assert "order_status" in found["lookUp"]["tools"]
    assert found["other"]["agents"] == ["sales"]
    assert found["human"]["state"]["owner"] == "human"
    assert found["human"]["state"]["basket"] == 2
    assert found["human"]["custom"]["handoff"]["to"] == "human"
    assert found["error"]["status"] == 422
    assert found["reloaded"] == ["user", "assistant"] * 4
    assert found["again"]["text"] == found["human"]["text"]


@pytest.mark.parametrize("version", ["ai", "ai7"])
def test_the_ai_sdk(live_server: str, node: Node, version: str) -> None:
    found = node("ai.mjs", live_server, version, version)
    assert_answered(found)
    assert {found[name]["status"] for name in ("knowledge", "lookUp", "other")} == {"ready"}
    assert any(part["type"] == "source-url" for part in found["knowledge"]["parts"])
    tools = [part for part in found["lookUp"]["parts"] if part["type"] == "dynamic-tool"]
    assert [part["state"] for part in tools] == ["output-available"]
    assert found["lookUp"]["metadata"]["agent"] == "support"
    assert {"to": "sales", "from": "support", "reason": "gift_advice"} in [part["data"] for part in found["other"]["data"]]
    assert found["regenerated"] == found["lookUp"]["text"]
    assert found["error"]["status"] == "error"
    assert found["error"]["message"].startswith("That message did not get through")
    assert [role for role, _ in found["reloaded"]] == ["user", "assistant"] * 4
    assert "T-10" in found["reloaded"][-1][1]
    assert found["idle"] is None


def test_the_ai_sdks_provider_for_compatible_models(live_server: str, node: Node) -> None:
    found = node("openai_compatible.mjs", live_server, "openai-compatible")
    assert_answered(found)
    assert found["knowledge"]["finish"] == "stop"
    assert found["knowledge"]["usage"]["outputTokens"] > 10
    assert (found["error"]["kind"], found["error"]["status"]) == ("AI_APICallError", 400)
