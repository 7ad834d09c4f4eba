"""Stopwatches, summaries of many measurements, and the file they are written to."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

RESULTS = Path(__file__).parent / "results" / "latest.json"
WARM_UP = 5
TURNS = 60
console = Console()


@dataclass(kw_only=True)
class Watch:
    """Wall and processor time (all threads of this process) of many things alike, in milliseconds."""

    wall: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    _began: tuple[float, float] = (0.0, 0.0)

    def __enter__(self) -> "Watch":
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall.append(1000 * (time.perf_counter() - self._began[0]))
        self.cpu.append(1000 * (time.process_time() - self._began[1]))

    def report(self) -> dict[str, dict[str, float]]:
        """Both, summed up."""
        return {"wall": summary(self.wall), "cpu": summary(self.cpu)}


def timed(call: Callable[[], object]) -> list[float]:
    """Milliseconds of each of many calls."""
    watch = Watch()
    for _ in range(WARM_UP + TURNS):
        with watch:
            call()
    return watch.wall[WARM_UP:]


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2), "turns": len(times)}


def machine() -> dict[str, object]:
    """Where and when, and how busy the machine is with other things."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}, CPython {platform.python_version()}",
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def write(part: Mapping[str, object]) -> None:
    """Puts a part into the results; the other parts stay."""
    known: dict[str, object] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**known, **part}, indent=1) + "\n", encoding="utf-8")


def resident(status: Path = Path("/proc/self/status")) -> float:
    """Megabytes of a process (Linux; 0 elsewhere)."""
    try:
        rows = dict(row.split(":", 1) for row in status.read_text().splitlines() if ":" in row)
    except OSError:
        return 0
    return round(int(rows["VmRSS"].split()[0]) / 1024, 1)
