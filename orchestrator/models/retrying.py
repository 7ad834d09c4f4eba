"""Trying again: few times, with jitter, within a budget, and never after text was delivered."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from orchestrator.errors import ModelCallFailed, ModelError, ModelInterrupted, ModelRefused, ModelUnavailable
from orchestrator.models.breaker import CircuitBreaker
from orchestrator.models.clock import Clock
from orchestrator.models.events import ModelEvent, Retried, TextPiece
from orchestrator.models.model import ChatModel
from orchestrator.models.request import ModelRequest


@dataclass(frozen=True, kw_only=True)
class RetryRules:
    """At most `retries` more attempts; waits of 0 to `base` × 2ⁿ seconds, at most `longest`, or as long as asked up to `patience`."""

    retries: int = 2
    base: float = 0.5
    longest: float = 4.0
    patience: float = 8.0


class RetryBudget:
    """Retries may be a tenth of the calls: an endpoint in trouble is not asked twice as often as a healthy one.

    Each call pays in a tenth; each retry takes one. A few are there from the beginning, and no more than `most` are saved up.
    """

    def __init__(self, *, share: float = 0.1, initial: float = 2.0, most: float = 10.0) -> None:
        self._share = share
        self._most = most
        self._saved = initial

    def pay_in(self) -> None:
        """A call is made."""
        self._saved = min(self._most, self._saved + self._share)

    def take(self) -> bool:
        """Whether one retry may be made; if so it is taken."""
        if self._saved < 1:
            return False
        self._saved -= 1
        return True


class RetryingModel:
    """One model behind its breaker, tried again where that can help."""

    def __init__(
        self, model: ChatModel, breaker: CircuitBreaker, budget: RetryBudget, clock: Clock, *, rules: RetryRules | None = None
    ) -> None:
        self.model = model
        self.breaker = breaker
        self._budget = budget
        self._clock = clock
        self._rules = rules or RetryRules()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    async def stream(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        """`ChatModel.stream`.

        Raises:
            ModelUnavailable: Its breaker is open.
            ModelError: As the model raises, when trying again is useless or has been.
        """
        started = self._clock.monotonic()
        self._budget.pay_in()
        said = ""
        for attempt in range(self._rules.retries + 1):
            try:
                async with aclosing(self._attempt(request, started)) as events:
                    async for event in events:
                        said += event.text if isinstance(event, TextPiece) else ""
                        yield event
            except ModelCallFailed as error:
                if said:
                    raise ModelInterrupted(str(error), said=said) from error
                wait = self._wait(error, attempt, self._shortened(request, started))
                if wait is None:
                    raise
                yield Retried(model=self.name, why=str(error), seconds=wait)
                await self._clock.sleep(wait)
            else:
                return

    async def _attempt(self, request: ModelRequest, started: float) -> AsyncGenerator[ModelEvent, None]:
        if not self.breaker.admit():
            raise ModelUnavailable(f"{self.name}: left alone for {self.breaker.resting:.0f} s after failures")
        settle = self.breaker.abandoned
        try:
            async with aclosing(self.model.stream(self._shortened(request, started))) as events:
                async for event in events:
                    yield event
            settle = self.breaker.succeeded
        except ModelError as error:
            settle = self.breaker.failed if _is_its_fault(error) else self.breaker.succeeded
            raise
        finally:
            settle()

    def _wait(self, error: ModelCallFailed, attempt: int, left: ModelRequest) -> float | None:
        """Seconds to wait before the next attempt; None when there should be none."""
        asked = error.retry_after
        if asked is not None and asked > self._rules.patience:
            self.breaker.rest(asked)
            return None
        if not error.retryable or error.is_timeout or attempt == self._rules.retries:
            return None
        wait = asked if asked is not None else self._clock.chance() * min(self._rules.longest, self._rules.base * 2**attempt)
        if any(limit is not None and wait >= limit for limit in (left.seconds, left.first_token)):
            return None
        return wait if self._budget.take() else None

    def _shortened(self, request: ModelRequest, started: float) -> ModelRequest:
        """The request with the time that is left of it."""
        passed = self._clock.monotonic() - started
        seconds, first = (None if limit is None else max(0.0, limit - passed) for limit in (request.seconds, request.first_token))
        return replace(request, seconds=seconds, first_token=first)


def _is_its_fault(error: ModelError) -> bool:
    """A request that is wrong in itself says nothing about the endpoint; a wrong key or name does."""
    if isinstance(error, ModelRefused):
        return error.status in (401, 403, 404)
    return isinstance(error, ModelCallFailed | ModelInterrupted)
