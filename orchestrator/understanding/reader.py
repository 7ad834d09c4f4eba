"""The reader: one call turns a message into a `Reading`. It holds the trained classifier and the catalogue, and no conversation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.understanding.acts import ActReading, read_acts
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.entities import Catalogue, Entity, EntityContext, extract
from orchestrator.understanding.follow_up import refers_back
from orchestrator.understanding.heard import heard
from orchestrator.understanding.language import LanguageDetector
from orchestrator.understanding.normalise import clean
from orchestrator.understanding.reading import Reading, ReadingContext, Request
from orchestrator.understanding.segments import split_requests, without_proofs
from orchestrator.understanding.sensitivity import detect_sensitive, injection_marks, opt_out

EVIDENT = 0.5
"""Confidence from which a language is taken for a message's."""
SHORT = 2
"""Words up to which a message may be understood in any language."""
SURE_ENOUGH = 0.7
"""A part of a message counts as a request of its own when its intent is at least this likely."""


PROOFS = ("email", "phone", "postcode")
"""Entities that say who asks, not what is wanted."""


def wish_of(message: str, entities: Sequence[Entity], language: Language) -> str:
    """What a message wants: without short statements that only prove who asks, and without addresses, whose letters say nothing."""
    proofs = [(entity.kind, message[entity.start : entity.end]) for entity in entities if entity.kind in PROOFS]
    wish = without_proofs(message, [proof for _, proof in proofs], language)
    for kind, proof in proofs:
        wish = wish if kind == "postcode" else wish.replace(proof, "")
    return " ".join(wish.split()) or "?"


def _acts(text: str, language: Language) -> tuple[ActReading, Language]:
    """The acts of a message and their language; a word or two ("ja", "merci") may be of another than the conversation's."""
    acts = read_acts(text, language)
    if not acts.only and len(text.split()) <= SHORT:
        for other in LANGUAGES:
            found = read_acts(text, other)
            if found.only:
                return found, other
    return acts, language


class Reader:
    """Reads messages with one project's classifier, language model and catalogue."""

    def __init__(self, classifier: IntentClassifier, detector: LanguageDetector, catalogue: Catalogue | None = None) -> None:
        self._classifier = classifier
        self._detector = detector
        self._catalogue = catalogue

    def read(self, text: str, context: ReadingContext) -> Reading:
        """The reading of one message. Pure apart from the memo of the encoder."""
        message = clean(text)
        language = context.language if context.language_fixed else self._language(message, context)
        message = heard(message, language, context.expects) if context.spoken else message
        acts, spoken = _acts(message, language)
        language = language if context.language_fixed or context.language_settled else spoken
        entity_context = EntityContext(now=context.now, region=context.region, catalogue=self._catalogue, expects=context.expects)
        entities = extract(message, language, entity_context)
        requests = self._requests(wish_of(message, entities, language), language)
        return Reading(
            text=message,
            language=language,
            acts=acts,
            distribution=requests[0].distribution,
            requests=requests,
            entities=entities,
            sensitive=detect_sensitive(message, language),
            opt_out=opt_out(message),
            injection=injection_marks(message),
            follow_up=refers_back(message, language),
        )

    def warm(self, now: datetime) -> None:
        """Loads word lists and the encoder, so that the first customer does not wait for them."""
        for language in LANGUAGES:
            context = ReadingContext(now=now, region="", language=language, language_fixed=True, spoken=True)
            self.read("hello, where is my order A-1?", context)

    def intent_of(self, text: str) -> str:
        """The most likely intent of a text."""
        return self._classifier.classify(text).intent

    def _language(self, text: str, context: ReadingContext) -> Language:
        """The language of a message; without strong evidence it stays the conversation's."""
        guess = self._detector.detect(text, context.language if context.language_settled else None)
        return guess.language if guess.confidence >= EVIDENT else context.language

    def combined(self, reading: Reading, before: str) -> Reading:
        """The reading of a message that leans on the one before ("and for pans?"): both read as one."""
        text = f"{before.rstrip(' .?!')} {reading.text}"
        distribution = self._classifier.classify(text)
        return replace(reading, distribution=distribution, requests=(Request(text=text, distribution=distribution),))

    def _requests(self, text: str, language: Language) -> tuple[Request, ...]:
        """The parts of a message when each is sure and they differ, else the whole message as one request."""
        parts = split_requests(text, language)
        if len(parts) > 1:
            distributions = self._classifier.classify_many(parts)
            found: dict[str, Request] = {}
            for part, distribution in zip(parts, distributions, strict=True):
                if distribution.confidence >= SURE_ENOUGH and not distribution.is_out_of_scope:
                    found.setdefault(distribution.intent, Request(text=part, distribution=distribution))
            if len(found) > 1:
                return tuple(found.values())
        return (Request(text=text, distribution=self._classifier.classify(text)),)
