"""A circuit breaker: a model that fails is left alone for a while, then tried with one call."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from orchestrator.models.clock import Clock

State = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, kw_only=True)
class BreakerRules:
    """It opens for `rest` seconds when `share` of at least `calls` calls within `window` seconds failed, or `in_a_row` in a row."""

    share: float = 0.5
    calls: int = 20
    window: float = 30.0
    in_a_row: int = 5
    rest: float = 10.0


class CircuitBreaker:
    """The breaker of one model at one endpoint. For one event loop: nothing here waits, so nothing needs a lock."""

    def __init__(self, clock: Clock, rules: BreakerRules | None = None) -> None:
        self._clock = clock
        self._rules = rules or BreakerRules()
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._in_a_row = 0
        self._until = 0.0
        self._is_open = False
        self._is_probing = False

    @property
    def state(self) -> State:
        """`half_open`: rested, and the next call is the probe."""
        if not self._is_open:
            return "closed"
        return "half_open" if self._clock.monotonic() >= self._until else "open"

    @property
    def resting(self) -> float:
        """Seconds until it may be tried again."""
        return max(0.0, self._until - self._clock.monotonic()) if self._is_open else 0.0

    def admit(self) -> bool:
        """Whether a call may be made now; in the half-open state, one at a time. An admitted call ends with one of the three below."""
        if self.state == "closed":
            return True
        if self.state == "open" or self._is_probing:
            return False
        self._is_probing = True
        return True

    def succeeded(self) -> None:
        """The call was answered."""
        if self._is_probing:
            self._outcomes.clear()
        self._is_open = self._is_probing = False
        self._in_a_row = 0
        self._record(failed=False)

    def failed(self) -> None:
        """The call came to nothing, by the endpoint's fault."""
        self._in_a_row += 1
        self._record(failed=True)
        failures = sum(failed for _, failed in self._outcomes)
        is_too_many = len(self._outcomes) >= self._rules.calls and failures >= self._rules.share * len(self._outcomes)
        if self._is_probing or is_too_many or self._in_a_row >= self._rules.in_a_row:
            self.rest(self._rules.rest)
        self._is_probing = False

    def abandoned(self) -> None:
        """The call was given up by whoever made it: that says nothing about the model."""
        self._is_probing = False

    def rest(self, seconds: float) -> None:
        """Leaves the model alone for that long, as an endpoint may ask by `Retry-After`."""
        self._is_open = True
        self._until = max(self._until, self._clock.monotonic() + seconds)

    def _record(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        self._outcomes.append((now, failed))
        while self._outcomes and self._outcomes[0][0] < now - self._rules.window:
            self._outcomes.popleft()
