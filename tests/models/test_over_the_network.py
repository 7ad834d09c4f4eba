"""The production client against an endpoint in a process of its own: connections, breaks, silence, cancellation."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest
from pydantic import SecretStr

from orchestrator.errors import ModelCallFailed, ModelInterrupted, ModelUnavailable
from orchestrator.models import FallbackModels, ModelRequest, TextPiece, UserMessage, ask, open_models
from orchestrator.models.clock import Patience
from orchestrator.models.endpoint import ModelEndpoint
from orchestrator.models.openai import OpenAIModel, open_pool
from orchestrator.settings import Settings
from tests.models.behaviour import Behaviour
from tests.models.endpoint import Endpoint, serving_endpoint
from tests.models.wire import HELLO, WITH_TOOLS, heard, kinds

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with serving_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(served: Endpoint) -> Endpoint:
    served.script()
    return served


@pytest.fixture
async def model(endpoint: Endpoint) -> AsyncIterator[OpenAIModel]:
    async with open_pool(Patience()) as pool:
        yield OpenAIModel(ModelEndpoint(model="m", base_url=endpoint.base_url), pool, patience=Patience(silence=60, total=90, tail=60))


async def test_an_answer_streams_and_its_usage_is_reported(model: OpenAIModel, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(text="Grüezi, wie geht's? 🎁", cached=3))
    response = await ask(model, HELLO)
    assert response.text == "Grüezi, wie geht's? 🎁"
    assert (response.usage.cached, response.usage.is_estimate) == (3, False)
    assert response.first_token <= response.seconds


async def test_one_connection_serves_one_conversation(model: OpenAIModel, endpoint: Endpoint) -> None:
    for _ in range(5):
        await ask(model, HELLO)
    assert len({request["port"] for request in endpoint.requests()}) == 1


async def test_tool_calls_arrive_whole(model: OpenAIModel, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(calls=[("find_order", {"order": "A-1"}), ("stock", '{"product"')]))
    first, second = (await ask(model, WITH_TOOLS)).calls
    assert (first.arguments, first.is_valid, second.is_valid) == ({"order": "A-1"}, True, False)


async def test_a_connection_that_breaks_before_any_text_may_be_tried_again(model: OpenAIModel, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(text="Hello there", fault="reset"))
    with pytest.raises(ModelCallFailed, match="connection broke"):
        await heard(model)
    assert (await ask(model, HELLO)).text.startswith("word")


async def test_a_silence_in_the_middle_keeps_what_was_said(endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(text="Your refund is on", fault="silence", fault_after=1))
    async with open_pool(Patience()) as pool:
        model = OpenAIModel(ModelEndpoint(model="m", base_url=endpoint.base_url), pool, patience=Patience(silence=0.1))
        with pytest.raises(ModelInterrupted, match="silent") as caught:
            await heard(model)
    assert caught.value.said == "Your "


@pytest.mark.parametrize("fault", ["reset", "error", "no_done"])
async def test_a_break_in_the_middle_keeps_what_was_said(model: OpenAIModel, endpoint: Endpoint, fault: str) -> None:
    endpoint.script(Behaviour.from_json({"text": "Your refund is on", "fault": fault, "fault_after": 2}))
    with pytest.raises(ModelInterrupted) as caught:
        await heard(model)
    assert caught.value.said == "Your refund "


async def test_whoever_stops_listening_ends_the_call(model: OpenAIModel, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(text="Your refund is on", fault="silence", fault_after=1))
    async with aclosing(model.stream(HELLO)) as events:
        async for event in events:
            assert event == TextPiece(text="Your ")
            break
    with anyio.fail_after(30):
        while not endpoint.hangups():
            await anyio.lowlevel.checkpoint()


async def test_cancelling_ends_the_call_too(model: OpenAIModel, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(text="Your refund is on", fault="silence", fault_after=1))
    with anyio.CancelScope() as scope:
        async with aclosing(model.stream(HELLO)) as events:
            async for _ in events:
                scope.cancel()
    assert scope.cancelled_caught
    with anyio.fail_after(30):
        while not endpoint.hangups():
            await anyio.lowlevel.checkpoint()


async def test_nobody_listening_is_no_connection(endpoint: Endpoint) -> None:
    async with open_pool(Patience()) as pool:
        model = OpenAIModel(ModelEndpoint(model="m", base_url="http://127.0.0.1:9/v1"), pool)
        with pytest.raises(ModelCallFailed, match="no connection"):
            await heard(model)


@pytest.fixture
async def models(endpoint: Endpoint, tmp_path: Path) -> AsyncIterator[FallbackModels]:
    address = endpoint.base_url
    settings = Settings(data_dir=tmp_path, model=(f"one@{address}", f"two@{address}"), model_tools="native", model_keys=SecretStr(""))
    async with open_models(settings) as models:
        assert models is not None
        yield models


async def test_the_second_model_answers_when_the_first_refuses(models: FallbackModels, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(status=404, body="{}"), Behaviour(text="Hello"))
    assert kinds(await heard(models)) == ["Retried", "TextPiece", "UsageReported", "Finished"]
    assert [request["body"]["model"] for request in endpoint.requests()] == ["one", "two"]


async def test_when_every_model_refuses_there_is_none(models: FallbackModels, endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(status=401, body='{"error": {"message": "no key"}}', times=0))
    with pytest.raises(ModelUnavailable, match=r"one@.*no key.*two@"):
        await heard(models)


async def test_many_conversations_at_once_each_get_their_own_answer(model: OpenAIModel, endpoint: Endpoint) -> None:
    endpoint.script(*(Behaviour(when=f"^{number}$", text=f"It is {number}.") for number in range(50)))
    said: dict[int, str] = {}

    async def one(number: int) -> None:
        said[number] = (await ask(model, ModelRequest(messages=[UserMessage(text=str(number))]))).text

    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(one, number)
    assert said == {number: f"It is {number}." for number in range(50)}
