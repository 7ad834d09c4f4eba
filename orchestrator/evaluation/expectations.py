"""Holds a turn against what its case expects; each miss is one line that says what was wanted and what was shown."""

from orchestrator.evaluation.transcript import Shown
from orchestrator.project.suites import Expectation


def misses(expect: Expectation, turn: Shown) -> tuple[str, ...]:
    """Everything that is not as expected, or nothing."""
    found = [*_names(expect, turn), *_words(expect, turn)]
    if expect.calls is not None and tuple(expect.calls) != turn.calls:
        found.append(f"calls {list(turn.calls)}, expected {list(expect.calls)}")
    if expect.cites is not None and not any(expect.cites in url for url in turn.cites):
        found.append(f"cites {list(turn.cites)}, expected {expect.cites!r}")
    if turn.asks and turn.asks in expect.never_asks:
        found.append(f"asks for {turn.asks}, which is known")
    if expect.escalated is not None and (expect.escalated if expect.escalated != "no" else "") != turn.escalated:
        found.append(f"escalated {turn.escalated or 'no'}, expected {expect.escalated}")
    return tuple(found)


def _names(expect: Expectation, turn: Shown) -> list[str]:
    wanted = {
        "agent": (expect.agent, turn.agent),
        "intent": (expect.intent, turn.intent),
        "decision": (expect.decision, turn.decision),
        "language": (expect.language, turn.language),
        "asks": (expect.asks, turn.asks),
    }
    return [f"{name} {found or 'none'}, expected {want}" for name, (want, found) in wanted.items() if want is not None and want != found]


def _words(expect: Expectation, turn: Shown) -> list[str]:
    text = _plain(turn.text)
    found = [f"does not say {words!r}" for words in expect.says if not any(_plain(word) in text for word in words.split("|"))]
    return found + [f"says {words!r}" for words in expect.never_says if any(_plain(word) in text for word in words.split("|"))]


def _plain(text: str) -> str:
    """Without regard to case and to the kind of space or apostrophe."""
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'").lower().split())
