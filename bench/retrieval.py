"""`python -m bench.retrieval DATA`: how well the knowledge base finds, on the development splits of three public sets.

`DATA` holds `stackfaq/`, `tau2_banking_kb/` and `dstc_faq/` as they are distributed. StackFAQ: rephrasings → question with answers.
Banking: a document's title → its body, which is indexed without the title. DSTC11: a dialogue's last turn → question with answer, among
those of the place it is about.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rich.console import Console

from orchestrator.assembly import knowledge_encoders
from orchestrator.evaluation.retrieval import RetrievalReport, measure_retrieval
from orchestrator.retrieval import Document, index_documents
from orchestrator.settings import load_settings

RESULTS = Path(__file__).parent / "results" / "retrieval.json"
Row = Mapping[str, object]
console = Console()


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to find in what; `groups` restricts a query to a group of documents."""

    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, float]]
    groups: Mapping[str, str]


def main(data: Path, directory: Path | None = None) -> int:
    """Measures every set that is there; `directory` keeps the vectors for the next time."""
    tasks = {"StackFAQ": stackfaq, "bank documents": bank, "DSTC11": dstc}
    found = dict[str, object]()
    for name, read in tasks.items():
        try:
            task = read(data)
        except FileNotFoundError as error:
            console.print(f"{name}: not measured, there is no {error.filename}")
            continue
        report = measured(task, directory / name.replace(" ", "-") if directory else None)
        console.print(f"{name:<16}" + "   ".join(f"{label} {value}" for label, value in report.as_rows()))
        found[name] = report.as_dict()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def measured(task: Task, directory: Path | None) -> RetrievalReport:
    """The report of one set."""
    encoder = knowledge_encoders(load_settings()).search
    # Two places may be asked the same, so a query carries its name.
    queries = {name: f"{name}\0{text}" for name, text in task.queries.items()}
    with index_documents(task.documents, encoder=encoder, directory=directory) as index:

        def search(query: str, limit: int) -> Sequence[str]:
            name, _, text = query.partition("\0")
            return [key for key, _ in index.search(text, limit, task.groups.get(name, ""))]

        return measure_retrieval(search, queries, task.relevant)


def stackfaq(data: Path) -> Task:
    """630 rephrasings of the first 63 of 125 questions."""
    rows = _rows(data / "stackfaq" / "docs.jsonl")
    documents = tuple(
        Document(id=str(row["doc_id"]), title=str(row["question"]), text="\n\n".join(cast("list[str]", row["answers"]))) for row in rows
    )
    asked = list(enumerate(_rows(data / "stackfaq" / "queries_dev.jsonl")))
    return Task(
        documents=documents, queries={str(n): str(row["query"]) for n, row in asked},
        relevant={str(n): {str(row["doc_id"]): 1.0} for n, row in asked}, groups={},
    )  # fmt: skip


def bank(data: Path) -> Task:
    """698 titles, each of which was taken from its document."""
    rows = list(_rows(data / "tau2_banking_kb" / "docs.jsonl"))
    return Task(
        documents=tuple(Document(id=str(row["id"]), title="", text=str(row["content"])) for row in rows),
        queries={str(row["id"]): str(row["title"]) for row in rows}, relevant={str(row["id"]): {str(row["id"]): 1.0} for row in rows},
        groups={},
    )  # fmt: skip


def dstc(data: Path) -> Task:
    """367 last turns that need one of 2,869 questions with answers, about places that are known from the dialogue."""
    rows = list(_rows(data / "dstc_faq" / "dstc11_faq_docs.jsonl"))
    entities = {str(row["doc_id"]): str(row["entity"]) for row in rows}
    documents = tuple(
        Document(id=str(row["doc_id"]), title=str(row["question"]), text=str(row["answer"]), group=str(row["entity"])) for row in rows
    )
    queries, relevant, groups = dict[str, str](), dict[str, dict[str, float]](), dict[str, str]()
    for row in _rows(data / "dstc_faq" / "dstc11_val_queries.jsonl"):
        gold = cast("list[str]", row["relevant"])
        if row["needs_knowledge"] and gold:
            name = str(row["id"])
            queries[name] = cast("list[list[str]]", row["dialogue"])[-1][1]
            relevant[name], groups[name] = dict.fromkeys(gold, 1.0), entities[gold[0]]
    return Task(documents=documents, queries=queries, relevant=relevant, groups=groups)


def _rows(path: Path) -> Iterable[Row]:
    return [cast("Row", json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))  # the program's own arguments
