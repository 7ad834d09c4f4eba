"""`filrouge serve`: the HTTP service with its chat page."""

import signal
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from socket import socket
from types import FrameType

import structlog
import uvicorn

from orchestrator.assembly import open_house, stored_secret
from orchestrator.channels.access import Access
from orchestrator.channels.relay import FRAME_LIMIT
from orchestrator.channels.state import Public
from orchestrator.channels.streams import Drain
from orchestrator.commands.chat import show_code
from orchestrator.commands.running import console, fail, progress
from orchestrator.commands.watching import watched
from orchestrator.memory.tokens import check_key
from orchestrator.project.project import Project
from orchestrator.runtime import Orchestrator, utc_now
from orchestrator.server.app import create_app
from orchestrator.settings import Settings

DRAIN_SECONDS = 15
"""For requests; turns have `runtime.FINISH_SECONDS` after that, so that the whole stays under the 30 seconds of most supervisors."""
SILENT_SECONDS = 10
log = structlog.get_logger()


class Server(uvicorn.Server):
    """Tells open streams to reconnect elsewhere before it waits for them, and hangs up on callers who never finish asking."""

    def __init__(self, config: uvicorn.Config, drain: Drain, opened: Callable[[], None], patience: float = SILENT_SECONDS) -> None:
        super().__init__(config)
        self._drain = drain
        self._opened = opened
        self._patience = patience
        self._silent: dict[object, tuple[object, float]] = {}

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Says that it is open once it is."""
        await super().startup(sockets)
        if self.started:
            self._opened()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """On SIGTERM or Ctrl-C."""
        self._drain.started.set()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        now = time.monotonic()
        silent: dict[object, tuple[object, float]] = {}
        for connection in self.server_state.connections:
            request = getattr(connection, "cycle", self)
            if request is None or getattr(request, "response_complete", False):
                last, since = self._silent.get(connection, (request, now))
                silent[connection] = (request, since if last is request else now)
                if now - silent[connection][1] > self._patience:
                    connection.transport.close()
        self._silent = silent
        return await super().on_tick(counter)


def serve(project: Project, settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C; running turns are finished first."""
    check_key(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    drain = Drain()
    secret = settings.secret or stored_secret(settings.data_dir)
    access = Access(api_keys=settings.api_keys, staff_keys=settings.staff_keys, secret=secret)
    if not settings.api_keys:
        log.warning("no FILROUGE_API_KEYS: the API answers this machine only")

    @asynccontextmanager
    async def opening() -> AsyncGenerator[Orchestrator, None]:
        with progress("Preparing") as report:
            house_opening = open_house(project, settings, now=utc_now(), deliver_code=show_code, progress=report)
            house = await house_opening.__aenter__()
        try:
            async with watched(house.knowledge), Orchestrator.serving(house, settings) as orchestrator:
                yield orchestrator
        finally:
            await house_opening.__aexit__(None, None, None)

    app = create_app(opening, access, drain, _public(settings))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=SILENT_SECONDS,
        ws_max_size=4 * FRAME_LIMIT,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal once more after its clean end, which would make that end a failure.
        signal.signal(number, signal.SIG_IGN)
    server = Server(config, drain, lambda: _greet(project, settings))
    server.run()
    if not server.started and not drain.started.is_set():
        fail("The service did not start; the reason is above.", 1)


def _public(settings: Settings) -> Public:
    return Public(
        url=settings.public_url or f"http://{settings.host}:{settings.port}",
        origins=settings.cors_origins,
        twilio_auth_token=settings.twilio_auth_token,
        voice_transfer=settings.voice_transfer,
    )


def _greet(project: Project, settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    lines = {"Chat": "/", "Help centre": f"/help/{project.policy.company.default_language}", "API": "/docs"}
    console.print(f"\n{project.policy.company.name} is open.", style="bold")
    for name, path in lines.items():
        console.print(f"  {name:<12} {address}{path}", highlight=False)
    console.print("  Ctrl-C ends.\n", style="dim")
