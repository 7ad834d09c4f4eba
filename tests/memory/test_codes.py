from datetime import datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from orchestrator.errors import IdentityError, SettingsError
from orchestrator.memory import conversations
from orchestrator.memory.codes import CodeRequest, Codes
from orchestrator.store import Database

from .given import LENA, MARC, NOW, RULES, conversation, customer_with_conversation, later

pytestmark = pytest.mark.anyio

CODES = Codes("a secret of the deployment", RULES)
REQUEST = CodeRequest(conversation_id="c1", customer_id="u-C-1001", address=LENA.email)


def _files_with(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]


async def _prepare(database: Database) -> None:
    async with database.unit() as unit:
        await customer_with_conversation(unit, LENA, conversation_id="c0")
        await customer_with_conversation(unit, MARC, conversation_id="c9")
        await conversations.create(unit, conversation("c1"))
        await conversations.create(unit, conversation("c2"))


async def _issue(database: Database, request: CodeRequest = REQUEST, now: datetime = NOW) -> str:
    async with database.unit() as unit:
        return await CODES.issue(unit, request, now)


async def _check(database: Database, code: str, now: datetime = NOW, conversation_id: str = "c1") -> str | None:
    async with database.unit() as unit:
        return await CODES.check(unit, conversation_id, code, now)


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_code_proves_its_customer_once(database: Database) -> None:
    await _prepare(database)
    code = await _issue(database)
    assert len(code) == RULES.code_digits
    assert await _check(database, code) == "u-C-1001"
    assert await _check(database, code) is None


@pytest.mark.parametrize("written", ["{0} {1}", " {0}{1} ", "{0}-{1}", "{0}.{1}\n"])
async def test_a_code_may_be_typed_with_separators(database: Database, written: str) -> None:
    await _prepare(database)
    code = await _issue(database)
    assert await _check(database, written.format(code[:3], code[3:])) == "u-C-1001"


@pytest.mark.parametrize(("minutes", "expected"), [(0, "u-C-1001"), (9.99, "u-C-1001"), (10, None), (60, None), (-1, None)])
async def test_a_code_lives_ten_minutes(database: Database, minutes: float, expected: str | None) -> None:
    await _prepare(database)
    code = await _issue(database)
    assert await _check(database, code, later(minutes=minutes)) == expected


async def test_a_code_is_worth_nothing_in_another_conversation(database: Database) -> None:
    await _prepare(database)
    code = await _issue(database)
    assert await _check(database, code, conversation_id="c2") is None
    assert await _check(database, code) == "u-C-1001"


async def test_the_fifth_try_may_be_right_and_the_sixth_may_not(database: Database) -> None:
    await _prepare(database)
    code = await _issue(database)
    for _ in range(4):
        assert await _check(database, _other(code)) is None
    assert await _check(database, code) == "u-C-1001"
    code = await _issue(database, now=later(minutes=11))
    for _ in range(5):
        assert await _check(database, _other(code), later(minutes=11)) is None
    assert await _check(database, code, later(minutes=11)) is None


async def test_tries_are_counted_over_a_restart(tmp_path: Path) -> None:
    async with await Database.open(tmp_path / "store.db") as database:
        await _prepare(database)
        code = await _issue(database)
    for _ in range(5):
        async with await Database.open(tmp_path / "store.db") as database:
            await _check(database, _other(code))
    async with await Database.open(tmp_path / "store.db") as database:
        assert await _check(database, code) is None


async def test_a_new_code_or_conversation_gives_no_new_tries_until_the_time_is_over(database: Database) -> None:
    await _prepare(database)
    for number in range(4):
        await _check(database, _other(await _issue(database, now=later(seconds=number))), later(seconds=number))
    elsewhere = CodeRequest(conversation_id="c2", customer_id="u-C-1001", address=LENA.email)
    code = await _issue(database, elsewhere, later(minutes=1))
    assert await _check(database, _other(code), later(minutes=1), "c2") is None
    assert await _check(database, code, later(minutes=1), "c2") is None
    with pytest.raises(IdentityError):
        await _issue(database, now=later(minutes=2))
    assert await _check(database, await _issue(database, now=later(minutes=12)), later(minutes=12)) == "u-C-1001"


