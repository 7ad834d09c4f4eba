"""The knowledge base: articles, their passages, the search over them, answers with citations, and gaps."""

from orchestrator.retrieval.answers import Answer
from orchestrator.retrieval.blend import Blend
from orchestrator.retrieval.corpus import CorpusSearcher, Document, index_documents
from orchestrator.retrieval.gaps import Gap
from orchestrator.retrieval.pages import Page, render_page
from orchestrator.retrieval.passages import Passage
from orchestrator.retrieval.search import Encoders, Hit, KnowledgeBase
from orchestrator.retrieval.vectors import IndexReport

__all__ = [
    "Answer", "Blend", "CorpusSearcher", "Document", "Encoders", "Gap", "Hit", "IndexReport", "KnowledgeBase",
    "Page", "Passage", "index_documents", "render_page",
]  # fmt: skip
