"""Measures agree with values worked out by hand."""

import math

import pytest

from orchestrator.evaluation.scores import (
    auroc,
    calibration_error,
    calibration_noise,
    hit_at,
    macro_f1,
    ndcg,
    percentile,
    recall_at,
    reciprocal_rank,
)


def test_recall_counts_each_relevant_document_and_a_hit_any() -> None:
    assert recall_at(["a", "b", "c"], {"b", "x"}, 2) == 0.5
    assert hit_at(["a", "b", "c"], {"b", "x"}, 2) == 1.0
    assert hit_at(["a", "b", "c"], {"c"}, 2) == 0.0
    assert recall_at(["a"], set(), 1) == 0.0


def test_the_reciprocal_rank_is_of_the_first_relevant_document() -> None:
    assert reciprocal_rank(["a", "b", "c"], {"b", "c"}) == 0.5
    assert reciprocal_rank(["a", "b"], {"z"}) == 0.0
    assert reciprocal_rank(["a", "b"], {"b"}, depth=1) == 0.0


def test_ndcg_rewards_the_order_of_grades() -> None:
    grades = {"a": 2.0, "b": 1.0}
    assert ndcg(["a", "b"], grades) == pytest.approx(1.0)
    assert ndcg(["b", "a"], grades) == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert ndcg(["c"], grades) == 0.0
    assert ndcg(["a"], {}) == 0.0


def test_a_document_returned_twice_counts_once() -> None:
    assert ndcg(["a", "a"], {"a": 1.0}) == pytest.approx(1.0)


def test_auroc_counts_ties_half() -> None:
    assert auroc([3, 4], [1, 2]) == 1.0
    assert auroc([1, 2], [3, 4]) == 0.0
    assert auroc([1, 2], [1, 2]) == pytest.approx(0.5)
    assert auroc([2, 2, 3], [1, 2]) == pytest.approx((3 * 1 + 2 * 0.5 + 1) / 6)
    assert auroc([], [1]) is None


def test_calibration_error_is_the_gap_of_confidence_and_accuracy() -> None:
    assert calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0.0)
    assert calibration_error([0.9] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.4)
    assert calibration_error([1.0, 0.1], [True, False]) == pytest.approx(0.05)
    assert calibration_error([], []) == 0.0


def test_macro_f1_weighs_every_class_the_same() -> None:
    assert macro_f1(["a", "a", "b"], ["a", "b", "b"]) == pytest.approx(2 / 3)
    assert macro_f1(["a", "a"], ["z", "z"]) == 0.0
    assert macro_f1([], []) == 0.0


def test_percentiles_of_nothing_are_zero() -> None:
    assert percentile([], 0.5) == 0.0
    assert percentile([1, 2, 3], 0.5) == 2.0


def test_perfectly_calibrated_answers_show_an_error_by_chance_that_falls_with_their_number() -> None:
    few, many = calibration_noise([0.3, 0.5, 0.7, 0.9] * 50), calibration_noise([0.3, 0.5, 0.7, 0.9] * 5000)
    assert 0.02 < few < 0.10
    assert many < few / 5
    assert calibration_noise([1.0, 1.0]) == 0.0
    assert calibration_noise([]) == 0.0
