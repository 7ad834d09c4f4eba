"""The time one call takes, and how long the next wait may be."""

from orchestrator.errors import ModelCallFailed
from orchestrator.models.clock import Clock, Patience
from orchestrator.models.request import ModelRequest

LEAST = 0.001


class Watch:
    """From the first token on only the time spent waiting counts: a consumer that takes its time does not make the model late."""

    def __init__(self, clock: Clock, patience: Patience, request: ModelRequest) -> None:
        self._clock = clock
        self._patience = patience
        self._started = clock.monotonic()
        self._total = patience.total if request.seconds is None else min(patience.total, request.seconds)
        self._first = patience.first_token if request.first_token is None else min(patience.first_token, request.first_token)
        self._waiting_since = self._started
        self._idle = 0.0
        self._has_begun = False
        self.first_token = 0.0
        self.is_ending = False
        """Set once the model has said why it stops: what follows is worth a short wait only."""

    @property
    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self._clock.monotonic() - self._started

    def left(self) -> float:
        """How long the wait that now begins may take."""
        self._waiting_since = self._clock.monotonic()
        return max(LEAST, min(self._total - self.elapsed, self._left_here()))

    def waited(self, *, moved: bool) -> None:
        """The wait is over; `moved` says whether it brought the answer forward."""
        self._idle = 0.0 if moved else self._idle + self._clock.monotonic() - self._waiting_since
        if moved and not self._has_begun:
            self._has_begun, self.first_token = True, self.elapsed

    def expired(self, name: str) -> ModelCallFailed:
        """The error of a wait that took too long."""
        if self.elapsed >= self._total:
            return ModelCallFailed(f"{name}: no whole answer in {self._total:g} s", is_timeout=True)
        if not self._has_begun:
            return ModelCallFailed(f"{name}: no first token for {self._first:g} s", is_timeout=True)
        return ModelCallFailed(f"{name}: silent for {self._patience.silence:g} s", is_timeout=True)

    def _left_here(self) -> float:
        if self.is_ending:
            return self._patience.tail
        return self._patience.silence - self._idle if self._has_begun else self._first - self.elapsed
