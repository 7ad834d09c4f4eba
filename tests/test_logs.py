"""A process logs one line per event on standard error, as JSON when nobody watches."""

import json
from collections.abc import Iterator

import pytest
import structlog

from orchestrator import logs
from orchestrator.settings import Settings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_an_event_is_one_json_line_with_its_level_and_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_level="info"))
    structlog.get_logger().debug("too quiet")
    structlog.get_logger().warning("reply withheld", conversation="c1")
    out, err = capsys.readouterr()
    assert out == ""
    [line] = [json.loads(row) for row in err.splitlines()]
    assert (line["event"], line["level"], line["conversation"]) == ("reply withheld", "warning", "c1")


def test_a_failure_is_logged_without_any_local_variable(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings())

    def answer(said: str) -> None:
        if said:
            raise RuntimeError("boom")

    try:
        answer("".join(("my ", "secret")))
    except RuntimeError:
        structlog.get_logger().exception("turn failed")
    err = capsys.readouterr().err
    assert "boom" in err
    assert "my secret" not in err
