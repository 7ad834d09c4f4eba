import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from orchestrator.channels.signatures import signature
from orchestrator.channels.state import Public
from tests.channels.phone import TOKEN
from tests.server.service import Service

pytestmark = pytest.mark.anyio
FORM = {"content-type": "application/x-www-form-urlencoded"}
BASE = "https://voice.example"
CALL = {"CallSid": "CA1", "From": "+41441234567", "To": "+41800123456", "CallStatus": "ringing"}


def public(service: Service, **more: str) -> None:
    seen = Public(url=BASE, twilio_auth_token=SecretStr(TOKEN), **more)  # pyright: ignore[reportArgumentType]  # texts, as the tests name them
    service.app.state.serving = replace(service.app.state.serving, public=seen)


async def post(api: httpx.AsyncClient, path: str, form: Mapping[str, str], signed: str | None = None) -> httpx.Response:
    given = signature(TOKEN, BASE + path, tuple(form.items())) if signed is None else signed
    return await api.post(path, content=urlencode(form), headers={**FORM, "x-twilio-signature": given})


def xml(response: httpx.Response) -> ElementTree.Element:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/xml")
    return ElementTree.fromstring(response.text)


@pytest.fixture
async def carrier(service: Service, api: httpx.AsyncClient) -> httpx.AsyncClient:
    public(service, voice_transfer="+41215550100")
    return api


async def test_a_call_is_greeted_and_connected(carrier: httpx.AsyncClient) -> None:
    connect = xml(await post(carrier, "/voice/incoming", CALL)).find("Connect")
    assert connect is not None
    assert connect.get("action") == f"{BASE}/voice/action"
    relay = connect.find("ConversationRelay")
    assert relay is not None
    assert relay.get("url") == "wss://voice.example/voice/relay"
    assert relay.get("language") == "en-GB"
    assert relay.get("dtmfDetection") == "true"
    assert (relay.get("welcomeGreeting") or "").startswith("This is Velo Lac's digital assistant. Hello")
    assert [language.get("code") for language in relay.findall("Language")] == ["en-GB", "fr-FR"]
    assert {p.get("name"): p.get("value") for p in relay.findall("Parameter")} == {"language": "en", "welcomed": "true"}


async def test_a_webhooks_address_may_name_the_language_and_the_conversation(carrier: httpx.AsyncClient) -> None:
    relay = xml(await post(carrier, "/voice/incoming?language=fr&conversation=chat-1", CALL)).find("Connect/ConversationRelay")
    assert relay is not None
    assert relay.get("language") == "fr-FR"
    assert {p.get("name"): p.get("value") for p in relay.findall("Parameter")} == {
        "language": "fr",
        "conversation": "chat-1",
        "welcomed": "true",
    }


async def test_what_is_asked_for_is_escaped(carrier: httpx.AsyncClient) -> None:
    response = await post(carrier, "/voice/incoming?conversation=%22%3E%3CDial%3E%2B1900%3C%2FDial%3E", CALL)
    assert xml(response).find(".//Dial") is None


async def test_a_person_is_dialled_when_the_call_is_handed_over(carrier: httpx.AsyncClient) -> None:
    form = {**CALL, "SessionStatus": "ended", "HandoffData": json.dumps({"reasonCode": "live-agent-handoff", "ticket": "T-1"})}
    assert xml(await post(carrier, "/voice/action", form)).findtext("Dial") == "+41215550100"


async def test_without_a_number_the_caller_hears_goodbye(service: Service, api: httpx.AsyncClient) -> None:
    public(service)
    form = {**CALL, "HandoffData": json.dumps({"reasonCode": "live-agent-handoff", "language": "fr"})}
    answer = xml(await post(api, "/voice/action", form))
    say = answer.find("Say")
    assert say is not None
    assert (say.get("language"), say.text) == ("fr-FR", "Au revoir.")
    assert answer.find("Hangup") is not None


async def test_a_call_that_we_could_not_go_on_with_is_connected_again_without_a_greeting(carrier: httpx.AsyncClient) -> None:
    form = {**CALL, "HandoffData": json.dumps({"reasonCode": "reconnect", "conversation": "relay-1"})}
    relay = xml(await post(carrier, "/voice/action", form)).find("Connect/ConversationRelay")
    assert relay is not None
    assert relay.get("welcomeGreeting") is None
    assert {p.get("name"): p.get("value") for p in relay.findall("Parameter")} == {"language": "en", "conversation": "relay-1"}


@pytest.mark.parametrize(
    ("transfer", "form"),
    [
        ("+41215550100", {"SessionStatus": "failed"}),
        ("+41215550100", {"HandoffData": json.dumps({"reasonCode": "technical-failure"})}),
    ],
)
async def test_a_call_that_failed_goes_to_a_person(carrier: httpx.AsyncClient, transfer: str, form: dict[str, str]) -> None:
    assert xml(await post(carrier, "/voice/action", {**CALL, **form})).findtext("Dial") == transfer


@pytest.mark.parametrize("data", ["", "{", "[]", '{"reasonCode": 5}', '{"reasonCode": "something"}', "null", '"x"'])
async def test_every_other_end_is_a_goodbye(carrier: httpx.AsyncClient, data: str) -> None:
    assert xml(await post(carrier, "/voice/action", {**CALL, "HandoffData": data})).findtext("Say") == "Goodbye."


@pytest.mark.parametrize("reason", ["caller-silent", "desk-closed"])
async def test_a_goodbye_is_said_once(carrier: httpx.AsyncClient, reason: str) -> None:
    answer = xml(await post(carrier, "/voice/action", {**CALL, "HandoffData": json.dumps({"reasonCode": reason})}))
    assert [element.tag for element in answer] == ["Hangup"]


@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/action"])
@pytest.mark.parametrize("signed", ["", "x", signature("another", f"{BASE}/voice/incoming", tuple(CALL.items()))])
async def test_what_is_not_signed_is_refused(carrier: httpx.AsyncClient, path: str, signed: str) -> None:
    response = await post(carrier, path, CALL, signed)
    assert (response.status_code, response.json()["code"]) == (403, "invalid_signature")


async def test_forms_that_are_none_are_refused(carrier: httpx.AsyncClient) -> None:
    path = "/voice/incoming"
    assert (await carrier.post(path, json={})).status_code == 415
    assert (await carrier.post(path, content=b"a" * 70_000, headers=FORM)).status_code == 413
    assert (await carrier.post(path, content=b"\xff=1", headers=FORM)).status_code in (400, 403)
    assert (await carrier.post(path, content=b"&".join([b"a=1"] * 300), headers=FORM)).status_code == 400
    assert (await carrier.get(path)).status_code == 405


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), st.text(st.characters(codec="utf-8"), max_size=40), max_size=5)
)
async def test_no_form_is_an_error_of_ours(carrier: httpx.AsyncClient, form: dict[str, str]) -> None:
    for path in ("/voice/incoming", "/voice/action"):
        response = await post(carrier, path, {**form, "HandoffData": form.get("HandoffData", "{}")})
        assert response.status_code < 500
        if response.status_code == 200:
            ElementTree.fromstring(response.text)
