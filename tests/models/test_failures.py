"""What an endpoint's errors mean: try again, wait, ask elsewhere, or never."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import anyio.lowlevel
import httpx
import pytest
import respx
from pydantic import SecretStr

from orchestrator.errors import ModelCallFailed, ModelInterrupted, ModelRefused
from orchestrator.models import ask
from orchestrator.models.clock import Patience
from orchestrator.models.endpoint import ModelEndpoint
from orchestrator.models.failures import retry_after
from orchestrator.models.openai import OpenAIModel
from tests.models.conftest import KEY, Making
from tests.models.wire import HELLO, Json, delta, event, heard, hello, kinds, problem
from tests.projects.tiny_house import NOW

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
async def test_these_may_succeed_later(model: OpenAIModel, route: respx.Route, status: int) -> None:
    route.return_value = problem(status)
    with pytest.raises(ModelCallFailed) as caught:
        await heard(model)
    assert (caught.value.retryable, caught.value.status, caught.value.retry_after) == (True, status, None)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_these_never_succeed(model: OpenAIModel, route: respx.Route, status: int) -> None:
    route.return_value = problem(status, code="context_length_exceeded")
    with pytest.raises(ModelRefused) as caught:
        await heard(model)
    assert (caught.value.retryable, caught.value.status, caught.value.code) == (False, status, "context_length_exceeded")


async def test_an_empty_purse_is_not_tried_again(model: OpenAIModel, route: respx.Route) -> None:
    route.return_value = problem(429, code="insufficient_quota")
    with pytest.raises(ModelCallFailed) as caught:
        await heard(model)
    assert not caught.value.retryable


LATER = (datetime.now(UTC) + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [({"retry-after": "7"}, 7, 7), ({"retry-after-ms": "250"}, 0.25, 0.25), ({"retry-after": LATER}, 86_000, 86_400), ({}, None, None)],
)
async def test_how_long_to_wait_is_read(
    model: OpenAIModel, route: respx.Route, headers: dict[str, str], least: float | None, most: float | None
) -> None:
    route.return_value = problem(429, headers)
    with pytest.raises(ModelCallFailed) as caught:
        await heard(model)
    wait = caught.value.retry_after
    assert wait is None if least is None or most is None else wait is not None and least <= wait <= most


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0.0), ("-5", 0.0), ("1.5", 1.5), ("soon", None), ("nan", None), ("inf", None), ("", None), (None, None)],
)
def test_odd_waits_are_understood_or_passed_over(value: str | None, seconds: float | None) -> None:
    assert retry_after(None, value, NOW) == seconds


def test_a_date_that_has_passed_means_now() -> None:
    assert retry_after(None, "Wed, 21 Oct 2015 07:28:00 GMT", NOW) == 0.0


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.ReadError("reset")])
async def test_no_connection_may_be_tried_again(model: OpenAIModel, route: respx.Route, error: Exception) -> None:
    route.side_effect = error
    with pytest.raises(ModelCallFailed, match="no connection") as caught:
        await heard(model)
    assert (caught.value.retryable, caught.value.is_timeout) == (True, False)


async def test_the_key_is_in_no_error_and_no_repr(model: OpenAIModel, endpoint: ModelEndpoint, route: respx.Route) -> None:
    route.return_value = problem(401, message=f"Incorrect API key provided: {KEY}")
    with pytest.raises(ModelRefused) as caught:
        await heard(model)
    assert "***" in str(caught.value)
    assert KEY not in f"{caught.value!r} {caught.value.__cause__!r} {endpoint!r} {model!r} {vars(model)!r}"
    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"


FILTERED = [
    {"code": "content_filter"},
    {"code": None, "innererror": {"code": "ResponsibleAIPolicyViolation"}},
    {"code": "content_policy_violation"},
]


@pytest.mark.parametrize("error", FILTERED)
async def test_the_content_filter_is_an_answer(model: OpenAIModel, route: respx.Route, error: Json) -> None:
    route.return_value = problem(400, **error)
    assert kinds(await heard(model)) == ["Refused", "UsageReported", "Finished"]


async def test_azure_has_its_version_in_the_address_and_its_key_in_a_header(make: Making, router: respx.MockRouter) -> None:
    base = "http://it.openai.azure.com/openai/deployments/m-1"
    route = router.post(f"{base}/chat/completions", params={"api-version": "2024-10-21"})
    route.side_effect = hello()
    model = make(ModelEndpoint(model="m-1", base_url=base, query=(("api-version", "2024-10-21"),), key=SecretStr(KEY), is_azure=True))
    await ask(model, HELLO)
    headers = route.calls.last.request.headers
    assert headers["api-key"] == KEY
    assert "authorization" not in headers


SAID = [
    ("max_tokens", "max_completion_tokens", {"param": "max_tokens", "message": "Unsupported parameter: 'max_tokens'"}),
    ("temperature", "", {"param": "temperature", "message": "Unsupported value: 'temperature' does not support 0.2"}),
    ("stream_options", "", {"message": "Unrecognized request argument: `stream_options`"}),
    ("seed", "", {"message": "Extra inputs are not permitted: 'seed'"}),
]


@pytest.mark.parametrize(("left_out", "instead", "error"), SAID)
async def test_a_parameter_that_an_endpoint_refuses_is_learnt_once(
    model: OpenAIModel, route: respx.Route, left_out: str, instead: str, error: Json
) -> None:
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return problem(400, **error) if f'"{left_out}"'.encode() in request.content else hello()(request)

    route.side_effect = answer
    for _ in range(2):
        assert (await ask(model, replace(HELLO, seed=1))).text == "Hello there"
    assert len(bodies) == 3
    assert f'"{instead}"'.encode() in bodies[-1] or not instead


async def test_a_refusal_that_teaches_nothing_is_not_repeated(model: OpenAIModel, route: respx.Route) -> None:
    route.return_value = problem(400, param="max_tokens", message="max_tokens is too large")
    with pytest.raises(ModelRefused):
        await heard(model)
    assert route.call_count == 2


async def silent(_: httpx.Request) -> httpx.Response:
    await anyio.sleep_forever()
    raise AssertionError


async def test_silence_before_the_first_token_ends(make: Making, route: respx.Route) -> None:
    route.side_effect = silent
    with pytest.raises(ModelCallFailed, match=r"no first token for 0\.05 s") as caught:
        await heard(make(patience=Patience(first_token=0.05)))
    assert caught.value.is_timeout


async def test_keep_alives_are_no_progress(make: Making, route: respx.Route) -> None:
    async def body() -> AsyncGenerator[bytes]:
        while True:
            yield b": still here\n\n"
            await anyio.lowlevel.checkpoint()

    route.return_value = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body())
    with pytest.raises(ModelCallFailed, match="no first token"):
        await heard(make(patience=Patience(first_token=0.05)))


async def test_silence_in_the_middle_ends_and_keeps_the_text(make: Making, route: respx.Route) -> None:
    async def body() -> AsyncGenerator[bytes]:
        yield event(delta(content="Your refund"))
        await anyio.sleep_forever()

    route.return_value = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body())
    with pytest.raises(ModelInterrupted, match=r"silent for 0\.05 s") as caught:
        await heard(make(patience=Patience(silence=0.05)))
    assert caught.value.said == "Your refund"


async def test_the_whole_call_has_a_limit_too(make: Making, route: respx.Route) -> None:
    route.side_effect = silent
    with pytest.raises(ModelCallFailed, match=r"no whole answer in 0\.05 s"):
        await heard(make(), replace(HELLO, seconds=0.05))


async def test_an_answer_that_is_complete_does_not_wait_for_the_connection_to_close(make: Making, route: respx.Route) -> None:
    async def body() -> AsyncGenerator[bytes]:
        yield event(delta("stop", content="Yes"))
        await anyio.sleep_forever()

    route.return_value = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body())
    assert (await ask(make(patience=Patience(tail=0.05)), HELLO)).text == "Yes"
