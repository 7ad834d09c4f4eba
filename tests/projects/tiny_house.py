"""What stands around the tiny project in tests: its connector, a clock, ids and a letter box for codes."""

import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import anyio
import jwt

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday; the desk of the tiny project is open."""
SECRET = "a secret of this test run alone"
TOKEN_KEY = "the key of the host site, long enough"
PRICE = "How much does it cost to rent a bicycle?"
REPAIR = "What is the status of my repair A-20417?"


def copy_of_tiny(target: Path) -> Path:
    """The tiny project at `target`, with the goods that the sample shop needs."""
    shutil.copytree(ROOT / "tests" / "projects" / "tiny", target, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("catalog.yaml", "stores.yaml"):
        shutil.copy(ROOT / "agents" / name, target / "agents" / name)
    return target


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


class NumberedIds:
    """`turn_1`, `turn_2`, …"""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def __call__(self, kind: str) -> str:
        self._count[kind] += 1
        return f"{kind}_{self._count[kind]}"


class Codes:
    """Keeps the one-time codes that were sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def __call__(self, address: str, code: str) -> None:
        self.sent.append((address, code))


class Workshop:
    """The connector of the tiny project's tools: answers, waits at a gate, or fails, as the test says.

    Attributes:
        left: What it says of every repair; None means that it has none.
        error: Raised instead of an answer.
        gate: While it is closed (see `hold`), calls wait.
        called: Set when a tool has arrived.
    """

    def __init__(self) -> None:
        self.left: str | None = "new brakes"
        self.error: Exception | None = None
        self.booked: list[tuple[date, str]] = []
        self.calls = 0
        self.gate: anyio.Event | None = None
        self.called = anyio.Event()

    def hold(self) -> anyio.Event:
        """Makes every call wait for the event that is returned."""
        self.gate = anyio.Event()
        return self.gate

    async def repair(self, number: str) -> str | None:
        await self._arrive()
        return self.left

    async def book(self, day: date, *, key: str) -> None:
        await self._arrive()
        self.booked.append((day, key))

    async def _arrive(self) -> None:
        self.calls += 1
        self.called.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error


def host_token(email: str = "lea.rochat@example.ch", *, now: datetime = NOW, key: str = TOKEN_KEY, **claims: object) -> str:
    """A JWT as the host site signs it for a customer of the sample shop."""
    stated = {"sub": email, "email": email, "iat": now, "exp": now + timedelta(minutes=30), "aud": "filrouge", **claims}
    return jwt.encode({name: value for name, value in stated.items() if value is not None}, key, algorithm="HS256")
