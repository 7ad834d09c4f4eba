"""`filrouge eval`: suites and measures from the command line, with files for people and for build servers."""

import json
from pathlib import Path
from xml.etree import ElementTree

from .conftest import Command

SUITE = """cases:
  - name: the price is in the articles
    language: en
    turns:
      - say: How much does it cost to rent a bicycle?
        expect: {agent: rental, says: ["42"], never_says: ["1000"]}
  - name: nobody rents elephants
    language: en
    turns:
      - say: How much does it cost to rent a bicycle?
        expect: {says: [elephant]}
"""


def test_the_suites_of_a_project_pass_with_exit_0(filrouge: Command, tiny_path: Path) -> None:
    ran = filrouge("eval", "run", "--project", tiny_path)
    assert ran.code == 0, ran.out + ran.err
    assert "smoke" in ran.out


def test_a_missed_expectation_is_exit_1_and_stands_in_every_report(filrouge: Command, tiny_path: Path, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SUITE, encoding="utf-8")
    as_json, as_xml = tmp_path / "run.json", tmp_path / "run.xml"
    ran = filrouge("eval", "run", tmp_path / "own.yaml", "--project", tiny_path, "--json", as_json, "--junit", as_xml)
    assert ran.code == 1
    assert "does not say 'elephant'" in ran.out
    report = json.loads(as_json.read_text(encoding="utf-8"))
    assert (report["cases"], report["failed"], [result["passed"] for result in report["results"]]) == (2, 1, [True, False])
    [suite] = ElementTree.parse(as_xml).getroot()
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("own", "2", "1")


def test_a_suite_with_a_mistake_is_exit_2(filrouge: Command, tiny_path: Path, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("cases: []\n", encoding="utf-8")
    ran = filrouge("eval", "run", tmp_path / "own.yaml", "--project", tiny_path)
    assert ran.code == 2
    assert f"{tmp_path / 'own.yaml'}:1: cases: " in ran.err


def test_routing_is_measured_on_any_messages(filrouge: Command, tiny_path: Path, tmp_path: Path) -> None:
    rows = [
        ("Where can I park my car?", "workshop"),
        ("What is the price for renting a bike?", "rental"),
        ("My lawyer will sue you", "human"),
    ]
    file, as_json = tmp_path / "rows.jsonl", tmp_path / "routing.json"
    file.write_text("".join(json.dumps({"text": text, "team": team}) + "\n" for text, team in rows), encoding="utf-8")
    ran = filrouge("eval", "routing", file, "--project", tiny_path, "--json", as_json)
    assert ran.code == 0, ran.err
    found = json.loads(as_json.read_text(encoding="utf-8"))
    assert (found["rows"], found["recall"]) == (3, {"human": 1.0, "rental": 1.0, "workshop": 1.0})


def test_a_row_that_cannot_be_read_is_named_with_its_line(filrouge: Command, tiny_path: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"text": "hello", "team": "rental"}\n\n{"text": "hello"}\n', encoding="utf-8")
    ran = filrouge("eval", "routing", tmp_path / "rows.jsonl", "--project", tiny_path)
    assert ran.code == 2
    assert f"{tmp_path / 'rows.jsonl'}:3: no field 'team'" in ran.err
