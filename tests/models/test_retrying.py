"""Tried again where that helps, never after text was delivered, and never more often than the budget allows."""

from collections.abc import AsyncGenerator

import pytest

from orchestrator.errors import ModelCallFailed, ModelError, ModelInterrupted, ModelRefused, ModelUnavailable
from orchestrator.models import Line, ModelEvent, ModelRequest, Retried, ScriptedModel, TextPiece
from orchestrator.models.breaker import CircuitBreaker
from orchestrator.models.retrying import RetryBudget, RetryingModel
from tests.models.conftest import Hours
from tests.models.wire import HELLO, heard, kinds

pytestmark = pytest.mark.anyio


def retrying(hours: Hours, *errors: ModelError, budget: RetryBudget | None = None) -> tuple[RetryingModel, ScriptedModel]:
    """A model that fails in these ways, one after another, and then answers."""
    script = ScriptedModel([*(Line(when="", reply=error, times=1) for error in errors), Line(when="", reply="Hello")])
    clock = hours.clock()
    return RetryingModel(script, CircuitBreaker(clock), budget or RetryBudget(), clock), script


async def test_two_more_attempts_with_growing_jitter(hours: Hours) -> None:
    model, script = retrying(hours, ModelCallFailed("500"), ModelCallFailed("503"))
    events = await heard(model)
    assert kinds(events) == ["Retried", "Retried", "TextPiece", "UsageReported", "Finished"]
    assert hours.slept == [0.25, 0.5]
    assert len(script.requests) == 3


async def test_the_third_failure_is_final(hours: Hours) -> None:
    model, script = retrying(hours, *[ModelCallFailed("500")] * 3)
    with pytest.raises(ModelCallFailed):
        await heard(model)
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    "error", [ModelRefused("400", status=400), ModelCallFailed("x", retryable=False), ModelCallFailed("x", is_timeout=True)]
)
async def test_what_is_useless_or_too_late_is_not_tried_again(hours: Hours, error: ModelError) -> None:
    model, script = retrying(hours, error)
    with pytest.raises(type(error)):
        await heard(model)
    assert len(script.requests) == 1


async def test_the_endpoint_says_how_long_to_wait(hours: Hours) -> None:
    model, _ = retrying(hours, ModelCallFailed("429", retry_after=3.0), ModelCallFailed("429", retry_after=0.0))
    await heard(model)
    assert hours.slept == [3.0, 0.0]


async def test_a_long_wait_is_left_to_others_and_kept_to(hours: Hours) -> None:
    model, script = retrying(hours, ModelCallFailed("429", retry_after=30.0))
    with pytest.raises(ModelCallFailed):
        await heard(model)
    with pytest.raises(ModelUnavailable, match="left alone for 30 s"):
        await heard(model)
    hours.seconds += 31
    await heard(model)
    assert len(script.requests) == 2


async def test_no_retry_begins_after_the_time_allowed(hours: Hours) -> None:
    model, script = retrying(hours, ModelCallFailed("429", retry_after=5.0))
    with pytest.raises(ModelCallFailed):
        await heard(model, ModelRequest(messages=HELLO.messages, seconds=4.0))
    assert len(script.requests) == 1


async def test_later_attempts_have_only_the_time_that_is_left(hours: Hours) -> None:
    model, script = retrying(hours, ModelCallFailed("429", retry_after=5.0))
    await heard(model, ModelRequest(messages=HELLO.messages, seconds=20.0))
    assert [request.seconds for request in script.requests] == [20.0, 15.0]


async def test_a_thousand_failing_calls_are_amplified_by_a_tenth_at_most(hours: Hours) -> None:
    budget = RetryBudget()
    asked = 0
    for _ in range(1000):
        model, script = retrying(hours, *[ModelCallFailed("500")] * 9, budget=budget)
        with pytest.raises(ModelCallFailed):
            await heard(model)
        asked += len(script.requests)
    assert 1000 < asked <= 1102


class Halting:
    """Says a word and then fails."""

    name = "halting"

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        yield TextPiece(text="Your ")
        raise ModelCallFailed("reset")


async def test_after_text_was_delivered_nothing_is_tried_again(hours: Hours) -> None:
    clock = hours.clock()
    model = RetryingModel(Halting(), CircuitBreaker(clock), RetryBudget(), clock)
    with pytest.raises(ModelInterrupted) as caught:
        await heard(model)
    assert (caught.value.said, hours.slept) == ("Your ", [])


async def test_whoever_listens_learns_of_the_retry_before_the_wait(hours: Hours) -> None:
    model, _ = retrying(hours, ModelCallFailed("busy"))
    assert (await heard(model))[0] == Retried(model="scripted", why="busy", seconds=0.25)
