"""Server-Sent Events as bytes come in: only the data, with a bound on what one event may hold."""

from orchestrator.errors import ModelCallFailed

EVENT_AT_MOST = 1_000_000
"""Bytes; an endpoint that sends more in one event is not answering a question."""


class EventDecoder:
    """Collects bytes and gives the data of each event as soon as it is whole.

    Unlike the SDK's decoder it handles every event of one network read in one go, keeps bytes that are not UTF-8 as lone surrogates (a
    character may be split between two events), and bounds what it holds.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[str]:
        """The events that these bytes complete.

        Raises:
            ModelCallFailed: An event is too large.
        """
        lines = (self._rest + chunk).splitlines(keepends=True)
        # A carriage return at the very end may be half of a line end.
        self._rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        if len(self._rest) + sum(map(len, self._data)) > EVENT_AT_MOST:
            raise ModelCallFailed(f"an event of more than {EVENT_AT_MOST} bytes", retryable=False)
        return self._events([line.rstrip(b"\r\n") for line in lines])

    def end(self) -> list[str]:
        """What was left when the stream ended, with or without its last line end."""
        rest, self._rest = self._rest, b""
        return self._events([*rest.splitlines(), b""])

    def _events(self, lines: list[bytes]) -> list[str]:
        found: list[str] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                found.append(b"\n".join(self._data).decode("utf-8", "surrogateescape"))
                self._data.clear()
        return found
