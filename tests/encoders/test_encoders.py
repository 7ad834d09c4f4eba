"""Every shipped encoder keeps the promises of the protocol."""

from collections.abc import Iterator

import numpy as np
import pytest

from orchestrator.encoders import Encoder, EncoderName, load_encoder
from orchestrator.errors import MissingDependencyError


@pytest.fixture(params=["tuned", "use", "e5"])
def encoder(request: pytest.FixtureRequest) -> Iterator[Encoder]:
    name: EncoderName = request.param
    try:
        yield load_encoder(name)
    except MissingDependencyError as error:
        pytest.skip(str(error))


def test_vectors_have_length_one_in_the_order_given(encoder: Encoder) -> None:
    texts = ["Where is my parcel?", "Je voudrais retourner ma bouilloire", "Where is my parcel?"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (3, encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.allclose(vectors[0], vectors[1])


def test_a_translation_is_nearer_than_another_wish(encoder: Encoder) -> None:
    english, german, other = encoder.encode(["Where is my parcel?", "Wo ist mein Paket?", "Do you sell gift cards?"])
    assert english @ german > english @ other


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "a" * 100_000, "🎁" * 50, "مرحبا", "\u202e\u200b"])
def test_any_text_gets_a_finite_vector(encoder: Encoder, text: str) -> None:
    assert np.all(np.isfinite(encoder.encode([text])))


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_a_batch_gives_the_same_vectors_as_one_by_one(encoder: Encoder) -> None:
    texts = [f"order number {number}" for number in range(20)]
    single = np.stack([encoder.encode([text])[0] for text in texts])
    assert np.allclose(encoder.encode(texts), single, atol=1e-4)


def test_the_caller_may_change_the_vectors_it_got(encoder: Encoder) -> None:
    first = encoder.encode(["keep me"])
    kept = first.copy()
    first *= 0
    assert np.array_equal(encoder.encode(["keep me"]), kept)


def test_passages_are_vectors_of_the_same_space(encoder: Encoder) -> None:
    passages = encoder.encode_passages(["Returns are free within 30 days.", "Our shops open at nine."])
    assert passages.shape == (2, encoder.dimensions)
    scores = passages @ encoder.encode(["How long can I return something?"])[0]
    assert scores[0] > scores[1]


def test_e5_tells_queries_from_passages() -> None:
    try:
        encoder = load_encoder("e5")
    except MissingDependencyError as error:
        pytest.skip(str(error))
    assert not np.allclose(encoder.encode(["kettle"]), encoder.encode_passages(["kettle"]))
