"""A short run of every fuzzed parser, always the same; `python -m tests.fuzz` is the long one."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.door import Door, opened
from tests.fuzz.mutation import mutated
from tests.fuzz.parsers import PARSERS, Parser

EXAMPLES = 150


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with opened() as found:
        yield found


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_takes_what_really_comes(door: Door, parser: Parser) -> None:
    for seed in parser.seeds:
        parser.read(door, seed)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_a_parser_takes_whatever_comes(door: Door, parser: Parser) -> None:
    changed = st.builds(mutated if parser.kind == "json" else _scrambled, st.sampled_from(parser.seeds), st.builds(Random, st.integers()))

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(changed | st.binary(max_size=200))
    def check(data: bytes) -> None:
        parser.read(door, data)

    check()


def _scrambled(data: bytes, random: Random) -> bytes:
    """The bytes with some of them replaced, left out, moved or put in."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        start = random.randrange(len(changed) + 1)
        end = min(len(changed), start + random.randint(0, 6))
        changed[start:end] = random.choice((b"", bytes([random.randrange(256)]), bytes(changed[start:end]) * 2, "²٣\u202e".encode()))
    return bytes(changed)
