"""The service at a port of its own, for clients that bring their own transport."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import uvicorn

from orchestrator.channels.streams import Drain
from orchestrator.commands.serving import Server
from tests.server.service import Service


@asynccontextmanager
async def at_a_port(service: Service) -> AsyncGenerator[str]:
    """Serves the app in this event loop; the address is `http://127.0.0.1:<port>`."""
    opened = anyio.Event()
    config = uvicorn.Config(service.app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    server = Server(config, Drain(), opened.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        await opened.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
