"""The view by wording speaks as loud as it knows the words."""

import numpy as np
import pytest

from orchestrator.understanding.ensemble import Wording, voice
from orchestrator.understanding.tfidf import Corpus, lengths

TEXTS = ["where is my parcel", "track my parcel please", "where does my parcel stay", "open a return", "I want to return this"]
LABELS = np.array([0, 0, 0, 1, 1], np.intp)


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording.fit(Corpus.read(TEXTS), LABELS, 2)


def test_a_text_without_a_known_term_is_told_by_nothing(wording: Wording) -> None:
    assert wording.logits(["чжщ"]).tolist() == [[0.0, 0.0]]


def test_a_text_in_the_words_of_the_examples_is_told_by_the_whole_machine(wording: Wording) -> None:
    columns, weights = wording.tfidf.vector(TEXTS[0])
    full = weights @ wording.head.weights[columns] + wording.head.bias
    assert wording.logits([TEXTS[0]])[0] == pytest.approx(full, abs=1e-4)
    assert wording.logits([TEXTS[0]]).argmax() == 0


def test_the_folds_and_a_single_text_come_to_the_same_logits(wording: Wording) -> None:
    corpus = Corpus.read([*TEXTS, "track a parcel of unheard goods"])
    weights = corpus.weigh(np.arange(len(TEXTS)))
    rows = corpus.matrix(np.arange(len(TEXTS) + 1), weights)
    kept = np.flatnonzero(weights.idf)
    dense = np.zeros((rows.shape[1], 2), np.float32)
    dense[kept] = wording.head.weights
    found = voice(rows @ dense, lengths(rows), wording.head.bias)
    assert np.allclose(found, wording.logits([*TEXTS, "track a parcel of unheard goods"]), atol=1e-4)
