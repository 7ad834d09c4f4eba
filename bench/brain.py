"""The language-model brain in one process, with a durable store, against a scripted endpoint in another; beside a bare client of it."""

import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio

from bench.measuring import Watch, console, machine, resident, summary, write
from bench.speaking import PLAIN, WITH_A_TOOL, WORDS, Bare, Customers, Turn, house, last_body, script
from orchestrator.models.tokens import PER_MESSAGE, count
from tests.models.endpoint import Endpoint, serving_endpoint

LONG = 100
SHOWN = (1, 5, 20, 50, 100)
AT_ONCE = (1, 16, 64, 256)
FIRST_MS, TOKEN_MS = 300.0, 20.0
LIVE = 1000
MEASURED = 60
NEAR = 4
"""Turns on each side of one whose processor time is told."""
Report = dict[str, object]


def run() -> None:
    """Measures with the encoders of the default and with none, which is what other frameworks have."""
    report: Report = {**machine(), "answer_words": WORDS}
    for encoder in ("use+e5", "none"):
        with tempfile.TemporaryDirectory() as folder, serving_endpoint() as endpoint:
            report[encoder] = anyio.run(_measured, endpoint, Path(folder), encoder)
        report["load_after"] = machine()["load"]
        write({"brain": report})


async def _measured(endpoint: Endpoint, folder: Path, encoder: str) -> Report:
    async with house(endpoint, folder, encoder) as customers:
        script(endpoint)
        for number in range(8):
            await customers.ask(f"warm-{number}", WITH_A_TOOL if number % 2 else PLAIN)
        bare = Bare(endpoint, last_body(endpoint))
        try:
            report: Report = {
                "live conversations": await _live(customers, endpoint),
                "turn": await _overhead(customers, bare),
                "long conversation": await _long(customers, endpoint, folder),
                "first words": await _first_words(customers, bare, endpoint),
                "turns_per_second": await _throughput(customers, bare, endpoint),
            }
        finally:
            await bare.close()
    _print(encoder, report)
    return report


async def _overhead(customers: Customers, bare: Bare) -> Report:
    """Wall and processor time of turns with one and with two model calls, and of one bare call, in turn."""
    plain, tool, floor = Watch(), Watch(), Watch()
    calls: list[int] = []
    for number in range(MEASURED):
        with floor:
            await bare.ask()
        with plain:
            await customers.ask(f"plain-{number // 3}")
        with tool:
            turn = await customers.ask(f"tool-{number // 3}", WITH_A_TOOL)
        calls.append(len(turn.calls))
    over = {
        name: {
            f"{kind}_p50_ms": round(statistics.median(getattr(watch, kind)) - count * statistics.median(getattr(floor, kind)), 2)
            for kind in ("wall", "cpu")
        }
        for name, watch, count in (("no tool", plain, 1), ("with a tool", tool, 2))
    }
    return {"bare call": floor.report(), "no tool": plain.report(), "with a tool": tool.report(), "over the bare calls": over,
            "calls with a tool": statistics.mean(calls)}  # fmt: skip


async def _long(customers: Customers, endpoint: Endpoint, folder: Path) -> Report:
    """One conversation of a hundred turns: calls, prompt tokens, processor time, stored bytes."""
    script(endpoint)
    database = customers.orchestrator.house.database
    await database.scrub()
    before = _stored(folder)
    watch, turns, prompts = Watch(), list[Turn](), list[int]()
    for number in range(LONG):
        with watch:
            turns.append(await customers.ask("long", WITH_A_TOOL if number % 4 == 3 else PLAIN))
        if number + 1 in SHOWN:
            asked = [one["body"] for one in endpoint.requests() if one["body"].get("tools")]
            prompts.append(_tokens(asked[-len(turns[-1].calls)]))
    await database.scrub()
    requests = len(endpoint.requests())
    near = {place: statistics.median(watch.cpu[max(0, place - NEAR) : place + NEAR]) for place in (5, LONG)}
    return {
        "prompt_tokens": dict(zip(map(str, SHOWN), prompts, strict=True)),
        "calls_per_turn": {str(place): len(turns[place - 1].calls) for place in SHOWN},
        "calls_in_all": requests,
        "calls_between_turns": requests - sum(len(turn.calls) for turn in turns),
        "cpu_ms_at_5": round(near[5], 2),
        "cpu_ms_at_100": round(near[LONG], 2),
        "cpu_ratio": round(near[LONG] / near[5], 2),
        "stored_bytes": _stored(folder) - before,
    }


async def _first_words(customers: Customers, bare: Bare, endpoint: Endpoint) -> Report:
    """Milliseconds from message to first words, over those of the model's own, whose first token takes 300 ms."""
    found: Report = {}
    for name, token_ms in (("tokens at once", 0.0), ("tokens every 20 ms", TOKEN_MS)):
        script(endpoint, FIRST_MS, token_ms)
        ours, own = list[float](), list[float]()
        for number in range(20):
            own.append(1000 * (await bare.ask())[1])
            ours.append(1000 * (await customers.ask(f"first-{len(found)}-{number}")).first)
        found[name] = {
            "own": summary(own),
            "ours": summary(ours),
            "over_p50_ms": round(statistics.median(ours) - statistics.median(own), 2),
        }
    return found


async def _throughput(customers: Customers, bare: Bare, endpoint: Endpoint) -> Report:
    """Turns per second with several conversations at once, beside bare calls at once."""
    found: Report = {}
    for name, first_ms, token_ms in (("0 ms", 0.0, 0.0), ("300 ms", FIRST_MS, 0.0), ("300 ms + 20 ms a token", FIRST_MS, TOKEN_MS)):
        script(endpoint, first_ms, token_ms)
        rows: dict[str, dict[str, float]] = {}
        for width in AT_ONCE:
            each = max(2, min(40, 240 // width)) if not first_ms else 3

            async def talk(place: int, group: str = f"{len(found)}-{width}") -> object:
                return await customers.ask(f"many-{group}-{place}")

            async def call(_: int) -> object:
                return await bare.ask()

            rows[str(width)] = {"turns": await _rate(talk, width, each), "bare": await _rate(call, width, each)}
        found[name] = rows
    return found


async def _rate(do: Callable[[int], Awaitable[object]], width: int, each: int) -> float:
    """How many are done in a second when so many do so many each."""

    async def work(place: int) -> None:
        for _ in range(each):
            await do(place)

    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for place in range(width):
            tasks.start_soon(work, place)
    return round(width * each / (time.perf_counter() - began), 1)


async def _live(customers: Customers, endpoint: Endpoint) -> Report:
    """What a thousand conversations that have all spoken weigh in memory."""
    script(endpoint)
    before = resident()
    async with anyio.create_task_group() as tasks:
        for lane in range(8):
            tasks.start_soon(_speak, customers, range(lane, LIVE, 8))
    return {"conversations": LIVE, "megabytes": round(resident() - before, 1), "resident_mb": resident()}


async def _speak(customers: Customers, numbers: range) -> None:
    for number in numbers:
        await customers.ask(f"live-{number}")


def _tokens(body: dict[str, Any]) -> int:
    """The tokens of a turn's first request: its messages and its tools."""
    tools = json.dumps(body["tools"], ensure_ascii=False, separators=(",", ":"))
    return count(tools) + sum(PER_MESSAGE + count(str(message["content"])) for message in body["messages"])


def _stored(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("filrouge.sqlite*"))


def _print(encoder: str, report: Report) -> None:
    console.print(f"[bold]brain, encoder {encoder}[/bold]")
    console.print_json(data=report)
