"""Terms, their weights, and the two ways to the same vector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.understanding.tfidf import Corpus, Tfidf, fold, terms

TEXTS = ["Where is my parcel?", "where is the parcel", "I want my money back", "Où est mon colis ?", ""]


def test_case_and_accents_make_no_difference() -> None:
    assert list(terms("OÙ EST MON RETOUR")) == list(terms("ou est mon retour"))
    assert fold("Straße ﬁn") == "strasse fin"


def test_terms_are_words_word_pairs_and_pieces_of_words() -> None:
    found = set(terms("my tea"))
    assert {"=my", "=tea", "=my tea", " m", "my ", " my ", " te", "tea", " tea "} <= found


def test_a_vector_of_known_terms_has_length_one() -> None:
    _, weights = Tfidf.fit(TEXTS).vector(TEXTS[0])
    assert weights @ weights == pytest.approx(1.0, abs=1e-5)


def test_a_text_in_a_language_never_seen_comes_out_short() -> None:
    tfidf = Tfidf.fit(TEXTS[:3])
    _, weights = tfidf.vector("kde je můj balík prosím")
    assert weights @ weights < 0.2


def test_the_corpus_gives_the_same_vectors_as_one_text_at_a_time() -> None:
    corpus = Corpus.read(TEXTS)
    rows = np.arange(3)
    weights = corpus.weigh(rows)
    tfidf, kept = corpus.compact(weights)
    matrix = corpus.matrix(np.arange(len(TEXTS)), weights)
    for row, text in enumerate(TEXTS):
        dense = np.zeros(len(corpus.vocabulary), np.float32)
        columns, values = tfidf.vector(text)
        dense[kept[columns]] = values
        assert np.allclose(matrix[np.array([row])] @ np.eye(len(dense), dtype=np.float32), dense, atol=1e-5)


@given(st.text(max_size=200))
def test_any_text_has_a_finite_vector_not_longer_than_one(text: str) -> None:
    columns, weights = Tfidf.fit(TEXTS).vector(text)
    assert len(columns) == len(weights)
    assert float(weights @ weights) <= 1.0001
