"""What a suite run leaves: a table for people, JSON for tools, JUnit for build servers."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

from rich.table import Table

from orchestrator.evaluation.suite import CaseResult

NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def table(results: Sequence[CaseResult]) -> Table:
    """Suites with the number of their cases and turns, and of the cases that failed."""
    rows = Table(box=None, pad_edge=False)
    for name in ("suite", "cases", "turns", "failed"):
        rows.add_column(name, justify="left" if name == "suite" else "right")
    for suite in dict.fromkeys(result.suite for result in results):
        own = [result for result in results if result.suite == suite]
        failed = sum(not result.passed for result in own)
        rows.add_row(suite, str(len(own)), str(sum(len(result.turns) for result in own)), str(failed))
    return rows


def failures(results: Sequence[CaseResult]) -> list[str]:
    """One paragraph per failed turn."""
    return [
        f"{result.suite}: {result.name}\n  › {turn.say}\n  ‹ {turn.shown.text}\n" + "\n".join(f"  ✗ {miss}" for miss in turn.misses)
        for result in results
        for turn in result.turns
        if turn.misses
    ]


def as_dict(results: Sequence[CaseResult]) -> dict[str, object]:
    """The whole run as JSON values."""
    times = [turn.shown.milliseconds for result in results for turn in result.turns]
    return {
        "cases": len(results),
        "turns": len(times),
        "failed": sum(not result.passed for result in results),
        "reasked": sum(result.reasked for result in results),
        "p50_ms": statistics.median(times) if times else None,
        "results": [{**asdict(result), "passed": result.passed} for result in results],
    }


def write_junit(results: Sequence[CaseResult], path: Path) -> None:
    """One test case per case."""
    root = ElementTree.Element("testsuites")
    for suite in dict.fromkeys(result.suite for result in results):
        own = [result for result in results if result.suite == suite]
        failed = sum(not result.passed for result in own)
        node = ElementTree.SubElement(root, "testsuite", name=suite, tests=str(len(own)), failures=str(failed))
        for result in own:
            case = ElementTree.SubElement(node, "testcase", classname=suite, name=_printable(result.name), time=f"{result.seconds:.3f}")
            found = failures([result])
            if found:  # one element however many turns failed: build servers read the first
                message = found[0].splitlines()[-1].strip()
                ElementTree.SubElement(case, "failure", message=_printable(message)).text = _printable("\n\n".join(found))
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _printable(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
