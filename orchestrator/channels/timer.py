"""Something to be done after a while unless it is called off; the waiting itself is handed in, so that nobody else has to wait."""

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup

Sleep = Callable[[float], Awaitable[None]]


class Timer:
    """One thing at a time: starting it again calls the earlier one off."""

    def __init__(self, tasks: TaskGroup, sleep: Sleep) -> None:
        self._tasks = tasks
        self._sleep = sleep
        self._waiting: anyio.CancelScope | None = None

    def start(self, seconds: float, act: Callable[[], None]) -> None:
        """`act` is called after so many seconds."""
        self.stop()
        self._waiting = anyio.CancelScope()
        self._tasks.start_soon(self._run, self._waiting, seconds, act)

    def stop(self) -> None:
        """What was to be done is not."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    async def _run(self, waiting: anyio.CancelScope, seconds: float, act: Callable[[], None]) -> None:
        with waiting:
            await self._sleep(seconds)
            if not waiting.cancel_called:
                self._waiting = None
                act()
