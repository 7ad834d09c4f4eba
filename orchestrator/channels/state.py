"""What the routes share, kept on the app: the orchestrator, who may call, and whether the process is ending."""

from dataclasses import dataclass, field
from typing import cast

from pydantic import SecretStr
from starlette.requests import HTTPConnection

from orchestrator.channels.access import Access
from orchestrator.channels.calls import Calls
from orchestrator.channels.problems import Problem
from orchestrator.channels.streams import Drain, Places
from orchestrator.runtime import Orchestrator


@dataclass(frozen=True, kw_only=True)
class Public:
    """How the service is seen from outside: its address, the origins whose pages may call it, and the telephone carrier's secret."""

    url: str = ""
    origins: tuple[str, ...] = ()
    twilio_auth_token: SecretStr = field(default_factory=lambda: SecretStr(""))
    voice_transfer: str = ""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """One running server."""

    orchestrator: Orchestrator
    access: Access
    drain: Drain
    places: Places = field(default_factory=Places)
    public: Public = field(default_factory=Public)
    calls: Calls = field(default_factory=Calls)


def serving(request: HTTPConnection) -> Serving:
    """The server's parts.

    Raises:
        Problem: It is still starting (503).
    """
    found = cast("Serving | None", getattr(request.app.state, "serving", None))
    if found is None:
        raise Problem(503, "starting", "The service is starting. Try again in a few seconds.", {"Retry-After": "2"})
    return found
