"""Questions and answers of a CSV file, one article per topic and language, each question a heading."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import PurePosixPath

from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument
from orchestrator.retrieval.words import fold

COLUMNS: Mapping[str, frozenset[str]] = {
    "question": frozenset({"question", "title", "frage", "titel", "titre", "domanda", "titolo", "pergunta", "pregunta", "titulo", "q"}),
    "answer": frozenset({"answer", "text", "body", "antwort", "reponse", "texte", "risposta", "testo", "resposta", "respuesta", "a"}),
    "language": frozenset({"language", "lang", "locale", "sprache", "langue", "lingua", "idioma"}),
    "topic": frozenset({"topic", "category", "section", "thema", "kategorie", "sujet", "categorie", "categoria", "tema", "rubrique"}),
    "valid_from": frozenset({"valid_from", "from", "gultig_ab", "valable_des", "valido_da", "valido_desde"}),
    "valid_until": frozenset({"valid_until", "until", "to", "gultig_bis", "valable_jusqu", "valido_fino", "valido_ate", "valido_hasta"}),
}
"""What a column may be called, in the six languages, folded."""


@dataclass(frozen=True, kw_only=True)
class _Row:
    topic: str
    language: str
    valid_from: date | None
    valid_until: date | None


def read_table(data: bytes, source: str, limits: Limits) -> Iterator[SourceDocument]:
    """The documents of a table with the columns question and answer; language, topic, valid_from and valid_until if there are any.

    Raises:
        Refused: It is not UTF-8, has no such columns, too many rows, or a day that is none.
    """
    reader = csv.reader(StringIO(_text(data), newline=""), _dialect(data))
    try:
        columns = _columns(next(reader, list[str]()))
        groups = dict[_Row, list[str]]()
        for number, cells in enumerate(reader, 2):
            if number > limits.rows:
                raise Refused(f"it has more than {limits.rows} rows. Split it.")
            row = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
            if row.get("question") and row.get("answer"):
                groups.setdefault(_placed(row, number), []).append(f"## {' '.join(row['question'].split())}\n\n{row['answer']}")
    except csv.Error as error:
        raise Refused(f"it is no readable table: {error}. Save it as UTF-8 CSV.") from error
    if not groups:
        raise Refused("no row has a question and an answer. Fill both columns.")
    stem = PurePosixPath(source).stem.replace("-", " ").replace("_", " ")
    for row, entries in groups.items():
        days = [day.isoformat() for day in (row.valid_from, row.valid_until) if day]
        place = "#".join(filter(None, (source, row.language, row.topic, *days)))
        yield SourceDocument(
            source=place, title=row.topic or stem, markdown=limits.check_text("\n\n".join(entries)), language=row.language,
            topic=row.topic, valid_from=row.valid_from, valid_until=row.valid_until,
        )  # fmt: skip


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("it is not UTF-8. Save it as UTF-8 CSV.") from error


def _dialect(data: bytes) -> type[csv.Dialect]:
    try:
        return csv.Sniffer().sniff(data[:8_000].decode("utf-8-sig", "ignore"), delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def _columns(header: list[str]) -> dict[str, int]:
    folded = [re.sub(r"\W+", "_", fold(cell.strip().lower())).strip("_") for cell in header]
    found = {name: place for name, known in COLUMNS.items() for place in [next((i for i, cell in enumerate(folded) if cell in known), -1)]}
    if found["question"] < 0 or found["answer"] < 0:
        raise Refused(f"its columns are {', '.join(header[:8])!r}. Call two of them question and answer.")
    return {name: place for name, place in found.items() if place >= 0}


def _placed(row: Mapping[str, str], number: int) -> _Row:
    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(row[name]) if row.get(name) else None
        except ValueError as error:
            raise Refused(f"row {number}: {name} is {row[name]!r}. Write days as 2026-12-31.") from error

    language = row.get("language", "")[:2].lower()
    return _Row(topic=row.get("topic", ""), language=language, valid_from=day("valid_from"), valid_until=day("valid_until"))
