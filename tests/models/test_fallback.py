"""The next model answers when one does not; in the end the caller learns that none does."""

from collections.abc import Sequence
from contextlib import aclosing

import pytest

from orchestrator.errors import ModelCallFailed, ModelError, ModelInterrupted, ModelRefused, ModelUnavailable
from orchestrator.models import ChatModel, FallbackModels, Finished, Line, ModelRequest, Retried, ScriptedModel
from orchestrator.models.breaker import CircuitBreaker
from orchestrator.models.clock import Patience
from orchestrator.models.retrying import RetryBudget, RetryingModel
from orchestrator.models.scripted import Reply
from tests.models.conftest import Hours
from tests.models.test_retrying import Halting
from tests.models.wire import HELLO, heard, kinds

pytestmark = pytest.mark.anyio
DEAD = ModelCallFailed("silent", is_timeout=True)


def models(hours: Hours, *each: ChatModel) -> FallbackModels:
    clock = hours.clock()
    return FallbackModels(
        [RetryingModel(model, CircuitBreaker(clock), RetryBudget(), clock) for model in each], patience=Patience(), clock=clock
    )


def saying(name: str, reply: str | ModelError) -> ScriptedModel:
    return ScriptedModel([Line(when="", reply=reply)], name=name)


@pytest.mark.parametrize("error", [DEAD, ModelRefused("404", status=404), ModelUnavailable("open")])
async def test_the_next_model_answers(hours: Hours, error: ModelError) -> None:
    events = await heard(models(hours, saying("first", error), saying("second", "Hello")))
    assert kinds(events) == ["Retried", "TextPiece", "UsageReported", "Finished"]
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.response.model == "second"


async def test_when_none_answers_each_reason_is_told(hours: Hours) -> None:
    with pytest.raises(ModelUnavailable, match="silent; 404"):
        await heard(models(hours, saying("first", DEAD), saying("second", ModelRefused("404", status=404))))


async def test_after_text_was_delivered_no_other_model_goes_on(hours: Hours) -> None:
    second = saying("second", "Hello")
    with pytest.raises(ModelInterrupted):
        await heard(models(hours, Halting(), second))
    assert second.requests == []


async def test_a_dead_model_is_passed_over_once_its_breaker_is_open(hours: Hours) -> None:
    first, second = saying("first", DEAD), saying("second", "Hello")
    chain = models(hours, first, second)
    for _ in range(20):
        await heard(chain)
    assert (len(first.requests), len(second.requests)) == (5, 20)
    assert [standing.state for standing in chain.standing()] == ["open", "closed"]


def late(hours: Hours, request: ModelRequest) -> ModelError:
    """What a silent endpoint does: it takes all the time there is for a first token."""
    hours.seconds += request.first_token or 0
    return DEAD


def silent(hours: Hours, name: str) -> ScriptedModel:
    return ScriptedModel([Line(when="", reply=lambda request: late(hours, request))], name=name)


async def test_the_models_share_the_time_for_a_first_token(hours: Hours) -> None:
    each = [silent(hours, name) for name in ("first", "second", "third")]
    began = hours.seconds
    with pytest.raises(ModelUnavailable, match="silent; silent; silent"):
        await heard(models(hours, *each))
    assert [model.requests[0].first_token for model in each] == [5.0, 5.0, 5.0]
    assert [model.requests[0].seconds for model in each] == [60.0, 55.0, 50.0]
    assert hours.seconds - began == 15


async def test_a_single_model_has_all_of_it(hours: Hours) -> None:
    only = saying("only", "Hello")
    await heard(models(hours, only))
    assert only.requests[0].first_token == 15


async def test_when_the_time_is_over_the_rest_is_not_asked(hours: Hours) -> None:
    second = saying("second", "Hello")
    with pytest.raises(ModelUnavailable, match="second: no time left"):
        await heard(models(hours, silent(hours, "first"), second), ModelRequest(messages=HELLO.messages, seconds=5.0))
    assert second.requests == []


async def test_a_consumer_that_leaves_leaves_the_breaker_as_it_was(hours: Hours) -> None:
    chain = models(hours, saying("first", "Hello there, how are you"))
    for _ in range(30):
        async with aclosing(chain.stream(HELLO)) as events:
            async for _event in events:
                break
    assert chain.standing()[0].state == "closed"


FAULTS: Sequence[ModelError] = [
    ModelCallFailed("timeout", is_timeout=True),
    ModelCallFailed("429", retry_after=2.0),
    ModelCallFailed("429", retry_after=600.0),
    ModelCallFailed("500"),
    ModelCallFailed("cut off"),
    ModelCallFailed("empty"),
    ModelCallFailed("not JSON"),
    ModelCallFailed("no quota", retryable=False),
    ModelRefused("400", status=400),
    ModelRefused("401", status=401),
    ModelRefused("404", status=404),
    ModelUnavailable("open"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_every_fault_at_every_place_ends_with_an_answer_in_time(hours: Hours, fault: ModelError, place: int) -> None:
    failing: Reply = (lambda request: late(hours, request)) if fault is FAULTS[0] else fault
    each = [ScriptedModel([Line(when="", reply=failing if at <= place else "Hello")], name=str(at)) for at in range(4)]
    began = hours.seconds
    events = await heard(models(hours, *each))
    assert kinds(events)[-1] == "Finished"
    assert sum(isinstance(event, Retried) for event in events) >= place + 1
    assert hours.seconds - began <= 20
