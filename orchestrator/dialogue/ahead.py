"""What was found out before a message was complete, so that its turn need not find it out again."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

import anyio

Found = TypeVar("Found")


@dataclass(kw_only=True)
class Search:
    """One thing being looked up; whoever wants the same waits for it."""

    ended: anyio.Event = field(default_factory=anyio.Event)
    succeeded: bool = False
    value: object = None


class Ahead:
    """Results of reading and looking up, each by all that it depends on. One turn's, or that of a caller who is still speaking.

    Only what changes nothing may be asked for here; an effect makes what was found stale (`forget`).
    """

    def __init__(self) -> None:
        self._searches: dict[Hashable, Search] = {}

    async def once(self, key: Hashable, search: Callable[[], Awaitable[Found]]) -> Found:
        """The result under this key: found before, being found by somebody else, or found now. A failure is nobody else's."""
        running = self._searches.get(key)
        if running is not None:
            await running.ended.wait()
            return cast("Found", running.value) if running.succeeded else await search()
        running = self._searches[key] = Search()
        try:
            running.value = await search()
            running.succeeded = True
            return running.value
        finally:
            if not running.succeeded and self._searches.get(key) is running:
                del self._searches[key]
            running.ended.set()

    def forget(self) -> None:
        """Drops what was found: the world has changed."""
        self._searches.clear()
