"""A trained classifier is kept, found again, and never trusted when damaged."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from orchestrator.understanding.cache import train_or_load
from orchestrator.understanding.classifier import IntentClassifier
from orchestrator.understanding.training import Example

EXAMPLES = [
    Example("where is my parcel", "track"), Example("track the parcel", "track"), Example("parcel not here", "track"),
    Example("send it back", "return"), Example("return the lamp", "return"), Example("take it back", "return"),
]  # fmt: skip


def _trainings(directory: Path, examples: list[Example]) -> tuple[IntentClassifier, int]:
    steps: list[str] = []
    found = train_or_load(examples, encoder=None, directory=directory, progress=lambda _done, label: steps.append(label))
    return found, steps.count("trained")


def test_the_second_call_reads_what_the_first_trained(tmp_path: Path) -> None:
    first, trained = _trainings(tmp_path, EXAMPLES)
    second, again = _trainings(tmp_path, EXAMPLES)
    assert (trained, again) == (1, 0)
    assert first.classify("the parcel please") == second.classify("the parcel please")


def test_a_changed_example_is_another_classifier(tmp_path: Path) -> None:
    _trainings(tmp_path, EXAMPLES)
    assert _trainings(tmp_path, [*EXAMPLES[:-1], Example("bring it back", "return")])[1] == 1
    assert len(list(tmp_path.glob("*.npz"))) == 2


@pytest.mark.parametrize("damage", ["empty", "half", "flipped", "text", "pickle", "other arrays"])
def test_a_damaged_file_is_trained_anew(tmp_path: Path, damage: str) -> None:
    _trainings(tmp_path, EXAMPLES)
    (path,) = tmp_path.glob("*.npz")
    content = path.read_bytes()
    middle = len(content) // 2
    if damage == "other arrays":
        np.savez(path, facts=np.zeros(3, np.uint8))
    else:
        path.write_bytes(
            {
                "empty": b"",
                "half": content[:middle],
                "flipped": content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :],
                "text": b"not a classifier",
                "pickle": pickle.dumps({"facts": 1}),
            }[damage]
        )
    found, trained = _trainings(tmp_path, EXAMPLES)
    assert trained == 1
    assert found.classify("track the parcel").intent == "track"
    assert _trainings(tmp_path, EXAMPLES)[1] == 0


def test_a_place_that_cannot_be_written_costs_only_the_training(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert _trainings(blocked / "models", EXAMPLES)[0].classify("return the lamp").intent == "return"


def test_nothing_but_whole_files_is_left_behind(tmp_path: Path) -> None:
    _trainings(tmp_path, EXAMPLES)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]
