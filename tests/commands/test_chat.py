"""`filrouge chat` and `filrouge index`: the same agents in a terminal."""

import os
import subprocess
import sys
from pathlib import Path

from .conftest import Command


def test_a_conversation_in_the_terminal_shows_its_routing_on_request(tiny_path: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "FILROUGE_DATA_DIR": str(tmp_path), "FILROUGE_ENCODER": "none", "COLUMNS": "200"}
    command = [Path(sys.executable).with_name("filrouge"), "chat", "--trace", "--project", tiny_path]
    asked = "How much does it cost to rent a bicycle?\n"
    done = subprocess.run(command, input=asked, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "CHF 42" in done.stdout.replace("\u00a0", " ")
    assert "rental/rental_price" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_language_that_is_not_spoken_is_refused(filrouge: Command, tiny_path: Path) -> None:
    ran = filrouge("chat", "--project", tiny_path, "--language", "tlh")
    assert (ran.code, ran.out) == (2, "")
    assert "'tlh' is none of en, fr, de, it, pt, es" in ran.err


def test_indexing_says_what_changed(filrouge: Command, tiny_path: Path) -> None:
    ran = filrouge("index", "--project", tiny_path)
    assert ran.code == 0, ran.err
    assert "passages" in ran.out
