"""Request bodies: refused when too large, too slow or of the wrong type, before anything is parsed."""

from collections.abc import Callable, Coroutine
from typing import Any

import anyio
from fastapi import Request, Response
from fastapi.routing import APIRoute

from orchestrator.channels.problems import Problem

BODY_LIMIT = 64 * 1024
BODY_SECONDS = 10.0
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class JsonRoute(APIRoute):
    """A route whose requests, when they have a body, have a small JSON one. Other methods and addresses are refused before it."""

    limit = BODY_LIMIT

    def get_route_handler(self) -> Handler:
        """The route's handler behind the checks."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if request.method == "POST":
                await _check(request, self.limit)
            return await handle(request)

        return checked


class HistoryRoute(JsonRoute):
    """A route of a format whose callers send the whole history with each message."""

    limit = 2 * 1024 * 1024


async def _check(request: Request, limit: int) -> None:
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise Problem(411, "length_required", "Send the body with a Content-Length.")
    if len(length) > len(str(limit)) or int(length) > limit:
        raise Problem(413, "too_large", f"The body is too large. Send at most {limit} bytes.")
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != "application/json":
        raise Problem(415, "unsupported_media_type", "Send the body as application/json.")
    with anyio.move_on_after(BODY_SECONDS):
        await request.body()
        return
    raise Problem(408, "too_slow", f"The body did not arrive within {BODY_SECONDS:g} seconds. Send it again.", {"Connection": "close"})
