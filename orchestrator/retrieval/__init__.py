"""The knowledge base: articles, their passages, the search over them, answers with citations, and gaps."""

from orchestrator.retrieval.answers import Answer
from orchestrator.retrieval.blend import Blend
from orchestrator.retrieval.corpus import CorpusSearcher, Document, index_documents
from orchestrator.retrieval.gaps import Gap
from orchestrator.retrieval.manifest import IndexDamagedError
from orchestrator.retrieval.pages import Page, render_page
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.search import Hit, KnowledgeBase, Readership
from orchestrator.retrieval.shelves import Encoders
from orchestrator.retrieval.vectors import IndexReport

__all__ = [
    "Answer", "Blend", "CorpusSearcher", "Document", "Encoders", "Gap", "Hit", "IndexDamagedError", "IndexReport", "KnowledgeBase",
    "Page", "Passage", "Readership", "index_documents", "render_page",
]  # fmt: skip
