"""`python -m tests.fuzz [--seconds 60] [PARSER...]`: every parser under the coverage-guided fuzzer; exits 1 when something is found.

The fuzzer has an environment of its own, made from `requirements.txt` the first time. What is found is kept in `found/`.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.fuzz.parsers import PARSERS, Parser

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".venv"
LOCK = HERE / "requirements.txt"
FOUND = HERE / "found"
LONGEST_INPUT = 4096
STARTING_SECONDS = 120
RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
COVERED = re.compile(r"cov: (\d+)")
console = Console()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it went: inputs that were read, branches that were seen, and what the process said when it found something."""

    runs: int
    covered: int
    failure: str


def main() -> int:
    """Runs the parsers that are named, or all."""
    arguments = _arguments()
    chosen = [parser for parser in PARSERS if not arguments.parsers or parser.name in arguments.parsers]
    _install()
    failed = 0
    for parser in chosen:
        outcome = _fuzzed(parser, arguments.seconds)
        failed += bool(outcome.failure)
        console.print(f"{parser.name:<18}{outcome.runs:>9} inputs {outcome.covered:>6} branches  {'FOUND' if outcome.failure else 'ok'}")
        if outcome.failure:
            console.print(outcome.failure, markup=False, highlight=False)
    return int(bool(failed))


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Feeds every parser whatever breaks it.")
    reader.add_argument("--seconds", type=int, default=60, help="how long each parser is fed (60)")
    names = [parser.name for parser in PARSERS]
    reader.add_argument("parsers", nargs="*", metavar="PARSER", help=", ".join(names), choices=[*names, []])
    return reader.parse_args()


def _install() -> None:
    """Once per lock: what is installed says so in a file of its own."""
    digest, installed = hashlib.sha256(LOCK.read_bytes()).hexdigest(), ENVIRONMENT / "installed.sha256"
    if installed.exists() and installed.read_text() == digest:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    python = ENVIRONMENT / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)], check=True)
    installed.write_text(digest)


def _fuzzed(parser: Parser, seconds: int) -> Outcome:
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(parser.seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        FOUND.mkdir(exist_ok=True)
        limits = (f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", "-timeout=20", "-print_final_stats=1")
        kept = f"-artifact_prefix={FOUND}/{parser.name}-"
        command = [sys.executable, "-m", "tests.fuzz.child", parser.name, *limits, kept, corpus]
        done = subprocess.run(
            command, cwd=HERE.parents[1], env=_environment(), capture_output=True, timeout=2 * seconds + STARTING_SECONDS, check=False
        )
    said = (done.stderr + done.stdout).decode("utf-8", "replace")
    runs, covered = RUNS.findall(said), COVERED.findall(said)
    failure = said[said.rfind("=== Uncaught") :][-4000:] if done.returncode or not runs else ""
    return Outcome(runs=int(runs[-1]) if runs else 0, covered=int(covered[-1]) if covered else 0, failure=failure)


def _environment() -> dict[str, str]:
    """Ours, in which the fuzzer can be imported too."""
    fuzzer = sysconfig.get_path("purelib", vars={"base": str(ENVIRONMENT), "platbase": str(ENVIRONMENT)})
    paths = (str(HERE.parents[1]), fuzzer, os.environ.get("PYTHONPATH", ""))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path), "OMP_NUM_THREADS": "1"}


if __name__ == "__main__":
    sys.exit(main())
