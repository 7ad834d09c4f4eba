"""Team routing is measured by what the supervisor would decide for the first message of a conversation."""

from pathlib import Path

import pytest

from orchestrator import ProjectError
from orchestrator.evaluation.routing import RoutedRow, load_routed, measure_routing, team_of
from orchestrator.graph.context import House
from orchestrator.graph.decision import Decision
from orchestrator.understanding.reading import ReadingContext
from tests.projects.tiny_house import NOW

ROWS = (
    RoutedRow(text="Where can I park my car?", team="workshop"),
    RoutedRow(text="How much does it cost to rent a bicycle?", team="rental"),
    RoutedRow(text="Do I have to leave a deposit?", team="workshop"),
    RoutedRow(text="I want to talk to a human", team="human"),
)


def test_recall_is_counted_per_team_and_averaged_over_teams(tiny_house: House) -> None:
    report = measure_routing(ROWS, tiny_house.reader, tiny_house.project, NOW)
    assert report.recall == {"human": 1.0, "rental": 1.0, "workshop": 0.5}
    assert report.macro_recall == pytest.approx(2.5 / 3)
    assert report.recall_strict["rental"] <= report.recall["rental"]
    assert (report.rows, report.escalated) == (4, 0.25)
    assert dict(report.as_rows())["rows"] == "4"
    assert report.as_dict()["macro_recall"] == report.macro_recall


def test_nothing_measured_is_nothing_found(tiny_house: House) -> None:
    report = measure_routing((), tiny_house.reader, tiny_house.project, NOW)
    assert (report.rows, report.macro_recall, report.clarified) == (0, 0.0, 0.0)


def test_an_undecided_message_is_its_likeliest_intents_teams(tiny_house: House) -> None:
    reading = tiny_house.reader.read("Where can I park my car?", ReadingContext(now=NOW, region="CH", language="en"))
    assert team_of(Decision(kind="answer"), reading, tiny_house.project) == "workshop"
    assert team_of(Decision(kind="clarify", agent="rental"), reading, tiny_house.project) == "rental"
    assert team_of(Decision(kind="escalate", agent="rental"), reading, tiny_house.project) == "human"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "is not an object"),
        ('{"text": "a"}', "no field 'team'"),
        ('{"text": " ", "team": "a"}', "Write a text that is not empty"),
        ('{"text": 1, "team": "a"}', "text is 1"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, row: str, says: str) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(f'{{"text": "a", "team": "b"}}\n\n{row}\n', encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        load_routed(file)
    [mistake] = caught.value.mistakes
    assert (mistake.path, mistake.line) == (file, 3)
    assert says in mistake.text


def test_rows_are_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('\ufeff{"text": "a", "team": "b"}\n', encoding="utf-8")
    assert load_routed(file) == (RoutedRow(text="a", team="b"),)
