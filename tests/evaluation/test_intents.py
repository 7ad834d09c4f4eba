"""The measurement of intents counts what it says it counts."""

import json
from pathlib import Path

import pytest

from orchestrator.encoders import load_encoder
from orchestrator.errors import ProjectError
from orchestrator.evaluation.intents import IntentFiles, load_intents, measure_files

DATA = Path(__file__).parents[2] / "../shared/data"

COLOURS = {"red": "crimson scarlet ruby", "green": "emerald olive lime", "blue": "azure navy cobalt"}


def _write(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("".join(json.dumps({"text": text, "intent": intent}) + "\n" for text, intent in rows), "utf-8")
    return path


def _rows(*frames: str) -> list[tuple[str, str]]:
    return [(frame.format(word), colour) for colour, words in COLOURS.items() for word in words.split() for frame in frames]


@pytest.fixture
def files(tmp_path: Path) -> IntentFiles:
    train = _write(tmp_path / "train.jsonl", _rows("paint it {}", "a {} wall", "the {} one please"))
    test = _write(tmp_path / "test.jsonl", [*_rows("make the room {}"), ("qqq zzz", "oos"), ("xyx wvw", "NO_NODES_DETECTED")])
    return IntentFiles(train=train, test=test)


def test_a_test_file_is_scored_in_and_out_of_scope(files: IntentFiles) -> None:
    report = measure_files(files, encoder=None)
    assert (report.intents, report.trained, report.tested, report.tested_out_of_scope) == (3, 27, 9, 2)
    assert report.accuracy == report.macro_f1 == 1.0
    assert report.out_of_scope_auroc == 1.0
    assert report.points_lost == pytest.approx(report.accuracy - report.accuracy_after_rejection)
    assert report.encoder == "none"
    assert json.loads(json.dumps(report.as_dict()))["tested"] == 9
    assert ("accuracy", "100.0 %") in report.as_rows()


def test_without_a_test_file_every_row_is_tested_once(files: IntentFiles) -> None:
    report = measure_files(IntentFiles(train=files.train), encoder=None, folds=3)
    assert report.tested == 27
    assert report.out_of_scope_recall is None
    assert ("out-of-scope recall", "–") in report.as_rows()


def test_a_file_of_out_of_scope_rows_needs_no_intents(files: IntentFiles, tmp_path: Path) -> None:
    foreign = tmp_path / "oos.jsonl"
    foreign.write_text('{"text": "qqq"}\n\n{"text": "zzz", "intent": "whatever"}\n', "utf-8")
    report = measure_files(IntentFiles(train=files.train, oos_train=foreign, oos_test=foreign), encoder=None, folds=3)
    assert report.tested_out_of_scope == 4  # its own, held out in turn, and those asked for


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"text": "a", "intent": "x"}\n{"text": "b"', r"rows\.jsonl:2: not JSON"),
        ('\n{"text": "a"}', r"rows\.jsonl:2: no field 'intent'"),
        ('{"text": "  ", "intent": "x"}', r"rows\.jsonl:1: text is '  '"),
        ('{"text": 3, "intent": "x"}', r"rows\.jsonl:1: text is 3"),
        ('["a", "x"]', r"rows\.jsonl:1: .* is not an object"),
        ("", r"rows\.jsonl:1: no rows"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(ProjectError, match=complaint):
        load_intents(path)


def test_a_missing_file_and_a_single_intent_are_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"gone\.jsonl:1: cannot be read"):
        load_intents(tmp_path / "gone.jsonl")
    with pytest.raises(ProjectError, match="fewer than two intents"):
        measure_files(IntentFiles(train=_write(tmp_path / "one.jsonl", [("a", "x"), ("b", "x")])), encoder=None)


def test_ten_examples_per_intent_reach_86_percent_on_banking77() -> None:
    folder = DATA / "banking77"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data")
    files = IntentFiles(train=folder / "fewshot_train_10.jsonl", test=folder / "fewshot_valid.jsonl")
    report = measure_files(files, encoder=load_encoder("tuned"))
    assert report.accuracy >= 0.865
    assert report.coverage >= 0.94
    assert report.points_lost <= 0.02
    assert report.calibration_error <= report.calibration_noise + 0.01


def test_english_examples_serve_spanish_french_and_italian() -> None:
    folder = DATA / "multilingual/nlpjs50"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data")
    for language in ("es", "fr", "it"):
        files = IntentFiles(train=folder / "en.train.jsonl", test=folder / f"{language}.train.jsonl")
        assert measure_files(files, encoder=load_encoder("tuned")).accuracy >= 0.93
