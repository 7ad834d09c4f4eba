"""How well intents are told: accuracy, rejection, calibration and speed of a classifier trained on one file and tested on another."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from orchestrator.encoders import Encoder
from orchestrator.evaluation.rows import mistake, read_rows, text_of
from orchestrator.evaluation.scores import auroc, calibration_error, calibration_noise, macro_f1, percentile
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.training import Example, Progress, split

OUT_OF_SCOPE = frozenset({"oos", "NO_NODES_DETECTED"})
"""Intents that mean "none of them" in CLINC150 and HINT3."""

TIMED = 500
"""Texts that are also classified one by one, for the times; the rest goes in one call."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Rows of intent files, told apart."""

    examples: tuple[Example, ...] = ()
    out_of_scope: tuple[str, ...] = ()

    def __add__(self, other: Labelled) -> Labelled:
        return Labelled(examples=self.examples + other.examples, out_of_scope=self.out_of_scope + other.out_of_scope)


@dataclass(frozen=True, kw_only=True)
class IntentReport:
    """Shares of 1; None where there is nothing to measure.

    Args:
        intents: How many classes.
        trained: Examples trained on (with folds: of the whole file).
        tested: In-scope texts tested.
        tested_out_of_scope: Out-of-scope texts tested.
        accuracy: In-scope texts whose most likely intent is right, before rejecting.
        macro_f1: The same, each intent weighing the same.
        accuracy_after_rejection: In-scope texts that are right and not rejected.
        points_lost: The difference of the two accuracies.
        out_of_scope_recall: Out-of-scope texts rejected, at the calibrated threshold.
        out_of_scope_auroc: How well the score separates at any threshold.
        calibration_error: Expected gap between confidence and accuracy, 15 bins.
        calibration_noise: What of this gap perfectly calibrated answers would show by chance on as many texts.
        coverage: In-scope texts whose prediction set holds the truth; 95 % is promised.
        set_size: Mean number of intents in the prediction set.
        p50_ms: Median time of one text, one by one.
        p95_ms: Time that 95 % stay below.
        training_seconds: Of one training, on the wall.
        encoder: Name of the encoder, `none` without.
    """

    intents: int
    trained: int
    tested: int
    tested_out_of_scope: int
    accuracy: float
    macro_f1: float
    accuracy_after_rejection: float
    points_lost: float
    out_of_scope_recall: float | None
    out_of_scope_auroc: float | None
    calibration_error: float
    calibration_noise: float
    coverage: float
    set_size: float
    p50_ms: float
    p95_ms: float
    training_seconds: float
    encoder: str

    def as_dict(self) -> dict[str, int | float | str | None]:
        """For JSON."""
        return asdict(self)

    def as_rows(self) -> list[tuple[str, str]]:
        """For a table of two columns."""
        return [
            ("intents / examples trained on", f"{self.intents} / {self.trained}"),
            ("tested in scope / out of scope", f"{self.tested} / {self.tested_out_of_scope}"),
            ("accuracy", _share(self.accuracy)),
            ("macro-F1", _share(self.macro_f1)),
            ("accuracy left after rejecting", f"{_share(self.accuracy_after_rejection)} ({100 * self.points_lost:.1f} points lost)"),
            ("out-of-scope recall", _share(self.out_of_scope_recall)),
            ("out-of-scope AUROC", _share(self.out_of_scope_auroc)),
            (
                "calibration error (ECE, 15 bins) / by chance",
                f"{100 * self.calibration_error:.2f} % / {100 * self.calibration_noise:.2f} %",
            ),
            ("coverage of the 95 % set / mean size", f"{_share(self.coverage)} / {self.set_size:.2f}"),
            ("p50 / p95 per text", f"{self.p50_ms:.1f} / {self.p95_ms:.1f} ms"),
            ("training", f"{self.training_seconds:.1f} s"),
            ("encoder", self.encoder),
        ]


def load_intents(path: Path, *, out_of_scope: bool = False) -> Labelled:
    """The rows `{"text", "intent"}` of a JSON lines file.

    Args:
        path: The file.
        out_of_scope: Whether all rows are out of scope, whatever their intent says.

    Raises:
        ProjectError: A line is wrong, or there are none.
    """
    examples: list[Example] = []
    foreign: list[str] = []
    for line, row in read_rows(path):
        text = text_of(path, line, row, "text")
        intent = "oos" if out_of_scope else text_of(path, line, row, "intent")
        if intent in OUT_OF_SCOPE:
            foreign.append(text)
        else:
            examples.append(Example(text, intent))
    if not examples and not foreign:
        raise mistake(path, 1, 'no rows. Write lines like {"text": "where is my parcel", "intent": "track_parcel"}.')
    return Labelled(examples=tuple(examples), out_of_scope=tuple(foreign))


@dataclass(frozen=True, kw_only=True)
class IntentFiles:
    """Where the rows are.

    Args:
        train: Rows to learn from.
        test: Rows to be tested on; without it, `train` is tested on folds of itself.
        oos_train: More out-of-scope rows to learn from.
        oos_test: More out-of-scope rows to be tested on.
    """

    train: Path
    test: Path | None = None
    oos_train: Path | None = None
    oos_test: Path | None = None


