from orchestrator.retrieval import Document, index_documents

from .encoders import TrigramEncoder

DOCUMENTS = [
    Document(id="a", title="How do I delete my account?", text="Go to settings.\n\n" + "More words follow here. " * 100),
    Document(id="b", title="How do I change my picture?", text="Open your profile."),
    Document(id="c", title="Strikethrough", text=""),
]


def test_documents_are_found_once_each_best_first():
    with index_documents(DOCUMENTS, encoder=TrigramEncoder()) as searcher:
        found = searcher.search("delete the account")
        assert next(key for key, _ in found) == "a"
        assert len({key for key, _ in found}) == len(found) == 3
        assert searcher.search("strikethrough", limit=1)[0][0] == "c"


def test_keywords_alone_will_do():
    with index_documents(DOCUMENTS, encoder=None) as searcher:
        assert searcher.search("profile picture")[0][0] == "b"
