"""The gate rejects what is foreign and loses few good answers."""

import numpy as np
import pytest

from orchestrator.understanding.gate import LOSS, evidence, fit_gate

NOTHING = np.zeros((0, 0), np.float32)


def test_the_bound_loses_at_most_the_agreed_share_of_good_answers() -> None:
    energies = np.random.default_rng(5).normal(10, 2, (1000, 1)).astype(np.float32)
    right = np.random.default_rng(6).random(1000) < 0.9
    gate = fit_gate(energies, right, energies[:0], NOTHING)
    rejected = gate.out_of_scope(energies) > 0.5
    assert (rejected & right).sum() == LOSS * 1000
    assert rejected.sum() > (rejected & right).sum()


def test_nothing_learnt_means_nothing_rejected() -> None:
    nothing = np.zeros((0, 1), np.float32)
    gate = fit_gate(nothing, np.zeros(0, bool), nothing, NOTHING)
    assert gate.out_of_scope(np.array([[-100.0]], np.float32))[0] < 0.5


def test_likeness_to_known_foreign_texts_counts_against_a_text() -> None:
    chance = np.random.default_rng(9)
    inside = np.stack([chance.normal(8, 1, 400), chance.normal(0.1, 0.1, 400)], axis=1).astype(np.float32)
    outside = np.stack([chance.normal(6, 1, 150), chance.normal(0.6, 0.1, 150)], axis=1).astype(np.float32)
    gate = fit_gate(inside, np.ones(400, bool), outside, np.eye(3, dtype=np.float32))
    same_energy = np.array([[7.0, 0.1], [7.0, 0.6]], np.float32)
    familiar, foreign = gate.out_of_scope(same_energy)
    assert familiar < 0.5 < foreign


def test_evidence_is_the_energy_and_the_mean_of_the_nearest_three() -> None:
    logits = np.array([[0.0, 0.0]], np.float32)
    vectors = np.array([[1.0, 0.0]], np.float32)
    examples = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], np.float32)
    found = evidence(logits, vectors, examples)
    assert found[0].tolist() == pytest.approx([np.log(2), (1 + 0.6 + 0) / 3])
    assert evidence(logits, None, examples).shape == (1, 1)
    assert evidence(logits, vectors, NOTHING).shape == (1, 1)
