"""Scales fitted on held-out logits make confidence equal accuracy."""

import numpy as np
import pytest
from numpy.typing import NDArray

from orchestrator.evaluation.scores import calibration_error
from orchestrator.understanding.calibration import Fusion, fit_fusion, log_sum_exp, softmax


def _sampled(rows: int, heat: float) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Logits that are `heat` times too large for the labels drawn from them."""
    chance = np.random.default_rng(7)
    logits = chance.normal(0, 2, (rows, 5)).astype(np.float32)
    labels = np.array([chance.choice(5, p=row / row.sum()) for row in softmax(logits).astype(np.float64)], dtype=np.intp)
    return logits * np.float32(heat), labels


def test_overconfident_logits_are_cooled_until_confidence_is_accuracy() -> None:
    logits, labels = _sampled(4000, heat=4.0)
    fusion = fit_fusion([logits], labels, start=(1.0,))
    assert fusion.scales[0] == pytest.approx(0.25, rel=0.1)
    odds = softmax(fusion.mix([logits]))
    right = (odds.argmax(axis=1) == labels).tolist()
    assert calibration_error(odds.max(axis=1).tolist(), right) < 0.02


def test_a_head_of_noise_is_given_little_weight() -> None:
    logits, labels = _sampled(4000, heat=1.0)
    noise = np.random.default_rng(1).normal(0, 2, logits.shape).astype(np.float32)
    good, bad = fit_fusion([logits, noise], labels, start=(1.0, 1.0)).scales
    assert good > 5 * bad


def test_without_held_out_rows_the_start_is_kept() -> None:
    nothing = np.zeros((0, 3), np.float32)
    assert fit_fusion([nothing, nothing], np.zeros(0, np.intp), start=(1.3, 2.6)) == Fusion((1.3, 2.6))


def test_a_handful_of_rows_does_not_carry_the_scales_away() -> None:
    logits = np.array([[9.0, 0.0], [0.0, 9.0]], np.float32)
    (scale,) = fit_fusion([logits], np.array([0, 1]), start=(1.0,)).scales
    assert 0.5 < scale < 3.0


def test_large_logits_do_not_overflow() -> None:
    logits = np.array([[1e4, 0.0, -1e4]], np.float32)
    assert softmax(logits).tolist() == [[1.0, 0.0, 0.0]]
    assert log_sum_exp(logits).tolist() == [1e4]
