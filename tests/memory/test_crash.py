import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.memory import conversations, inbox
from orchestrator.store import Database

from .given import conversation

pytestmark = pytest.mark.anyio

_ACCEPT_UNTIL_KILLED = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from orchestrator.conversation import Inbound
from orchestrator.memory import inbox
from orchestrator.store import Database

async def main():
    database = await Database.open(sys.argv[1])
    for number in itertools.count():
        async with database.unit() as unit:
            said = Inbound(conversation_id="c1", text="hello", message_id=f"p{sys.argv[2]}-{number}")
            await inbox.accept(unit, said, id=f"m{sys.argv[2]}-{number}", now=datetime.now(UTC))
        print(f"m{sys.argv[2]}-{number}", flush=True)

asyncio.run(main())
"""


async def test_a_message_that_was_accepted_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with await Database.open(path) as database, database.unit() as unit:
        await conversations.create(unit, conversation())
    acknowledged = [message_id for round in range(3) for message_id in _killed_after(str(path), round, acknowledgements=5 + round)]
    async with await Database.open(path) as database, database.reading() as unit:
        kept = await inbox.unanswered(unit, "c1")
    assert {pending.message_id for pending in kept} >= set(acknowledged)
    assert [pending.sequence for pending in kept] == list(range(1, len(kept) + 1))


def _killed_after(path: str, round: int, *, acknowledgements: int) -> list[str]:
    command = [sys.executable, "-c", _ACCEPT_UNTIL_KILLED, path, str(round)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(acknowledgements)]
        process.kill()
        # What was still in the pipe was acknowledged too; a line cut off by the kill was not.
        said += [line.strip() for line in process.stdout.readlines() if line.endswith("\n")]
    return said
