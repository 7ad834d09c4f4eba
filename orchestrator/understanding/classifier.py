"""What the customer wants: an ensemble of two linear views, calibrated on held-out folds, in about 2 ms a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestrator.encoders.encoder import Encoder
from orchestrator.understanding.archive import Trained, read, write
from orchestrator.understanding.calibration import softmax
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.ensemble import Meaning, Wording, centre
from orchestrator.understanding.gate import evidence
from orchestrator.understanding.tfidf import Corpus
from orchestrator.understanding.training import Example, Progress
from orchestrator.understanding.trial import Material, calibrate

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class IntentClassifier:
    """Tells the intent of a text, how sure that is, and whether it is any of the intents at all.

    Made by `train` or `cache.train_or_load`. Safe to share between threads.
    """

    trained: Trained
    encoder: Encoder | None

    @property
    def intents(self) -> tuple[str, ...]:
        """Every intent it knows, sorted."""
        return self.trained.intents

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        *,
        encoder: Encoder | None,
        out_of_scope: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> IntentClassifier:
        """Learns from examples; the same examples give the same classifier.

        Args:
            examples: At least two intents; ten examples per intent and language serve well, one is accepted.
            encoder: None leaves the terms alone to judge: no understanding across languages, weak rejection.
            out_of_scope: Texts that are none of the intents; from a hundred on they train the gate.
            progress: Told how far the training is.

        Raises:
            ValueError: Fewer than two intents.
        """
        from threadpoolctl import threadpool_limits

        report = progress or _silent
        intents = tuple(sorted({example.intent for example in examples}))
        if len(intents) < 2:
            raise ValueError(f"An intent classifier needs examples of at least two intents, not of {list(intents)!r}.")
        place = {intent: number for number, intent in enumerate(intents)}
        labels = np.array([place[example.intent] for example in examples], dtype=np.intp)
        texts = [*(example.text for example in examples), *out_of_scope]
        report(0.0, "encoding")
        vectors = encoder.encode(texts) if encoder else None
        material = Material(Corpus.read(texts), vectors, labels, len(intents))
        # These matrices are small: more threads spin more than they compute (on two busy cores 70 s became 4 s).
        with threadpool_limits(limits=1):
            calibration = calibrate(material, lambda done, label: report(0.25 + 0.6 * done, label))
            report(0.85, "training")
            meaning = None if vectors is None else Meaning.fit(vectors[: len(labels)], labels, len(intents))
            wording = Wording.fit(material.corpus, labels, len(intents))
        report(1.0, "trained")
        name = encoder.name if encoder else None
        return cls(Trained(intents=intents, encoder=name, meaning=meaning, wording=wording, calibration=calibration), encoder)

    def classify(self, text: str) -> Distribution:
        """What one text may mean."""
        return self.classify_many([text])[0]

    def classify_many(self, texts: Sequence[str]) -> list[Distribution]:
        """What each text may mean, in their order."""
        if not texts:
            return []
        vectors = self._centred(texts)
        heads = [self.trained.wording.logits(texts)]
        if self.trained.meaning is not None and vectors is not None:
            heads.insert(0, self.trained.meaning.logits(vectors))
        calibration = self.trained.calibration
        mixed = calibration.fusion.mix(heads)
        found = evidence(mixed, vectors, calibration.gate.examples)
        foreign = calibration.gate.out_of_scope(found)
        return [
            self._distribution(chances, float(traits[0]), float(score))
            for chances, traits, score in zip(softmax(mixed), found, foreign, strict=True)
        ]

    def save(self, path: Path) -> None:
        """Writes the classifier to one file, whole or not at all; see `archive`."""
        write(path, self.trained)

    @classmethod
    def load(cls, path: Path, *, encoder: Encoder | None) -> IntentClassifier:
        """The classifier saved at the path, in a fraction of a second.

        Raises:
            ValueError: Not a file of this version, damaged, or made with another encoder.
            OSError: It can't be read.
        """
        trained = read(path)
        name = None if encoder is None else encoder.name
        if trained.encoder != name:
            raise ValueError(f"{path}: made with the encoder {trained.encoder!r}, not {name!r}; train again or pass that encoder.")
        return cls(trained, encoder)

    def _centred(self, texts: Sequence[str]) -> Floats | None:
        if self.trained.meaning is None or self.encoder is None:
            return None
        return centre(self.encoder.encode(texts), self.trained.meaning.mean)

    def _distribution(self, chances: Floats, energy: float, foreign: float) -> Distribution:
        order: list[int] = np.argsort(-chances, kind="stable").tolist()
        ranked = [(self.trained.intents[place], float(chances[place])) for place in order]
        return Distribution(
            probabilities=tuple(ranked),
            candidates=tuple(intent for intent, share in ranked if share >= self.trained.calibration.bound),
            energy=energy,
            out_of_scope=foreign,
        )


def _silent(_done: float, _label: str) -> None:
    pass
