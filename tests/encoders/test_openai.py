"""Embeddings over the wire: any text, any number, in order, and never two lengths mixed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from orchestrator.assembly import knowledge_encoders
from orchestrator.encoders.openai import BATCH, OpenAIEncoder
from orchestrator.errors import ModelError, SettingsError
from orchestrator.retrieval.index import PassageIndex
from orchestrator.retrieval.markdown import sections
from orchestrator.retrieval.passages import split_text
from orchestrator.retrieval.store import open_store
from orchestrator.retrieval.vectors import VectorIndex
from orchestrator.settings import Settings, load_settings
from tests.models.behaviour import Behaviour
from tests.models.endpoint import DIMENSIONS, Endpoint, serving_endpoint

KEY = "sk-embedding-key"
PASSAGES = split_text("en/care/kettle", "Kettle", sections("## Descaling\nUse vinegar.\n## Warranty\nTwo years."), "en")


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with serving_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def endpoint(served: Endpoint) -> Endpoint:
    served.script()
    return served


def encoder_at(endpoint: Endpoint, model: str = "embed") -> OpenAIEncoder:
    return OpenAIEncoder(model, base_url=endpoint.base_url, key=SecretStr(KEY))


def test_vectors_have_length_one_in_the_order_given(endpoint: Endpoint) -> None:
    encoder = encoder_at(endpoint)
    vectors = encoder.encode(["one", "two", "one"])
    assert vectors.shape == (3, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.allclose(vectors[0], vectors[1])


def test_many_texts_are_sent_in_batches_and_give_the_same_as_one_by_one(endpoint: Endpoint) -> None:
    encoder, texts = encoder_at(endpoint), [f"text {number}" for number in range(2 * BATCH + 5)]
    together = encoder.encode_passages(texts)
    assert [len(request["body"]["input"]) for request in endpoint.requests()] == [BATCH, BATCH, 5]
    assert np.allclose(together[-1], encoder.encode_passages(texts[-1:])[0])


def test_a_question_asked_twice_is_sent_once(endpoint: Endpoint) -> None:
    encoder = encoder_at(endpoint)
    encoder.encode(["where is it?"])
    encoder.encode(["where is it?"])
    assert len(endpoint.requests()) == 1


def test_a_known_model_is_not_asked_for_its_length_and_an_unknown_one_is(endpoint: Endpoint) -> None:
    assert encoder_at(endpoint, "text-embedding-3-small").dimensions == 1536
    assert endpoint.requests() == []
    assert encoder_at(endpoint).dimensions == DIMENSIONS
    assert len(endpoint.requests()) == 1


def test_shorter_vectors_are_asked_for_and_are_another_encoder(endpoint: Endpoint) -> None:
    encoder = encoder_at(endpoint, "embed:8")
    assert (encoder.name, encoder.dimensions, encoder.encode(["x"]).shape) == ("openai:embed:8", 8, (1, 8))
    assert endpoint.requests()[0]["body"]["dimensions"] == 8


def test_a_model_s_tag_is_no_length(endpoint: Endpoint) -> None:
    encoder_at(endpoint, "nomic:latest").encode(["x"])
    body = endpoint.requests()[0]["body"]
    assert (body["model"], "dimensions" in body) == ("nomic:latest", False)


@pytest.mark.parametrize("text", ["", " \n", "\0", "\ud800", "a" * 100_000, "🎁" * 4000])
def test_any_text_is_sendable(endpoint: Endpoint, text: str) -> None:
    assert np.all(np.isfinite(encoder_at(endpoint).encode([text])))
    (sent,) = endpoint.requests()[0]["body"]["input"]
    assert 0 < len(sent.encode()) <= 8000


def test_no_texts_are_no_call(endpoint: Endpoint) -> None:
    encoder = encoder_at(endpoint, "embed:8")
    assert encoder.encode([]).shape == (0, 8)
    assert endpoint.requests() == []


def test_vectors_of_another_length_are_refused_with_a_remedy(endpoint: Endpoint) -> None:
    with pytest.raises(ModelError, match=r"length 16, where 1536 was expected.*FILROUGE_ENCODER=openai:text-embedding-3-small:16"):
        encoder_at(endpoint, "text-embedding-3-small").encode(["x"])


def test_an_endpoint_that_is_away_is_an_error_without_the_key() -> None:
    encoder = OpenAIEncoder("embed:8", base_url="http://127.0.0.1:9/v1", key=SecretStr(KEY))
    with pytest.raises(ModelError, match="does not answer") as caught:
        encoder.encode(["x"])
    assert KEY not in f"{caught.value!r} {vars(encoder)!r}"


def test_an_endpoint_that_fails_for_a_moment_is_asked_again(endpoint: Endpoint) -> None:
    endpoint.script(Behaviour(status=503, headers={"retry-after-ms": "1"}, body="{}"))
    assert encoder_at(endpoint).encode(["x"]).shape == (1, DIMENSIONS)
    assert len(endpoint.requests()) == 2


def test_an_index_of_one_length_is_never_mixed_with_another(endpoint: Endpoint, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for model in ("embed:8", "embed:12", "embed"):
        index = VectorIndex(store, "en", encoder_at(endpoint, model))
        assert index.sync(PASSAGES).added == len(PASSAGES)
        assert len(index.nearest("vinegar", 5)) == len(PASSAGES)
    store.close()


def test_while_the_endpoint_is_away_words_alone_find(endpoint: Endpoint, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    vectors = VectorIndex(store, "en", encoder_at(endpoint, "embed:8"))
    vectors.sync(PASSAGES)
    index = PassageIndex.of(PASSAGES, "en", vectors)
    assert index.search("vinegar", 3).best[0].similarity != 0
    endpoint.script(Behaviour(status=400, body="{}", times=0))
    best = index.search("use vinegar", 3).best
    assert [(match.id, match.similarity) for match in best[:1]] == [("en/care/kettle#descaling", 0.0)]
    store.close()


def test_the_settings_choose_it(endpoint: Endpoint, tmp_path: Path) -> None:
    settings = Settings(encoder="openai:embed:8", openai_base_url=endpoint.base_url, data_dir=tmp_path)
    search = knowledge_encoders(settings).search
    assert search is not None
    assert (search.name, search.dimensions) == ("openai:embed:8", 8)
    with pytest.raises(SettingsError, match="encoder"):
        load_settings(encoder="openai:")
