"""What a run leaves: a table for people, JSON for tools, JUnit XML for build servers."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from orchestrator.evaluation.report import as_dict, failures, table, write_junit
from orchestrator.evaluation.suite import CaseResult, TurnResult
from orchestrator.evaluation.transcript import Shown

GOOD = TurnResult(say="hello", shown=Shown(text="Hello!", milliseconds=10.0), misses=())
BAD = TurnResult(
    say="my <order> & \x00 more",
    shown=Shown(text="What \x1b & <why>?", asks="order_id", milliseconds=30.0),
    misses=("says 'a'", 'says "<b>"'),
)
RESULTS = [
    CaseResult(suite="orders", name="fine", language="en", turns=(GOOD,), seconds=0.01),
    CaseResult(suite="orders", name="<wrong> & odd", language="fr", turns=(GOOD, BAD, BAD), seconds=0.07),
    CaseResult(suite="safety", name="fine too", language="en", turns=(GOOD,), seconds=0.01),
]


def test_a_case_passes_when_no_turn_misses_anything_and_counts_what_it_asked_twice() -> None:
    assert [result.passed for result in RESULTS] == [True, False, True]
    assert [result.reasked for result in RESULTS] == [0, 1, 0]


def test_junit_parses_and_counts_cases_and_failures(tmp_path: Path) -> None:
    write_junit(RESULTS, tmp_path / "run.xml")
    root = ElementTree.parse(tmp_path / "run.xml").getroot()
    counts = [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root]
    assert counts == [("orders", "2", "1"), ("safety", "1", "0")]
    [wrong] = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert (wrong.get("classname"), wrong.get("name"), wrong.get("time")) == ("orders", "<wrong> & odd", "0.070")
    found = [node.text or "" for node in wrong.findall("failure")]
    assert len(found) == 1
    assert found[0].count("✗ says 'a'") == 2


def test_json_has_every_turn_and_the_figures_of_the_run() -> None:
    found = json.loads(json.dumps(as_dict(RESULTS)))
    assert (found["cases"], found["turns"], found["failed"], found["reasked"], found["p50_ms"]) == (3, 5, 1, 1, 10.0)
    assert found["results"][1]["turns"][1]["misses"] == ["says 'a'", 'says "<b>"']
    assert as_dict([])["p50_ms"] is None


def test_the_table_has_a_row_per_suite() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(table(RESULTS))
    rows = [row.split() for row in out.getvalue().splitlines()]
    assert rows == [["suite", "cases", "turns", "failed"], ["orders", "2", "4", "1"], ["safety", "1", "1", "0"]]


def test_a_failure_shows_what_was_said_what_was_answered_and_what_was_missed() -> None:
    text = failures(RESULTS)[0]
    assert text.startswith("orders: <wrong> & odd\n  › my <order>")
    assert text.endswith("  ✗ says 'a'\n  ✗ says \"<b>\"")
