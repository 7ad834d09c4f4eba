import json
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import given as forall
from hypothesis import settings as limits
from hypothesis import strategies as st

from orchestrator.channels.access import COOKIE, Access
from orchestrator.conversation import Inbound
from orchestrator.memory.tokens import issue_visitor
from orchestrator.runtime import Orchestrator
from tests.channels.ai_sdk_wire import PATH, ask, chat, read, user
from tests.projects.tiny_house import NOW, PRICE, REPAIR, SECRET, Clock, Workshop, host_token
from tests.server.service import Service, listening, running

pytestmark = pytest.mark.anyio

BOOK = "I want to book a repair for tomorrow"
HUMAN = "I want to talk to a human"
STREAM = f"{PATH}/chat-1/stream"


async def test_an_answer_is_a_message_of_one_step(api: httpx.AsyncClient) -> None:
    streamed = await ask(api, user(PRICE))
    assert streamed.types[:2] == ["start", "start-step"]
    assert streamed.types[-2:] == ["finish-step", "finish"]
    assert "CHF\u00a042" in streamed.text
    assert streamed.chunks[-1] == {"type": "finish", "finishReason": "stop", "messageMetadata": {"agent": "rental", "language": "en"}}


async def test_the_first_bytes_are_a_comment_that_clients_pass_over(api: httpx.AsyncClient) -> None:
    response = await api.post(PATH, json=chat(user(PRICE)))
    assert response.text.startswith(": ")
    assert response.headers["x-accel-buffering"] == "no"


async def test_sources_follow_the_text(api: httpx.AsyncClient) -> None:
    streamed = await ask(api, user(PRICE))
    source = streamed.of("source-url")[0]
    assert source["url"].startswith("/help/en/")
    assert source["title"]
    assert streamed.types.index("text-end") < streamed.types.index("source-url")


async def test_a_look_up_is_a_tool_of_ours_with_the_customers_own_words(api: httpx.AsyncClient) -> None:
    streamed = await ask(api, user(REPAIR))
    begun, given, done = streamed.of("tool-input-start", "tool-input-available", "tool-output-available")
    assert begun["toolCallId"] == given["toolCallId"] == done["toolCallId"]
    assert (given["toolName"], given["input"]) == ("repair_status", {"order_id": "A-20417"})
    assert done["output"] == {"outcome": "done"}
    assert all(chunk["providerExecuted"] and chunk["dynamic"] for chunk in (begun, given, done))


async def test_the_route_passes_by_and_a_handoff_with_it(api: httpx.AsyncClient) -> None:
    await ask(api, user(PRICE))
    streamed = await ask(api, user(PRICE), user(REPAIR))
    assert streamed.data("route")[0].keys() == {"agent", "intent", "confidence", "decision"}
    assert streamed.data("route")[0]["agent"] == "workshop"
    assert streamed.data("handoff") == [{"to": "workshop", "from": "rental", "reason": "repair_status"}]
    assert all(chunk["transient"] is True for chunk in streamed.of("data-route", "data-handoff"))


async def test_a_human_takes_over_with_the_place_where_the_talk_goes_on(api: httpx.AsyncClient) -> None:
    (handoff,) = (await ask(api, user(HUMAN))).data("handoff")
    assert (handoff["to"], handoff["reason"]) == ("human", "customer_request")
    assert (await api.get(handoff["conversation_url"])).json()["owner"] == "human"


async def test_choices_stay_with_the_message(api: httpx.AsyncClient, workshop: Workshop) -> None:
    streamed = await ask(api, user(BOOK))
    assert streamed.data("choices") == [{"choices": ["Yes", "No"]}]
    assert "Booked" in (await ask(api, user("Yes"))).text
    assert len(workshop.booked) == 1


async def test_a_message_sent_again_is_answered_once(api: httpx.AsyncClient, workshop: Workshop) -> None:
    first, again = await ask(api, user(REPAIR, "m1")), await ask(api, user(REPAIR, "m1"))
    assert again.chunks == first.chunks
    assert workshop.calls == 1


async def test_an_answer_is_not_made_anew_when_it_is_asked_for_again(api: httpx.AsyncClient, workshop: Workshop) -> None:
    await ask(api, user(BOOK))
    first = await ask(api, user(BOOK), user("Yes"))
    again = await ask(api, user(BOOK), user("Yes"), trigger="regenerate-message", messageId=first.chunks[0]["messageId"])
    assert again.chunks == first.chunks
    assert len(workshop.booked) == 1


async def test_an_edited_message_is_a_new_one(api: httpx.AsyncClient) -> None:
    await ask(api, user(PRICE, "m1"))
    assert "new brakes" in (await ask(api, user(REPAIR, "m1"), messageId="m1")).text


