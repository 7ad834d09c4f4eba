"""`python -m bench.surfaces`: what the channels cost and how fast they are; writes the part "surfaces" of `bench/results/latest.json`."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import anyio
from rich.console import Console

from bench.crowd import SPREAD, streams
from bench.interruptions import barge_in, saved_by_partials
from bench.overhead import per_token, per_turn
from bench.times import RESULTS
from bench.tiny import bench, quiet

console = Console(width=200, soft_wrap=True)


async def measured() -> dict[str, object]:
    """Everything, one after the other."""
    before = os.getloadavg()
    async with bench() as found:
        report: dict[str, object] = {
            "per_turn": await per_turn(found),
            "per_token": await per_token(found),
            "barge_in": await barge_in(found),
            "interim_transcripts": await saved_by_partials(found),
        }
    report["concurrent_streams"] = {"all at once": await streams(0.0), "spread": await streams(SPREAD)}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}, CPython {platform.python_version()}",
        "load": {"before": [round(one, 2) for one in before], "after": [round(one, 2) for one in os.getloadavg()]},
        **report,
    }


def main() -> int:
    """Measures, writes and prints."""
    quiet()
    report = anyio.run(measured)
    known: dict[str, object] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**known, "surfaces": report}, indent=1) + "\n", encoding="utf-8")
    for name, part in report.items():
        _print(name, part)
    return 0


def _print(name: str, part: object, depth: int = 0) -> None:
    indent = "  " * depth
    if isinstance(part, Mapping) and any(isinstance(value, Mapping) for value in cast("Mapping[str, object]", part).values()):
        console.print(f"{indent}{name}")
        for inner, value in cast("Mapping[str, object]", part).items():
            _print(inner, value, depth + 1)
    elif isinstance(part, Mapping):
        shown = "  ".join(f"{inner} {value}" for inner, value in cast("Mapping[str, object]", part).items())
        console.print(f"{indent}{name:<34} {shown}", highlight=False)
    else:
        console.print(f"{indent}{name:<34} {part}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