def measure_files(files: IntentFiles, *, encoder: Encoder | None, folds: int = 5, progress: Progress | None = None) -> IntentReport:
    """What `filrouge eval intents` prints.

    Args:
        files: What to learn from and to be tested on.
        encoder: The encoder; None for terms alone.
        folds: How many, without a test file.
        progress: Told how far it is.

    Raises:
        ProjectError: A file is wrong.
    """
    known = load_intents(files.train) + (Labelled() if files.oos_train is None else load_intents(files.oos_train, out_of_scope=True))
    if len({example.intent for example in known.examples}) < 2:
        raise mistake(files.train, 1, "fewer than two intents. A classifier needs at least two to tell apart.")
    asked = Labelled() if files.oos_test is None else load_intents(files.oos_test, out_of_scope=True)
    if files.test is None:
        return cross_validate(known, asked.out_of_scope, encoder=encoder, folds=folds, progress=progress)
    return measure_intents(known, load_intents(files.test) + asked, encoder=encoder, progress=progress)


def measure_intents(train: Labelled, test: Labelled, *, encoder: Encoder | None, progress: Progress | None = None) -> IntentReport:
    """Trains on one set and tests on the other."""
    trial = _run(train, test, encoder, progress)
    return _report(train, [trial], encoder)


def cross_validate(
    rows: Labelled, asked: Sequence[str] = (), *, encoder: Encoder | None, folds: int = 5, progress: Progress | None = None
) -> IntentReport:
    """Trains and tests on stratified folds of one set, pooling the answers.

    Args:
        rows: In-scope rows; their out-of-scope rows are split the same way.
        asked: More out-of-scope texts, spread over the folds for testing only.
        encoder: The encoder; None for terms alone.
        folds: How many.
        progress: Told how far it is.
    """
    names = sorted({example.intent for example in rows.examples})
    labels = np.array([names.index(example.intent) for example in rows.examples], dtype=np.intp)
    trials: list[_Trial] = []
    parts = split(labels, folds)
    for number, part in enumerate(parts):
        if progress is not None:
            progress(number / len(parts), f"fold {number + 1} of {len(parts)}")
        own = set(range(number, len(rows.out_of_scope), len(parts)))
        learnt: list[int] = part.train.tolist()
        tested: list[int] = part.test.tolist()
        train = Labelled(
            examples=tuple(rows.examples[row] for row in learnt),
            out_of_scope=tuple(text for row, text in enumerate(rows.out_of_scope) if row not in own),
        )
        test = Labelled(
            examples=tuple(rows.examples[row] for row in tested),
            out_of_scope=(*(rows.out_of_scope[row] for row in sorted(own)), *asked[number :: len(parts)]),
        )
        trials.append(_run(train, test, encoder, None))
    return _report(rows, trials, encoder)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    truth: tuple[str, ...]
    answers: list[Distribution]
    foreign: list[Distribution]
    times: list[float]
    seconds: float


def _run(train: Labelled, test: Labelled, encoder: Encoder | None, progress: Progress | None) -> _Trial:
    begin = time.perf_counter()
    classifier = IntentClassifier.train(train.examples, encoder=encoder, out_of_scope=train.out_of_scope, progress=progress)
    seconds = time.perf_counter() - begin
    texts = [example.text for example in test.examples]
    times: list[float] = []
    for text in texts[:TIMED]:
        start = time.perf_counter()
        classifier.classify(text)
        times.append(1000 * (time.perf_counter() - start))
    return _Trial(
        truth=tuple(example.intent for example in test.examples),
        answers=classifier.classify_many(texts),
        foreign=classifier.classify_many(test.out_of_scope),
        times=times,
        seconds=seconds,
    )


def _report(train: Labelled, trials: Sequence[_Trial], encoder: Encoder | None) -> IntentReport:
    truth = [intent for trial in trials for intent in trial.truth]
    answers = [answer for trial in trials for answer in trial.answers]
    foreign = [answer for trial in trials for answer in trial.foreign]
    times = [spent for trial in trials for spent in trial.times]
    right = [answer.intent == intent for answer, intent in zip(answers, truth, strict=True)]
    sure = [answer.confidence for answer in answers]
    kept = [hit and not answer.is_out_of_scope for hit, answer in zip(right, answers, strict=True)]
    return IntentReport(
        intents=len({example.intent for example in train.examples}),
        trained=len(train.examples),
        tested=len(truth),
        tested_out_of_scope=len(foreign),
        accuracy=_mean(right),
        macro_f1=macro_f1(truth, [answer.intent for answer in answers]),
        accuracy_after_rejection=_mean(kept),
        points_lost=_mean(right) - _mean(kept),
        out_of_scope_recall=_mean([answer.is_out_of_scope for answer in foreign]) if foreign else None,
        out_of_scope_auroc=auroc([answer.out_of_scope for answer in foreign], [answer.out_of_scope for answer in answers]),
        calibration_error=calibration_error(sure, right),
        calibration_noise=calibration_noise(sure),
        coverage=_mean([intent in answer.candidates for answer, intent in zip(answers, truth, strict=True)]),
        set_size=_mean([len(answer.candidates) for answer in answers]),
        p50_ms=percentile(times, 0.5),
        p95_ms=percentile(times, 0.95),
        training_seconds=_mean([trial.seconds for trial in trials]),
        encoder="none" if encoder is None else encoder.name,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