async def test_a_new_code_replaces_the_old_one(database: Database) -> None:
    await _prepare(database)
    old, new = await _issue(database), await _issue(database)
    assert old == new or await _check(database, old) is None
    assert await _check(database, new) == "u-C-1001"


@pytest.mark.parametrize("address", ["LENA@example.ch ", "0041 79 555 01 02"])
async def test_a_code_goes_to_what_is_on_file(database: Database, address: str) -> None:
    await _prepare(database)
    assert await _issue(database, CodeRequest(conversation_id="c1", customer_id="u-C-1001", address=address))


@pytest.mark.parametrize(
    ("customer_id", "address"),
    [
        ("u-C-1001", MARC.email),
        ("u-C-1001", "lena@example.ch.evil.example"),
        ("u-C-1001", "lena@example.ch,eve@evil.example"),
        ("u-C-1001", "41795550102@evil.example"),
        ("u-C-1001", ""),
        ("u-C-1002", ""),
        ("u-C-1002", "n/a"),
        ("nobody", LENA.email),
        ("", ""),
    ],
)
async def test_a_code_goes_nowhere_else(database: Database, customer_id: str, address: str) -> None:
    await _prepare(database)
    with pytest.raises(IdentityError):
        await _issue(database, CodeRequest(conversation_id="c1", customer_id=customer_id, address=address))


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "²²²²²²", "12345\0", "%" * 6, "1" * 100_000])
async def test_what_is_no_code_is_wrong_and_costs_no_try(database: Database, typed: str) -> None:
    await _prepare(database)
    code = await _issue(database)
    for _ in range(6):
        assert await _check(database, typed) is None
    assert await _check(database, code) == "u-C-1001"


async def test_the_code_itself_is_stored_nowhere(database: Database, tmp_path: Path) -> None:
    await _prepare(database)
    code = await _issue(database)
    await database.scrub()
    assert not _files_with(code, tmp_path)


def test_without_a_secret_there_are_no_codes() -> None:
    with pytest.raises(SettingsError, match="FILROUGE_SECRET"):
        Codes("", RULES)


class Guessing(RuleBasedStateMachine):
    """However codes are asked for and guessed: one is accepted only right, fresh, unused, in its place, within five tries."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = anyio.from_thread.start_blocking_portal("asyncio")
        self.portal = self.runner.__enter__()
        self.database = self.portal.call(Database.open, ":memory:")
        self.portal.call(_prepare, self.database)
        self.now = NOW
        self.codes: dict[str, tuple[str, datetime]] = {}
        self.failures: list[datetime] = []

    def _tries_used(self) -> int:
        return sum(issued > self.now - timedelta(minutes=10) for issued in self.failures)

    @rule(seconds=st.integers(0, 400))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(where=st.sampled_from(["c1", "c2"]))
    def issue(self, where: str) -> None:
        request = CodeRequest(conversation_id=where, customer_id="u-C-1001", address=LENA.email)
        try:
            code = self.portal.call(_issue, self.database, request, self.now)
        except IdentityError:
            assert self._tries_used() >= 5
        else:
            assert self._tries_used() < 5
            self.codes[where] = (code, self.now)

    @rule(where=st.sampled_from(["c1", "c2"]), right=st.booleans())
    def check(self, where: str, right: bool) -> None:
        code, issued = self.codes.get(where, ("123456", NOW - timedelta(days=1)))
        is_live = where in self.codes and self.now < issued + timedelta(minutes=10) and self._tries_used() < 5
        proven = self.portal.call(_check, self.database, code if right else _other(code), self.now, where)
        assert proven == ("u-C-1001" if right and is_live else None)
        if proven:
            del self.codes[where]
        elif is_live:
            self.failures.append(issued)

    def teardown(self) -> None:
        self.portal.call(self.database.close)
        self.runner.__exit__(None, None, None)


TestGuessing = Guessing.TestCase
TestGuessing.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
