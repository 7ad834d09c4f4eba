"""The intent classifier learns, knows its limits, and speaks the languages of its encoder."""

import math
from pathlib import Path

import pytest

from orchestrator.encoders import Encoder, load_encoder
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.training import Example

UTTERANCES = {
    "track_parcel": [
        "where is my parcel", "track my package please", "has my order shipped yet", "what is the tracking number",
        "my delivery has not arrived", "when will the package come", "is the parcel on its way", "follow my shipment",
    ],
    "open_return": [
        "I want to send this back", "how do I return an item", "please take the kettle back", "I would like to return my order",
        "start a return for the lamp", "I don't like it and want to give it back", "return these pans", "can you open a return",
    ],
    "store_hours": [
        "when do you open", "are you open on sunday", "opening hours of the shop in Bern", "until what time is the store open",
        "what time do you close today", "is the shop open on holidays", "store hours please", "do you open at nine",
    ],
    "gift_card": [
        "do you sell gift cards", "how much is left on my gift card", "I want to buy a voucher for a friend", "gift card balance",
        "can I pay with a gift card", "where do I enter the gift voucher", "is there a gift certificate", "my gift card does not work",
    ],
}  # fmt: skip

EXAMPLES = [Example(text, intent) for intent, texts in UTTERANCES.items() for text in texts]


@pytest.fixture(scope="module")
def use() -> Encoder:
    return load_encoder("use")


@pytest.fixture(scope="module")
def classifier(use: Encoder) -> IntentClassifier:
    return IntentClassifier.train(EXAMPLES, encoder=use)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("could you tell me where the parcel is", "track_parcel"),
        ("Wo ist mein Paket?", "track_parcel"),
        ("je veux renvoyer la bouilloire", "open_return"),
        ("a che ora apre il negozio?", "store_hours"),
        ("quero comprar um vale-presente", "gift_card"),
        ("¿a qué hora cierran hoy?", "store_hours"),
    ],
)
def test_the_intent_is_told_in_every_language_from_english_examples(classifier: IntentClassifier, text: str, intent: str) -> None:
    assert classifier.classify(text).intent == intent


def test_probabilities_cover_all_intents_and_sum_to_one(classifier: IntentClassifier) -> None:
    found = classifier.classify("I want to give this lamp back")
    shares = [share for _, share in found.probabilities]
    assert {intent for intent, _ in found.probabilities} == set(UTTERANCES) == set(classifier.intents)
    assert sum(shares) == pytest.approx(1.0, abs=1e-4)
    assert shares == sorted(shares, reverse=True)
    assert found.confidence == shares[0] == found.probability_of(found.intent)
    assert found.probability_of("no_such_intent") == 0.0


def test_candidates_are_the_first_of_the_ranking(classifier: IntentClassifier) -> None:
    found = classifier.classify("gift")
    assert found.candidates == tuple(intent for intent, _ in found.probabilities)[: len(found.candidates)]


def test_a_foreign_topic_is_less_familiar_than_a_known_one(classifier: IntentClassifier) -> None:
    known, foreign = classifier.classify_many(["where is my package", "explain quantum entanglement to me"])
    assert known.energy > foreign.energy
    assert known.out_of_scope < foreign.out_of_scope
    assert foreign.is_out_of_scope
    assert not known.is_out_of_scope


def test_many_texts_get_the_answers_of_one_by_one(classifier: IntentClassifier) -> None:
    texts = ["where is it", "Öffnungszeiten?", ""]
    for together, alone in zip(classifier.classify_many(texts), map(classifier.classify, texts), strict=True):
        assert together.intent == alone.intent
        assert together.confidence == pytest.approx(alone.confidence, abs=1e-4)
    assert classifier.classify_many([]) == []


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud83d", "?" * 5000, "🎁", "12345", "مرحبا"])
def test_any_text_gets_an_answer(classifier: IntentClassifier, text: str) -> None:
    found = classifier.classify(text)
    assert math.isfinite(found.energy)
    assert 0.0 <= found.out_of_scope <= 1.0


def test_it_works_without_an_encoder() -> None:
    classifier = IntentClassifier.train(EXAMPLES, encoder=None)
    assert classifier.classify("opening hours of the store").intent == "store_hours"
    known, foreign = classifier.classify_many(["track my package", "wxyz qqq"])
    assert known.energy > foreign.energy


def test_training_twice_gives_the_same_classifier(use: Encoder, classifier: IntentClassifier) -> None:
    again = IntentClassifier.train(EXAMPLES, encoder=use)
    assert again.classify("send the pan back") == classifier.classify("send the pan back")


def test_one_example_per_intent_is_accepted(use: Encoder) -> None:
    few = [Example(texts[0], intent) for intent, texts in UTTERANCES.items()]
    found = IntentClassifier.train(few, encoder=use).classify("where is my parcel now")
    assert found.intent == "track_parcel"
    assert len(found.candidates) == len(UTTERANCES)
    assert not found.is_out_of_scope


def test_two_intents_are_enough_and_one_is_not(use: Encoder) -> None:
    two = [example for example in EXAMPLES if example.intent in {"gift_card", "store_hours"}]
    assert IntentClassifier.train(two, encoder=use).classify("are you open tomorrow").intent == "store_hours"
    with pytest.raises(ValueError, match="at least two intents"):
        IntentClassifier.train([Example("hello", "greet")], encoder=use)


def test_shown_foreign_topics_are_rejected_in_other_words(use: Encoder) -> None:
    subjects = ["Rome", "Oslo", "Paris", "Lima", "Cairo", "Tokyo", "Bern", "Delhi", "Kyiv", "Quito"]
    asked = ["weather in", "flights to", "capital city after", "population of", "history of", "recipes from", "football club of"]
    foreign = [f"{what} {where}" for what in asked for where in subjects] + [f"tell a joke about {where}" for where in subjects * 3]
    classifier = IntentClassifier.train(EXAMPLES, encoder=use, out_of_scope=foreign)
    assert classifier.classify("will it rain in Madrid").is_out_of_scope
    assert not classifier.classify("track my package").is_out_of_scope


def test_progress_rises_to_one(use: Encoder) -> None:
    steps: list[tuple[float, str]] = []
    IntentClassifier.train(EXAMPLES, encoder=use, progress=lambda done, label: steps.append((done, label)))
    shares = [done for done, _ in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert "fold 1 of 5" in [label for _, label in steps]


def test_a_saved_classifier_answers_as_before_and_only_with_its_encoder(use: Encoder, classifier: IntentClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "models" / "c.npz")
    loaded = IntentClassifier.load(tmp_path / "models" / "c.npz", encoder=use)
    assert loaded.classify("Geschenkkarte kaufen") == classifier.classify("Geschenkkarte kaufen")
    with pytest.raises(ValueError, match="made with the encoder 'use'"):
        IntentClassifier.load(tmp_path / "models" / "c.npz", encoder=None)
