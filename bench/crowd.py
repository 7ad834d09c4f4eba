"""Many streams at once on one server process, over loopback: whether all are answered, how soon they begin, and what they weigh."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx

from bench.times import percentiles
from bench.tiny import REPAIR

STREAMS = 200
LOOK_UP = 12.0
"""Seconds, so that all are open at once."""
SPREAD = 10.0
"""Seconds over which callers come who do not all come at the same moment."""
WORD = re.compile(r'"content":"[^"]')
PATIENCE = 120.0


@dataclass
class Seen:
    """What the readers saw."""

    first_byte: list[float] = field(default_factory=list[float])
    first_token: list[float] = field(default_factory=list[float])
    ended: list[float] = field(default_factory=list[float])
    open_now: int = 0
    most_open: int = 0


async def streams(spread: float) -> dict[str, object]:
    """`STREAMS` chat completions, streamed, asked for within so many seconds; milliseconds from each request."""
    with _server(LOOK_UP) as (address, process):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=PATIENCE) as client:
            await _read(client, "warm", Seen(), 0.0)
            before, seen = _memory(process, "VmRSS"), Seen()
            async with anyio.create_task_group() as tasks:
                for number in range(STREAMS):
                    tasks.start_soon(_read, client, str(number), seen, number * spread / STREAMS)
        memory = {"before": before, "peak": _memory(process, "VmHWM")}
    return {
        "streams": STREAMS,
        "within_ms": 1000 * spread,
        "look_up_ms": 1000 * LOOK_UP,
        "complete": len(seen.ended),
        "most_open_at_once": seen.most_open,
        "first_byte": percentiles(seen.first_byte),
        "first_token": percentiles(seen.first_token),
        "end": percentiles(seen.ended),
        "server_mb": memory,
    }


async def _read(client: httpx.AsyncClient, session: str, seen: Seen, wait: float) -> None:
    await anyio.sleep(wait)
    since = time.perf_counter()
    body = {"stream": True, "messages": [{"role": "user", "content": REPAIR}]}
    text = ""
    async with client.stream("POST", "/v1/chat/completions", json=body, headers={"X-Session-Id": f"crowd-{session}"}) as response:
        async for piece in response.aiter_text():
            now = 1000 * (time.perf_counter() - since)
            if not text:
                seen.first_byte.append(now)
                seen.open_now += 1
                seen.most_open = max(seen.most_open, seen.open_now)
            if WORD.search(text + piece) and not WORD.search(text):
                seen.first_token.append(now)
            text += piece
    seen.open_now -= 1
    if "new brakes" in text and "data: [DONE]" in text:
        seen.ended.append(1000 * (time.perf_counter() - since))


def _memory(process: int, name: str) -> int:
    """Megabytes (Linux; 0 elsewhere)."""
    status = Path(f"/proc/{process}/status")
    rows = dict(row.split(":", 1) for row in status.read_text().splitlines() if ":" in row) if status.exists() else {}
    return int(rows.get(name, "0").split()[0]) // 1024


@contextmanager
def _server(seconds: float) -> Generator[tuple[str, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "bench.tiny", str(port), str(seconds)])  # noqa: S603 ourselves
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if httpx.get(address + "/readyz").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=40)
