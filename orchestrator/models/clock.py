"""Time and chance as models need them, so that suites can fix both."""

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """`monotonic` counts seconds, `now` is the time of day (UTC), `chance` gives 0..1 for jitter."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a call may take, in seconds: to connect, to the first token, between tokens, in all, and after the last one for the rest."""

    connect: float = 3.0
    first_token: float = 15.0
    silence: float = 10.0
    total: float = 60.0
    tail: float = 2.0
