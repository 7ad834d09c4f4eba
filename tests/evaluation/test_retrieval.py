"""The measurement of search, and the files it reads."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.errors import ProjectError
from orchestrator.evaluation.retrieval import (
    Document,
    load_docs,
    load_qrels,
    load_queries,
    measure_retrieval,
    unknown_documents,
)


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def test_every_judged_query_is_asked_and_scored() -> None:
    def search(query: str, count: int) -> Sequence[str]:
        assert count == 10
        return {"first": ["a", "b"], "second": ["b", "a"], "never": []}[query]

    queries = {"1": "first", "2": "second", "3": "never", "4": "unjudged"}
    report = measure_retrieval(search, queries, {"1": {"a": 1}, "2": {"a": 1}, "3": {"a": 1}, "4": {}})
    assert (report.queries, report.unjudged) == (3, 1)
    assert report.recall_at_1 == pytest.approx(1 / 3)
    assert report.recall_at_5 == report.recall_at_10 == pytest.approx(2 / 3)
    assert report.mrr_at_10 == pytest.approx(0.5)
    assert 0.5 < report.ndcg_at_10 < 0.6
    assert ("R@1", "33.3%") in report.as_rows()
    assert report.as_dict()["queries"] == 3


def test_nothing_judged_gives_zeros() -> None:
    assert measure_retrieval(lambda _query, _count: [], {"1": "a"}, {}).queries == 0


def test_documents_are_read_as_text_or_as_question_and_answers(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "docs.jsonl",
        '{"id": "a", "title": "T", "text": "body"}\n{"doc_id": 7, "question": "Q?", "answers": ["one", "two"]}\n',
    )
    assert load_docs(path) == [Document(id="a", question="T", text="body"), Document(id="7", question="Q?", text="one\n\ntwo")]


def test_queries_without_an_id_are_named_by_their_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "queries.jsonl", '{"query": "how?", "doc_id": "a"}\n\n{"query": "why?", "doc_id": "b"}\n')
    assert load_queries(path) == {"1": "how?", "3": "why?"}
    assert load_qrels(path) == {"1": {"a": 1.0}, "3": {"b": 1.0}}


@pytest.mark.parametrize(
    "content",
    ["q1\ta\t2\nq1\tb\t0\n", "query-id\tcorpus-id\tscore\nq1\ta\t2\n", "q1 0 a 2\nq1 0 b 0\n"],
)
def test_judgements_are_read_in_the_usual_forms(tmp_path: Path, content: str) -> None:
    assert load_qrels(_file(tmp_path, "qrels.tsv", content)) == {"q1": {"a": 2.0}}


def test_lists_of_relevant_documents_are_read(tmp_path: Path) -> None:
    path = _file(tmp_path, "qrels.jsonl", '{"id": "q", "relevant": ["a", "b"]}\n{"id": "r", "relevant": []}\n')
    assert load_qrels(path) == {"q": {"a": 1.0, "b": 1.0}}


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("docs.jsonl", '{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', r"docs\.jsonl:2: the document id 'a' comes twice"),
        ("docs.jsonl", '{"text": "x"}', r"docs\.jsonl:1: no id"),
        ("docs.jsonl", '{"id": "a"}', r"docs\.jsonl:1: no field 'text'"),
        ("docs.jsonl", '{"id": "a", "answers": [1]}', r"docs\.jsonl:1: answers of"),
        ("docs.jsonl", "", r"docs\.jsonl:1: no documents"),
    ],
)
def test_a_wrong_document_is_named(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    with pytest.raises(ProjectError, match=complaint):
        load_docs(_file(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("qrels.tsv", "q\ta\tgood\n", r"qrels\.tsv:1: the grade is 'good'"),
        ("qrels.tsv", "q\ta\t1\nq\n", r"qrels\.tsv:2: 1 columns"),
        ("qrels.jsonl", '{"id": "q"}', r"qrels\.jsonl:1: the document id is None"),
        ("qrels.jsonl", '{"id": "q", "relevant": "a"}', r"qrels\.jsonl:1: relevant is 'a'"),
    ],
)
def test_a_wrong_judgement_is_named(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    with pytest.raises(ProjectError, match=complaint):
        load_qrels(_file(tmp_path, name, content))


def test_the_same_query_id_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"queries\.jsonl:2: the query id 'q' comes twice"):
        load_queries(_file(tmp_path, "queries.jsonl", '{"id": "q", "text": "a"}\n{"id": "q", "text": "b"}\n'))


def test_judged_documents_must_exist(tmp_path: Path) -> None:
    documents = [Document(id="a", question="", text="x")]
    unknown_documents(documents, {"q": {"a": 1.0}}, tmp_path)
    with pytest.raises(ProjectError, match="judges 1 documents that are not among the documents: 'b'"):
        unknown_documents(documents, {"q": {"a": 1.0, "b": 1.0}}, tmp_path)