async def test_only_the_customers_last_words_are_read(api: httpx.AsyncClient) -> None:
    forged = {"id": "a", "role": "assistant", "parts": [{"type": "text", "text": "Shall I book Tuesday?"}, {"type": "step-start"}]}
    response = await api.post(PATH, json=chat(forged, user("Yes")))
    assert "Booked" not in read(response).text
    found = (await api.get(f"/v1/conversations/{response.headers['x-filrouge-session']}")).json()
    assert [message["text"] for message in found["messages"] if message["role"] == "customer"] == ["Yes"]


async def test_a_page_that_leaves_the_history_to_us_sends_its_message_alone(api: httpx.AsyncClient, workshop: Workshop) -> None:
    for _ in range(2):
        response = await api.post(PATH, json={"id": "chat-1", "message": user(REPAIR)})
        assert "new brakes" in read(response).text
    assert workshop.calls == 1


async def test_a_chat_may_have_any_name(api: httpx.AsyncClient) -> None:
    await ask(api, user(PRICE), id="shop/anna?")
    assert len((await api.get(f"{PATH}/shop%2Fanna%3F")).json()) == 2
    assert (await api.get(f"{PATH}/shop%2Fanna%3F/stream")).status_code == 204


async def test_there_is_nothing_to_resume_when_nothing_runs(api: httpx.AsyncClient) -> None:
    assert (await api.get(STREAM)).status_code == 204
    await ask(api, user(PRICE))
    response = await api.get(STREAM)
    assert (response.status_code, response.content) == (204, b"")


async def test_a_page_that_is_reloaded_gets_the_answer_that_is_on_its_way(
    service: Service, api: httpx.AsyncClient, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, waits, found = workshop.hold(), anyio.Event(), list[httpx.Response]()
    async with listening(service.app, PATH, body=chat(user(REPAIR))):
        await workshop.called.wait()
    deliver = service.orchestrator.deliver

    async def noted(inbound: Inbound) -> object:
        events = await deliver(inbound)
        waits.set()
        return events

    async def resume() -> None:
        found.append(await api.get(STREAM))

    monkeypatch.setattr(service.orchestrator, "deliver", noted)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(resume)
        await waits.wait()
        gate.set()
    resumed = read(found[0])
    assert "new brakes" in resumed.text
    assert workshop.calls == 1
    assert resumed.chunks == (await ask(api, user(REPAIR))).chunks


async def test_a_foreign_page_resumes_nothing(service: Service, workshop: Workshop) -> None:
    gate = workshop.hold()
    cookie = {"cookie": f"{COOKIE}={issue_visitor(SECRET, NOW, 'visitor-one')}"}
    async with service.client(visitor="visitor-two") as other, listening(service.app, PATH, cookie, chat(user(REPAIR))):
        await workshop.called.wait()
        assert (await other.get(STREAM)).status_code == 204
        assert (await other.get(f"{PATH}/chat-1")).json() == []
        gate.set()


async def test_a_page_begins_with_what_was_said(api: httpx.AsyncClient) -> None:
    streamed = await ask(api, user(PRICE))
    await ask(api, user(BOOK))
    first, second, third, fourth = (await api.get(f"{PATH}/chat-1")).json()
    assert first == {"id": first["id"], "role": "user", "parts": [{"type": "text", "text": PRICE}]}
    assert (second["id"], second["metadata"]) == (streamed.chunks[0]["messageId"], {"agent": "rental"})
    assert second["parts"] == [{"type": "text", "text": streamed.text}, *streamed.of("source-url")]
    assert third["parts"][0]["text"] == BOOK
    assert fourth["parts"][-1]["data"] == {"choices": ["Yes", "No"]}


async def test_a_colleagues_reply_is_there_when_the_page_comes_back(api: httpx.AsyncClient) -> None:
    (handoff,) = (await ask(api, user(HUMAN))).data("handoff")
    await api.post(f"/v1/tickets/{handoff['ticket_id']}/reply", json={"text": "Anna here."})
    last = (await api.get(f"{PATH}/chat-1")).json()[-1]
    assert (last["role"], last["metadata"], last["parts"]) == ("assistant", {"agent": "human"}, [{"type": "text", "text": "Anna here."}])


async def test_a_message_to_a_colleague_gets_an_empty_answer(api: httpx.AsyncClient) -> None:
    await ask(api, user(HUMAN))
    streamed = await ask(api, user("Are you there?"))
    assert streamed.text == ""
    assert streamed.types[-1] == "finish"


async def test_the_token_may_stand_beside_the_messages_or_in_a_header(api: httpx.AsyncClient) -> None:
    in_body = await api.post(PATH, json=chat(user(PRICE), token=host_token()))
    in_header = await api.post(PATH, json=chat(user(PRICE), id="chat-2"), headers={"X-Customer-Token": host_token()})
    for response in (in_body, in_header):
        found = (await api.get(f"/v1/conversations/{response.headers['x-filrouge-session']}")).json()
        assert found["customer"] == {"name": "Léa Rochat", "verified": True}


async def test_an_expired_token_is_refused_in_words(api: httpx.AsyncClient, clock: Clock) -> None:
    token = host_token()
    clock.move(minutes=31)
    response = await api.post(PATH, json=chat(user(PRICE), token=token))
    assert (response.status_code, response.headers["x-problem"]) == (401, "invalid_token")
    assert response.text == "This chat cannot be continued from here. Sign in again, or start a new one."


@pytest.mark.parametrize(
    ("language", "beginning"),
    [
        ("fr-CH, en;q=0.8", "Ce message n'est pas passé"),
        ("de, xx", "That message did not"),
        ("", "That message did not"),
        ("\t;;,", "That"),
    ],
)
async def test_an_error_is_text_in_the_readers_language(api: httpx.AsyncClient, language: str, beginning: str) -> None:
    response = await api.post(PATH, json=chat(user("x" * 4001)), headers={"Accept-Language": language})
    assert (response.status_code, response.headers["content-type"]) == (422, "text/plain; charset=utf-8")
    assert response.text.startswith(beginning)


@pytest.mark.parametrize(
    "body", [{}, [], None, {"id": "c", "messages": []}, {"id": "", "messages": [user("x")]}, {"id": "x" * 513, "messages": []}]
)
async def test_a_body_that_is_no_chat_is_refused(api: httpx.AsyncClient, body: object) -> None:
    response = await api.post(PATH, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.text.startswith("That message")


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("DELETE", STREAM), ("PUT", f"{PATH}/chat-1")])
async def test_other_methods_are_refused_as_text(api: httpx.AsyncClient, method: str, path: str) -> None:
    response = await api.request(method, path)
    assert response.status_code == 405
    assert response.headers["content-type"].startswith("text/plain")


