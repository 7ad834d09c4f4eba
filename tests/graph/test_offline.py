"""Nothing leaves the machine: a house opens and answers while every other address is out of reach."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.assembly import open_house
from orchestrator.conversation import Inbound
from orchestrator.evaluation.transcript import shown
from orchestrator.project.project import Project
from orchestrator.runtime import Orchestrator
from orchestrator.settings import Settings

from .journey import MONDAY, Clock, Mailbox

pytestmark = pytest.mark.anyio
HERE = ("127.0.0.1", "::1", "localhost")


@pytest.fixture
def unplugged(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """No connection and no name look-up beyond this machine; what was tried is listed."""
    tried: list[object] = []

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and address[0] not in HERE:
                tried.append(address)
                raise ConnectionRefusedError(f"no network in this test: {address!r}")
            return real(self, address)

        return connect

    def looked_up(host: object, *rest: object, **more: object) -> list[object]:
        tried.append(host)
        raise socket.gaierror("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return tried


async def test_a_house_opens_and_answers_without_a_network(tiny_project: Project, unplugged: list[object], tmp_path: Path) -> None:
    settings, mailbox = Settings(data_dir=tmp_path / "data", encoder="use+e5"), Mailbox()
    async with (
        open_house(tiny_project, settings, now=MONDAY, deliver_code=mailbox.deliver) as house,
        Orchestrator.serving(house, settings, Clock()) as orchestrator,
    ):
        inbound = Inbound(conversation_id="c1", text="How much does it cost to rent a bicycle?", language="en")
        seen = shown([event async for event in orchestrator.send(inbound)], None, 0.0)
    assert "42" in seen.text
    assert unplugged == []
