"""Documents from elsewhere made articles: web pages, PDF, Word and tables of questions, read with limits and looked through first."""

from orchestrator.retrieval.personal import Finding, find_personal
from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument
from orchestrator.retrieval.sources.importing import Import, Labels
from orchestrator.retrieval.sources.likeness import Conflict, Pair, conflicts, near_duplicates
from orchestrator.retrieval.sources.looking import look_through
from orchestrator.retrieval.sources.reading import read_source
from orchestrator.retrieval.sources.report import Flag, ImportReport, Written

__all__ = [
    "Conflict", "Finding", "Flag", "Import", "ImportReport", "Labels", "Limits", "Pair", "Refused", "SourceDocument", "Written",
    "conflicts", "find_personal", "look_through", "near_duplicates", "read_source",
]  # fmt: skip
