"""One parser under the coverage-guided fuzzer, in a process of its own: `python -m tests.fuzz.child PARSER [options of libFuzzer]`."""

import logging
import sys
from collections.abc import Callable
from random import Random
from types import ModuleType
from typing import Protocol, cast

import structlog

WATCHED = ["orchestrator.channels", "orchestrator.server", "orchestrator.understanding.heard", "orchestrator.dialogue.spoken"]
"""Whose branches the fuzzer sees: what stands before a turn."""
FROM_A_SEED = 0.7
"""How often a body is changed as the document that it is, and not byte by byte."""
Mutator = Callable[[bytes, int, int], bytes]


class Atheris(Protocol):
    """What we use of the fuzzer, which is installed apart."""

    def Setup(self, arguments: list[str], read: Callable[[bytes], None], *, custom_mutator: Mutator | None) -> None: ...  # noqa: N802

    def Fuzz(self) -> None: ...  # noqa: N802

    def Mutate(self, data: bytes, size: int) -> bytes: ...  # noqa: N802


def main() -> None:
    """Fuzzes until the time is over or something is found; a file among the options is read once instead."""
    import atheris  # pyright: ignore[reportMissingImports, reportUnknownVariableType]  # installed for this process alone

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    fuzzer = cast("Atheris", atheris)
    with cast("ModuleType", atheris).instrument_imports(include=WATCHED):
        from tests.fuzz.door import opened
        from tests.fuzz.mutation import mutated
        from tests.fuzz.parsers import PARSERS
    parser = next(parser for parser in PARSERS if parser.name == sys.argv[1])

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        random = Random(seed)
        changed = mutated(data, random) if random.random() < FROM_A_SEED else data
        return changed if changed != data and len(changed) <= size else fuzzer.Mutate(data, size)

    with opened() as door:
        custom = mutate if parser.kind == "json" else None
        fuzzer.Setup([sys.argv[0], *sys.argv[2:]], lambda data: parser.read(door, data), custom_mutator=custom)
        fuzzer.Fuzz()


if __name__ == "__main__":
    main()
