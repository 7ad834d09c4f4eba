"""`python -m bench.knowledge [PASSAGES…]`: the knowledge base at size, on generated documents (default: 10,000 and 100,000 passages).

Vectors come from a stand-in encoder (384 dimensions, the mean of random word vectors), so that building measures the index and not the
encoder; what the shipped encoder takes for a query and a passage is measured beside it and must be added.
"""

import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from orchestrator.encoders import load_first
from orchestrator.retrieval.index import PassageIndex
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.store import open_store
from orchestrator.retrieval.vectors import VectorIndex

RESULTS = Path(__file__).parent / "results" / "knowledge.json"
SIZES = (10_000, 100_000)
VOCABULARY = 30_000
WORDS = 60
PER_DOCUMENT = 6
TOPICS = 20
QUERIES = 300
console = Console()
Result = TypeVar("Result")


class StandIn:
    """An encoder that costs nothing: texts with the same words are near."""

    name = "stand-in"
    dimensions = 384

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Vectors of unit length."""
        rows = np.stack([np.sum([_vector(word) for word in text.split()] or [_vector("")], axis=0) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    encode_passages = encode


@cache
def _vector(word: str) -> NDArray[np.float32]:
    return np.random.default_rng(crc32(word.encode())).normal(size=StandIn.dimensions).astype(np.float32)


def main(sizes: Sequence[int]) -> int:
    """Measures each size and the encoder."""
    report: dict[str, object] = {
        "machine": f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}, CPython {platform.python_version()}",
        "encoder": encoder_times(),
    }
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            report[str(size)] = measured(size, Path(folder))
        console.print(size, report[str(size)])
    console.print(report["encoder"])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def measured(size: int, folder: Path) -> dict[str, float]:
    """Everything about one size."""
    passages = generated(size)
    before = resident()
    store = open_store(folder)
    vectors = VectorIndex(store, "bench", StandIn())
    began = time.process_time()
    build, _ = timed(lambda: vectors.sync(passages))
    built = time.process_time() - began
    words, index = timed(lambda: PassageIndex.of(passages, "en", vectors))
    queries = asked(passages)
    for query in queries[:20]:
        index.search(query, 5)
    cpu = time.process_time()
    times = [timed(lambda query=query: index.search(query, 5))[0] for query in queries]
    cpu = (time.process_time() - cpu) / len(queries)
    hidden = frozenset(passage.id for passage in passages if int(passage.article[3:]) % TOPICS)
    index.search(queries[0], 5, hidden)
    narrow = [timed(lambda query=query: index.search(query, 5, hidden))[0] for query in queries]
    memory = resident() - before
    changed = [replace(p, blocks=(p.blocks[0] + " Amended.",)) if p.article == "doc7" else p for p in passages]
    new = [passage for passage in changed if passage.article == "doc7"]
    changing = time.process_time()
    again, _ = timed(lambda: (index.changed([passage.id for passage in new], new), vectors.sync(changed)))
    changing = time.process_time() - changing
    store.close()
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    reopened, _ = timed(lambda: reopen(folder, changed))
    return {
        "index_s": round(build, 1), "index_cpu_s": round(built, 1), "passages_per_s": round(size / build), "keywords_s": round(words, 1),
        "open_again_s": round(reopened, 1),
        "query_p50_ms": round(1000 * statistics.median(times), 2), "query_p95_ms": round(1000 * statistics.quantiles(times, n=20)[-1], 2),
        "topic_p50_ms": round(1000 * statistics.median(narrow), 2), "topic_p95_ms": round(1000 * statistics.quantiles(narrow, n=20)[-1], 2),
        "query_cpu_ms": round(1000 * cpu, 2), "one_document_s": round(again, 2), "one_document_cpu_s": round(changing, 2),
        "disk_mb": round(disk / 1e6), "resident_mb": round(memory),
    }  # fmt: skip


def reopen(folder: Path, passages: Sequence[Passage]) -> None:
    """What a start costs when nothing changed: the vectors' side."""
    store = open_store(folder)
    VectorIndex(store, "bench", StandIn()).sync(passages)
    store.close()


def encoder_times() -> dict[str, float]:
    """Milliseconds of the shipped encoder for a question and a passage of usual length."""
    encoder = load_first("e5", "use")
    if encoder is None:
        return {}
    texts = [" ".join(passage.blocks[0].split()[:8]) for passage in generated(60)]
    query = [timed(partial(encoder.encode, [text]))[0] for text in texts]
    long = [timed(partial(encoder.encode_passages, [passage.blocks[0]]))[0] for passage in generated(30)]
    return {"query_p50_ms": round(1000 * statistics.median(query), 1), "passage_p50_ms": round(1000 * statistics.median(long), 1)}


def generated(size: int) -> list[Passage]:
    """Passages of Zipf-distributed made-up words, six to a document, each document with words of its own."""
    chance = random.Random(7)  # noqa: S311  # made-up words
    letters = "aeioubcdfglmnprstv"
    words = ["".join(chance.choices(letters, k=chance.randint(4, 9))) for _ in range(VOCABULARY)]
    weights = [1 / (rank + 10) for rank in range(VOCABULARY)]
    drawn = iter(chance.choices(words, weights, k=size * WORDS))
    found = list[Passage]()
    for number in range(size):
        own = words[(number // PER_DOCUMENT * 7) % VOCABULARY]
        text = " ".join([own, *(next(drawn) for _ in range(WORDS - 1))])
        document = f"doc{number // PER_DOCUMENT}"
        head = f"{own} {words[number % VOCABULARY]}"
        found.append(Passage(id=f"{document}#{number}", article=document, anchor=str(number), title=own, headings=(head,), blocks=(text,)))
    return found


def asked(passages: Sequence[Passage]) -> list[str]:
    """Eight words of a passage each."""
    chance = random.Random(11)  # noqa: S311  # made-up words
    return [" ".join(chance.sample(passage.blocks[0].split(), 8)) for passage in chance.sample(passages, QUERIES)]


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds and result."""
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def resident() -> float:
    """Megabytes of this process (Linux; 0 elsewhere)."""
    try:
        return int(next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmRSS")).split()[1]) / 1000
    except (OSError, StopIteration):
        return 0.0


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or SIZES))
