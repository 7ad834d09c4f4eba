"""The embedded brain over HTTP: one conversation at a time against a real server."""

import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.measuring import TURNS, WARM_UP, console, machine, resident, summary, timed, write

KINDS = {
    "small talk": ["hello", "thanks", "good morning", "thank you so much"],
    "routing, asks for proof": ["where is my order", "has my order shipped yet?", "status of my order please", "can you look up my order"],
    "form with a look-up": ["how much is the Alba kettle", "what does the Alba toaster cost", "price of the Alba kettle?"],
    "knowledge": ["how long can I return something", "which ways can I pay", "how do I descale my kettle", "what does the warranty cover"],
}
"""What is asked per kind of turn; each turn is the first of its conversation."""


def run() -> None:
    """Runs every kind and the floors."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (address, process), httpx.Client(base_url=address) as client:
        measured = {kind: turns(client, texts) for kind, texts in KINDS.items()}
        floors = {
            "HTTP request without a turn": timed(lambda: client.get("/healthz").raise_for_status()),
            "two durable SQLite commits": commits(Path(folder) / "floor.sqlite"),
        }
        memory = int(resident(Path(f"/proc/{process}/status")))
    report = {
        **machine(),
        "turns": {kind: summary(times) for kind, times in measured.items()},
        "floor": {name: summary(times) for name, times in floors.items()},
        "resident_mb": memory,
    }
    write(report)
    floor = sum(statistics.median(times) for times in floors.values())
    for name, times in {**measured, **floors}.items():
        found = summary(times)
        console.print(
            f"{name:<32} p50 {found['p50_ms']:7.2f} ms   p95 {found['p95_ms']:7.2f} ms   {statistics.median(times) / floor:5.1f} × floor"
        )
    console.print(f"server resident {memory} MB; floor = both floors added")


def turns(client: httpx.Client, texts: list[str]) -> list[float]:
    """Milliseconds of each turn, from request to last byte."""
    times: list[float] = []
    for number in range(WARM_UP + TURNS):
        path = f"/v1/conversations/bench-{abs(hash(texts[0]))}-{number}/messages"
        began = time.perf_counter()
        client.post(path, json={"text": texts[number % len(texts)], "language": "en"}).raise_for_status()
        times.append(1000 * (time.perf_counter() - began))
    return times[WARM_UP:]


def commits(path: Path) -> list[float]:
    """What storing a message and its answer durably costs, by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows (text TEXT)")

    def store() -> None:
        for text in ("question", "answer"):
            connection.execute("INSERT INTO rows VALUES (?)", (text,))

    times = timed(store)
    connection.close()
    return times


def trained(folder: Path) -> None:
    """Links the trained models of the data directory into a new one."""
    known = Path(os.environ.get("FILROUGE_DATA_DIR", ".filrouge"))
    for part in ("models", "knowledge"):
        (known / part).mkdir(parents=True, exist_ok=True)
        (folder / part).symlink_to((known / part).resolve(), target_is_directory=True)


@contextmanager
def server(folder: Path) -> Generator[tuple[str, int]]:
    """A real server on a free port with data of its own and the trained models of the data directory; its address and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    trained(folder)
    environment = {**os.environ, "FILROUGE_DATA_DIR": str(folder), "PORT": port, "HOST": "127.0.0.1"}
    process = subprocess.Popen([sys.executable, "-c", "from orchestrator.cli import main; main()", "serve"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(address + "/readyz").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=40)
