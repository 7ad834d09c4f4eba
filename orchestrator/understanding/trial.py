"""The trial of an ensemble on folds: each example judged by heads that have not seen it, and what is to be learnt from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestrator.understanding.calibration import Fusion, fit_fusion, log_sum_exp, softmax
from orchestrator.understanding.conformal import threshold
from orchestrator.understanding.ensemble import START, WORDING_STRENGTH, Meaning, centre, voice
from orchestrator.understanding.gate import ENOUGH, Gate, fit_gate, similarity
from orchestrator.understanding.heads import fit_margins
from orchestrator.understanding.tfidf import Corpus, lengths
from orchestrator.understanding.training import Fold, Progress, split, twins

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

FOLDS = 5

COVERAGE = 0.95
"""How often the prediction set holds the truth. At 98 % the sets ask back about clear messages."""


@dataclass(frozen=True)
class Material:
    """Everything to be learnt from.

    Rows up to `len(labels)` are examples; the ones after are out of scope and only ever tested.

    Args:
        corpus: The texts as terms.
        vectors: The texts as unit vectors; None without an encoder.
        labels: Classes of the examples.
        classes: How many classes there are.
    """

    corpus: Corpus
    vectors: Floats | None
    labels: Rows
    classes: int

    @property
    def foreign(self) -> Rows:
        """The rows out of scope."""
        return np.arange(len(self.labels), self.corpus.counts.shape[0])

    def centred(self, rows: Rows) -> Floats | None:
        """Vectors of the rows seen from the mean of all examples."""
        if self.vectors is None:
            return None
        return centre(self.vectors[rows], self.vectors[: len(self.labels)].mean(axis=0))


@dataclass(frozen=True)
class Calibration:
    """What the folds taught: the mixture of views, the gate, and the bound of the prediction set."""

    fusion: Fusion
    gate: Gate
    bound: float


@dataclass(frozen=True)
class Verdicts:
    """Held-out results of some rows: logits of each view, and likeness to out-of-scope examples of other folds."""

    rows: Rows
    logits: Sequence[Floats]
    likeness: Floats | None

    def evidence(self, mixed: Floats) -> Floats:
        """The gate's evidence for these rows."""
        energy = log_sum_exp(mixed)
        return energy[:, None] if self.likeness is None else np.stack([energy, self.likeness], axis=1)


def calibrate(material: Material, report: Progress) -> Calibration:
    """Tries the views on folds and sets every number of the decision from that."""
    groups = None if material.vectors is None else twins(material.vectors, material.labels)
    folds = split(material.labels, FOLDS, groups)
    inside: list[Verdicts] = []
    outside: list[Verdicts] = []
    for number, fold in enumerate(folds):
        report(number / len(folds), f"fold {number + 1} of {len(folds)}")
        own, foreign = _try(material, fold, material.foreign[number :: len(folds)])
        inside.append(own)
        outside.append(foreign)
    return _settle(material, _pool(inside, material), _pool(outside, material))


def _pool(parts: Sequence[Verdicts], material: Material) -> Verdicts:
    none = np.zeros((0, material.classes), np.float32)
    views = 1 if material.vectors is None else 2
    likeness = [part.likeness for part in parts if part.likeness is not None]
    return Verdicts(
        rows=np.concatenate([np.zeros(0, np.intp), *(part.rows for part in parts)]),
        logits=[np.concatenate([none, *(part.logits[view] for part in parts)]) for view in range(views)],
        likeness=np.concatenate(likeness) if likeness else None,
    )


def _settle(material: Material, inside: Verdicts, outside: Verdicts) -> Calibration:
    labels = material.labels[inside.rows]
    fusion = fit_fusion(inside.logits, labels, start=START[-len(inside.logits) :])
    mixed, foreign = fusion.mix(inside.logits), fusion.mix(outside.logits)
    known = material.centred(material.foreign) if inside.likeness is not None else None
    gate = fit_gate(
        inside.evidence(mixed),
        mixed.argmax(axis=1) == labels,
        outside.evidence(foreign),
        np.zeros((0, 0), np.float32) if known is None else known,
    )
    return Calibration(fusion, gate, threshold(softmax(mixed), labels, COVERAGE))


def _try(material: Material, fold: Fold, foreign: Rows) -> tuple[Verdicts, Verdicts]:
    """Verdicts on the fold's test rows, and on its share of the out-of-scope rows."""
    both = np.concatenate([fold.test, foreign])
    labels = material.labels[fold.train]
    weights = material.corpus.weigh(fold.train)
    head = fit_margins(material.corpus.matrix(fold.train, weights), labels, material.classes, WORDING_STRENGTH)
    terms = material.corpus.matrix(both, weights)
    logits = [voice(np.asarray(terms @ head.weights, np.float32), lengths(terms), head.bias)]
    likeness = None
    if material.vectors is not None:
        meaning = Meaning.fit(material.vectors[fold.train], labels, material.classes)
        logits.insert(0, meaning.logits(centre(material.vectors[both], meaning.mean)))
        likeness = _likeness(material, both, np.setdiff1d(material.foreign, foreign))
    own, rest = slice(None, len(fold.test)), slice(len(fold.test), None)
    inside = Verdicts(fold.test, [view[own] for view in logits], None if likeness is None else likeness[own])
    return inside, Verdicts(foreign, [view[rest] for view in logits], None if likeness is None else likeness[rest])


def _likeness(material: Material, rows: Rows, others: Rows) -> Floats | None:
    if len(material.foreign) < ENOUGH:
        return None
    vectors, examples = material.centred(rows), material.centred(others)
    return None if vectors is None or examples is None else similarity(vectors, examples)
