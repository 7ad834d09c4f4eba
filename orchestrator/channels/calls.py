"""The calls that are connected to this process: each by its carrier's id, and only once."""

from collections.abc import Generator
from contextlib import contextmanager

import anyio

from orchestrator.channels.timer import Sleep


class Calls:
    """Who is on the line. `sleep` is how calls wait for silence and keys."""

    def __init__(self, sleep: Sleep = anyio.sleep) -> None:
        self.sleep = sleep
        self._lines: dict[str, anyio.Event] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @contextmanager
    def hold(self, call_id: str) -> Generator[anyio.Event, None, None]:
        """A place for the call; the event is set when the carrier connects the same call again, and this line is no longer it."""
        replaced = anyio.Event()
        if call_id in self._lines:
            self._lines[call_id].set()
        self._lines[call_id] = replaced
        try:
            yield replaced
        finally:
            if self._lines.get(call_id) is replaced:
                del self._lines[call_id]
