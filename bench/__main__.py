"""`make bench`: one conversation at a time against a real server; prints a table and writes `bench/results/latest.json`."""

import json
import os
import platform
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console

RESULTS = Path(__file__).parent / "results" / "latest.json"
WARM_UP = 5
TURNS = 60
KINDS = {
    "small talk": ["hello", "thanks", "good morning", "thank you so much"],
    "routing, asks for proof": ["where is my order", "has my order shipped yet?", "status of my order please", "can you look up my order"],
    "form with a look-up": ["how much is the Alba kettle", "what does the Alba toaster cost", "price of the Alba kettle?"],
    "knowledge": ["how long can I return something", "which ways can I pay", "how do I descale my kettle", "what does the warranty cover"],
}
"""What is asked per kind of turn; each turn is the first of its conversation."""
console = Console()


def main() -> int:
    """Runs every kind and the floors."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as address, httpx.Client(base_url=address) as client:
        measured = {kind: turns(client, texts) for kind, texts in KINDS.items()}
        floors = {
            "HTTP request without a turn": timed(lambda: client.get("/healthz").raise_for_status()),
            "two durable SQLite commits": commits(Path(folder) / "floor.sqlite"),
        }
        memory = resident(address)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}, CPython {platform.python_version()}",
        "turns": {kind: summary(times) for kind, times in measured.items()},
        "floor": {name: summary(times) for name, times in floors.items()},
        "resident_mb": memory,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    floor = sum(statistics.median(times) for times in floors.values())
    for name, times in {**measured, **floors}.items():
        found = summary(times)
        console.print(
            f"{name:<32} p50 {found['p50_ms']:7.2f} ms   p95 {found['p95_ms']:7.2f} ms   {statistics.median(times) / floor:5.1f} × floor"
        )
    console.print(f"server resident {memory} MB; floor = both floors added")
    return 0


def turns(client: httpx.Client, texts: list[str]) -> list[float]:
    """Milliseconds of each turn, from request to last byte."""
    times: list[float] = []
    for number in range(WARM_UP + TURNS):
        path = f"/v1/conversations/bench-{abs(hash(texts[0]))}-{number}/messages"
        began = time.perf_counter()
        client.post(path, json={"text": texts[number % len(texts)], "language": "en"}).raise_for_status()
        times.append(1000 * (time.perf_counter() - began))
    return times[WARM_UP:]


def timed(call: Callable[[], object]) -> list[float]:
    """Milliseconds of each of many calls."""
    times: list[float] = []
    for _ in range(WARM_UP + TURNS):
        began = time.perf_counter()
        call()
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


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2), "turns": len(times)}


def resident(address: str) -> int:
    """Megabytes of the server process (Linux; 0 elsewhere)."""
    port = address.rsplit(":", 1)[1]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if f"BENCH_PORT={port}" in (status.parent / "environ").read_text(errors="replace"):
                rows = dict(row.split(":", 1) for row in status.read_text().splitlines() if ":" in row)
                return int(rows["VmRSS"].split()[0]) // 1024
        except (OSError, KeyError):
            continue
    return 0


@contextmanager
def server(folder: Path) -> Generator[str, None, None]:
    """A real server on a free port with data of its own and the trained models of the data directory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    trained = Path(os.environ.get("FILROUGE_DATA_DIR", ".filrouge"))
    for part in ("models", "knowledge"):
        (trained / part).mkdir(parents=True, exist_ok=True)
        (folder / part).symlink_to((trained / part).resolve(), target_is_directory=True)
    environment = {**os.environ, "FILROUGE_DATA_DIR": str(folder), "PORT": port, "BENCH_PORT": port, "HOST": "127.0.0.1"}
    process = subprocess.Popen([sys.executable, "-c", "from orchestrator.cli import main; main()", "serve"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(address + "/readyz").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=40)


if __name__ == "__main__":
    sys.exit(main())
