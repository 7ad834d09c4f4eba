"""`make bench`: every part, or those named (`python -m bench brain`); prints tables and writes `bench/results/latest.json`."""

import sys

from bench import brain, embedded, surfaces

PARTS = {"embedded": embedded.run, "brain": brain.run, "surfaces": surfaces.main}


def main(names: list[str]) -> int:
    """Runs the parts."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"there is no part {unknown[0]!r}. The parts are: {', '.join(PARTS)}")
    for name in names or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