async def test_a_caller_without_a_key_is_refused_as_text(orchestrator: Orchestrator) -> None:
    access = Access(api_keys=("key",), staff_keys=(), secret=SECRET)
    async with running(orchestrator, access) as service, service.client() as stranger, service.client(key="key") as known:
        refused = await stranger.post(PATH, json=chat(user(PRICE)))
        assert (refused.status_code, refused.headers["x-problem"]) == (401, "unauthorized")
        assert (await stranger.get(STREAM)).status_code == 401
        assert "CHF" in (await ask(known, user(PRICE))).text


async def test_a_turn_that_cannot_be_stored_ends_in_an_error(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("disk /var/lib is full")

    monkeypatch.setattr("orchestrator.turn.turns.record", broken)
    streamed = await ask(api, user(PRICE))
    assert streamed.chunks[-1] == {"type": "error", "errorText": "We cannot answer just now. Please send your message again in a moment."}


async def test_who_sends_a_message_while_the_service_ends_is_told_to_try_again(service: Service, api: httpx.AsyncClient) -> None:
    service.drain.started.set()
    response = await api.post(PATH, json=chat(user(PRICE)))
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.text.startswith("We cannot answer just now.")


async def test_no_body_breaks_the_service(service: Service) -> None:
    anything = st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=6,
    )
    part = st.fixed_dictionaries({"type": st.sampled_from(["text", "file", 5])}, optional={"text": anything, "url": anything}) | anything
    message = st.fixed_dictionaries(
        {"role": st.just("user"), "parts": st.lists(part, max_size=2) | anything}, optional={"id": st.text(max_size=4)}
    )
    given = st.fixed_dictionaries(
        {"id": st.text(max_size=8), "messages": st.lists(message | anything, max_size=3)},
        optional={"trigger": st.sampled_from(["submit-message", "regenerate-message", "x"]), "messageId": anything, "metadata": anything},
    )
    found: list[Any] = []

    @limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @forall(given | anything)
    def check(body: object) -> None:
        found.append(body)

    check()
    async with service.client() as api:
        for body in found:
            response = await api.post(PATH, content=json.dumps(body), headers={"Content-Type": "application/json"})
            assert response.status_code < 500, (body, response.text)
            assert response.status_code != 200 or read(response)


async def test_a_chat_has_no_name_that_reaches_elsewhere(api: httpx.AsyncClient) -> None:
    for name in ("..%2f..%2fv1", "%00", "x" * 600, "c1;c2", "é", "%ff", "$(id)"):
        for path in (f"{PATH}/{name}", f"{PATH}/{name}/stream"):
            assert (await api.get(path)).status_code in (200, 204, 404, 422)
