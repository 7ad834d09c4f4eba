"""How well the knowledge base finds: a search function measured against judged queries."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from orchestrator.errors import ProjectError
from orchestrator.evaluation.rows import Row, mistake, read_rows, text_of
from orchestrator.evaluation.scores import hit_at, ndcg, percentile, reciprocal_rank

Search = Callable[[str, int], Sequence[str]]
"""Query and number wanted → ids of documents, best first."""

Qrels = Mapping[str, Mapping[str, float]]
"""Query id → document id → grade above 0."""

DEPTH = 10


@dataclass(frozen=True, kw_only=True)
class Document:
    """Something to be found: `question` is empty unless the source is a list of questions and answers."""

    id: str
    question: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RetrievalReport:
    """Means over all judged queries, as shares of 1; times in milliseconds on the wall.

    Args:
        queries: How many were measured.
        unjudged: How many had no relevant document and were left out.
        recall_at_1: Share of queries with a relevant document in first place (success; equals recall for one relevant document).
        recall_at_5: The same for the first five.
        recall_at_10: The same for the first ten.
        mrr_at_10: Mean reciprocal rank.
        ndcg_at_10: Normalised discounted cumulative gain.
        p50_ms: Median time of a search.
        p95_ms: Time that 95 % of the searches stay below.
    """

    queries: int
    unjudged: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float
    ndcg_at_10: float
    p50_ms: float
    p95_ms: float

    def as_dict(self) -> dict[str, int | float]:
        """For JSON."""
        return asdict(self)

    def as_rows(self) -> list[tuple[str, str]]:
        """For a table of two columns."""
        return [
            ("queries", str(self.queries)),
            ("queries without a relevant document (left out)", str(self.unjudged)),
            ("R@1", f"{self.recall_at_1:.1%}"),
            ("R@5", f"{self.recall_at_5:.1%}"),
            ("R@10", f"{self.recall_at_10:.1%}"),
            ("MRR@10", f"{self.mrr_at_10:.1%}"),
            ("nDCG@10", f"{self.ndcg_at_10:.1%}"),
            ("p50 / p95 per query", f"{self.p50_ms:.1f} / {self.p95_ms:.1f} ms"),
        ]


def measure_retrieval(search: Search, queries: Mapping[str, str], qrels: Qrels) -> RetrievalReport:
    """Asks every judged query once and scores the first ten documents.

    Args:
        search: What is measured; the first query is asked once before the clock starts.
        queries: Query id → text.
        qrels: What is relevant.
    """
    judged = {name: text for name, text in queries.items() if qrels.get(name)}
    hits: dict[int, list[float]] = {1: [], 5: [], DEPTH: []}
    ranks: list[float] = []
    gains: list[float] = []
    times: list[float] = []
    if judged:
        search(next(iter(judged.values())), DEPTH)
    for name, text in judged.items():
        begin = time.perf_counter()
        ranking = search(text, DEPTH)
        times.append(1000 * (time.perf_counter() - begin))
        grades = qrels[name]
        for depth, found in hits.items():
            found.append(hit_at(ranking, grades, depth))
        ranks.append(reciprocal_rank(ranking, grades, DEPTH))
        gains.append(ndcg(ranking, grades, DEPTH))
    return RetrievalReport(
        queries=len(judged),
        unjudged=len(queries) - len(judged),
        recall_at_1=_mean(hits[1]),
        recall_at_5=_mean(hits[5]),
        recall_at_10=_mean(hits[DEPTH]),
        mrr_at_10=_mean(ranks),
        ndcg_at_10=_mean(gains),
        p50_ms=percentile(times, 0.5),
        p95_ms=percentile(times, 0.95),
    )


def load_docs(path: Path) -> list[Document]:
    """Documents of a JSON lines file: `id` or `doc_id` or `_id`; `text`, `content`, `answer` or `answers`; `question` or `title` if any.

    Raises:
        ProjectError: A line is wrong or an id comes twice.
    """
    found: dict[str, Document] = {}
    for line, row in read_rows(path):
        name = _id(path, line, row, "id", "doc_id", "_id")
        if name in found:
            raise mistake(path, line, f"the document id {name!r} comes twice. Give each document its own id.")
        question = next((text_of(path, line, row, field) for field in ("question", "title") if row.get(field)), "")
        found[name] = Document(id=name, question=question, text=_body(path, line, row, question))
    if not found:
        raise mistake(path, 1, "no documents. Write one JSON object per line.")
    return list(found.values())


def load_queries(path: Path) -> dict[str, str]:
    """Queries of a JSON lines file by id: `text` or `query`, and `id`, `query_id` or `_id`; without an id, the line number serves.

    Raises:
        ProjectError: A line is wrong or an id comes twice.
    """
    found: dict[str, str] = {}
    for line, row in read_rows(path):
        name = _query_id(path, line, row)
        if name in found:
            raise mistake(path, line, f"the query id {name!r} comes twice. Give each query its own id.")
        found[name] = text_of(path, line, row, "text", "query")
    if not found:
        raise mistake(path, 1, "no queries. Write one JSON object per line.")
    return found


def load_qrels(path: Path) -> dict[str, dict[str, float]]:
    """What is relevant: `query document grade` separated by tabs, as TREC (four columns) or BEIR (three, with a header) write it, or JSON
    lines with `doc_id` or `relevant`, which may be the queries file itself.

    Grades of 0 and below are left out.

    Raises:
        ProjectError: A line is wrong.
    """
    found: dict[str, dict[str, float]] = {}
    if path.suffix in {".jsonl", ".json"}:
        for line, row in read_rows(path):
            relevant = row["relevant"] if "relevant" in row else [row.get("doc_id", row.get("corpus_id"))]
            if not isinstance(relevant, list):
                raise mistake(path, line, f"relevant is {relevant!r}. Write a list of document ids.")
            grade = row.get("relevance", row.get("score", 1))
            for document in cast("list[object]", relevant):
                _judge(path, line, found, (_query_id(path, line, row), document, grade))
        return found
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise mistake(path, 1, f"cannot be read: {error}. Give a UTF-8 file.") from error
    for line, content in enumerate(lines, start=1):
        columns = content.split("\t") if "\t" in content else content.split()
        if not columns or (line == 1 and columns[-1] in {"score", "relevance"}):
            continue
        if len(columns) not in {3, 4}:
            raise mistake(path, line, f"{len(columns)} columns. Write query, document and grade, separated by tabs.")
        _judge(path, line, found, (columns[0], columns[-2], columns[-1]))
    return found


def _judge(path: Path, line: int, found: dict[str, dict[str, float]], judgement: tuple[str, object, object]) -> None:
    query, document, grade = judgement
    if not isinstance(document, str | int) or document == "":
        raise mistake(path, line, f"the document id is {document!r}. Name the relevant document in doc_id.")
    try:
        value = float(str(grade))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise mistake(path, line, f"the grade is {grade!r}. Write a number: 0 for not relevant, 1 or more for relevant.")
    if value > 0:
        found.setdefault(query, {})[str(document)] = value


def _id(path: Path, line: int, row: Row, *names: str) -> str:
    found = next((row[name] for name in names if name in row), None)
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise mistake(path, line, f"no id. Give one of the fields {', '.join(names)}.")
    return str(found)


def _query_id(path: Path, line: int, row: Row) -> str:
    names = ("id", "query_id", "_id")
    return _id(path, line, row, *names) if any(name in row for name in names) else str(line)


def _body(path: Path, line: int, row: Row, question: str) -> str:
    answers = row.get("answers")
    if answers is None:
        return text_of(path, line, row, "text", "answer", "content")
    texts = cast("list[object]", answers) if isinstance(answers, list) else [answers]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise mistake(path, line, f"answers of {question or 'the document'!r} is {answers!r}. Write a list of texts.")
    return "\n\n".join(str(text) for text in texts)


def unknown_documents(documents: Sequence[Document], qrels: Qrels, path: Path) -> None:
    """Refuses judgements of documents that aren't there, which would make every figure too low.

    Raises:
        ProjectError: Names the first few.
    """
    known = {document.id for document in documents}
    lost = sorted({name for grades in qrels.values() for name in grades} - known)
    if lost:
        shown = ", ".join(repr(name) for name in lost[:5])
        raise ProjectError([*mistake(path, 1, f"judges {len(lost)} documents that are not among the documents: {shown}.").mistakes])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
