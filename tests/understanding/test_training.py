"""Folds are stratified, repeatable, and keep what says the same together."""

import numpy as np

from orchestrator.understanding.training import split, twins


def test_every_row_is_tested_once_and_never_learnt_in_the_same_fold() -> None:
    labels = np.repeat(np.arange(3), [10, 7, 5])
    folds = split(labels, 5)
    assert len(folds) == 5
    assert sorted(row for fold in folds for row in fold.test.tolist()) == list(range(22))
    for fold in folds:
        assert not set(fold.test.tolist()) & set(fold.train.tolist())
        assert set(labels[fold.train].tolist()) == {0, 1, 2}


def test_the_same_rows_are_split_the_same_way() -> None:
    labels = np.repeat(np.arange(4), 6)
    assert [fold.test.tolist() for fold in split(labels, 5)] == [fold.test.tolist() for fold in split(labels, 5)]


def test_a_class_of_one_row_is_learnt_and_never_tested() -> None:
    folds = split(np.array([0, 0, 0, 1]), 5)
    assert all(3 in fold.train and 3 not in fold.test for fold in folds)


def test_nothing_to_test_gives_no_folds() -> None:
    assert split(np.array([0, 1, 2]), 5) == []


def test_rows_of_a_group_stay_together() -> None:
    labels = np.zeros(12, np.intp)
    groups = np.repeat(np.arange(4), 3)
    for fold in split(labels, 5, groups):
        assert not set(groups[fold.test].tolist()) & set(groups[fold.train].tolist())


def test_near_copies_of_one_intent_are_twins_and_of_two_intents_are_not() -> None:
    vectors = np.array([[1, 0], [0.99, 0.141], [0, 1], [1, 0]], np.float32)
    groups = twins(vectors, np.array([0, 0, 0, 1]))
    assert groups[0] == groups[1]
    assert len({groups[0], groups[2], groups[3]}) == 3
