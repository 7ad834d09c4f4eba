"""The prediction set keeps its promise on rows like the ones it was set on."""

import numpy as np

from orchestrator.understanding.calibration import softmax
from orchestrator.understanding.conformal import threshold


def test_the_set_holds_the_truth_as_often_as_promised() -> None:
    chance = np.random.default_rng(3)
    odds = softmax(chance.normal(0, 2, (6000, 8)).astype(np.float32))
    labels = np.array([chance.choice(8, p=row / row.sum()) for row in odds.astype(np.float64)], dtype=np.intp)
    bound = threshold(odds[:3000], labels[:3000], 0.95)
    covered = odds[3000:][np.arange(3000), labels[3000:]] >= bound
    assert 0.935 < covered.mean() < 0.965


def test_too_few_rows_promise_nothing_and_rule_nothing_out() -> None:
    odds = softmax(np.eye(4, dtype=np.float32))
    assert threshold(odds, np.arange(4), 0.95) == 0.0
    assert threshold(np.zeros((0, 4), np.float32), np.zeros(0, np.intp), 0.95) == 0.0


def test_surer_rows_give_a_higher_bound() -> None:
    labels = np.tile(np.arange(4), 25)
    sure = softmax(8 * np.eye(4, dtype=np.float32)[labels])
    unsure = softmax(np.eye(4, dtype=np.float32)[labels])
    assert threshold(sure, labels, 0.95) > threshold(unsure, labels, 0.95)
