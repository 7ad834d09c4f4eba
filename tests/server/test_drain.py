"""How the process ends, and whom it hangs up on: one real process, and one real server in this one."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from orchestrator.channels.streams import HEARTBEAT_SECONDS, Drain
from orchestrator.commands.serving import Server
from tests.projects.tiny_house import PRICE, ROOT

SERVE = "from orchestrator.cli import main; main()"
STREAMS = 20


@pytest.fixture
def process(tiny_path: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`filrouge serve` on the tiny project, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FILROUGE_")}
    environment |= {"FILROUGE_DATA_DIR": str(tmp_path / "data"), "FILROUGE_ENCODER": "none", "PORT": str(port), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SERVE, "serve", "--project", str(tiny_path)]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, text=True)
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", running)
            yield running, f"http://127.0.0.1:{port}"
        finally:
            running.kill()
            running.wait()


def test_a_process_with_open_streams_says_reconnect_and_ends_well(process: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    running, address = process
    with httpx.Client(base_url=address, timeout=10, limits=httpx.Limits(max_connections=50)) as client:
        answer = client.post("/v1/conversations/c1/messages", json={"text": PRICE}).json()
        assert answer["route"]["intent"] == "rental_price"
        requests = [client.build_request("GET", "/v1/conversations/c1/events", params={"after": 1}) for _ in range(STREAMS)]
        streams = [client.send(request, stream=True) for request in requests]
        chunks = [stream.iter_raw() for stream in streams]
        assert _reads_until(chunks[0], b"TurnCompleted")
        begun = time.monotonic()
        assert _reads_until(chunks[0], b": keep-alive")
        assert time.monotonic() - begun < HEARTBEAT_SECONDS + 1
        asked = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert all(_reads_until(chunk, b"event: reconnect") for chunk in chunks)
        for stream in streams:
            stream.close()
    assert running.wait(timeout=30) == 0
    assert time.monotonic() - asked < 20
    log = (tmp_path / "log").read_text()
    assert "no FILROUGE_API_KEYS: the API answers this machine only" in log
    assert "Traceback" not in log


def _reads_until(chunks: Iterator[bytes], text: bytes) -> bool:
    return any(text in chunk for chunk in chunks)


def _wait_until_ready(address: str, running: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 110
    while time.monotonic() < end and running.poll() is None:
        try:
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)  # another process starts: there is nothing else to wait on
    pytest.fail("the server did not start")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "sent", [b"", b"POST /v1/conver", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "], ids=["nothing", "line", "headers"]
)
async def test_a_caller_who_never_finishes_asking_is_hung_up_on(sent: bytes) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(_answering, port=port, log_level="error", lifespan="off")
    opened = anyio.Event()
    server = Server(config, Drain(), opened.set, patience=0.3)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        with anyio.fail_after(10):
            await opened.wait()
            async with await anyio.connect_tcp("127.0.0.1", port) as slow, await anyio.connect_tcp("127.0.0.1", port) as good:
                await slow.send(sent or b"")
                await good.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert (await good.receive()).startswith(b"HTTP/1.1 200")
                with pytest.raises(anyio.EndOfStream):
                    await slow.receive()
        server.should_exit = True


async def _answering(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
