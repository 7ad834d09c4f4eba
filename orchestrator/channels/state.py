"""What the routes share, kept on the app: the orchestrator, who may call, and whether the process is ending."""

from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from orchestrator.channels.access import Access
from orchestrator.channels.problems import Problem
from orchestrator.channels.streams import Drain, Places
from orchestrator.runtime import Orchestrator


@dataclass(frozen=True, kw_only=True)
class Serving:
    """One running server."""

    orchestrator: Orchestrator
    access: Access
    drain: Drain
    places: Places = field(default_factory=Places)


def serving(request: Request) -> Serving:
    """The server's parts.

    Raises:
        Problem: It is still starting (503).
    """
    found = cast("Serving | None", getattr(request.app.state, "serving", None))
    if found is None:
        raise Problem(503, "starting", "The service is starting. Try again in a few seconds.", {"Retry-After": "2"})
    return found
