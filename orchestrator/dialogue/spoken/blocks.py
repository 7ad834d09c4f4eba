"""Lists, steps and tables as sentences: a listener sees no lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from orchestrator.conversation import Language

from .words import SpeechWords, one_of, speech

_ITEM = re.compile(r"^(?:[-–—•*·▪‣◦]|(?P<number>\d{1,2})[.)])\s+(?P<text>\S.*)$")
_ROW = re.compile(r"^\|(.*)\|$")
_DIVIDER = re.compile(r"^\|?[\s:|-]*-[\s:|-]*\|?$")
SHORT_ITEM = 4
"""Words up to which items are told in one sentence."""

Kind = Literal["text", "bullets", "numbers", "table"]


@dataclass
class _Block:
    kind: Kind
    lines: list[str]


def flowing(text: str, language: Language) -> str:
    """The text in one paragraph of sentences."""
    words = speech(language)
    said: list[str] = []
    for block in _blocks(text):
        lead = said[-1] if said else ""
        match block.kind:
            case "text":
                said += [_joined(block.lines)]
            case "table":
                said += [_table(block.lines)]
            case _:
                if lead:
                    said.pop()
                said += _listed(lead, block, words)
    return " ".join(_closed(part) for part in said if part)


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    for line in text.splitlines():
        kind, content = _kind(line, blocks[-1] if blocks else None)
        if not line:
            blocks.append(_Block("text", []))
        elif blocks and blocks[-1].kind == kind:
            blocks[-1].lines.append(content)
        else:
            blocks.append(_Block(kind, [content]))
    return [_counted(block) for block in blocks if block.lines]


def _kind(line: str, before: _Block | None) -> tuple[Kind, str]:
    """What a line is, and its words. Numbered lines count from one: "24. November" is a day and no item."""
    if (row := _ROW.match(line)) is not None:
        return "table", row[1]
    item = _ITEM.match(line)
    if item is None:
        return "text", line
    if item["number"] is None:
        return "bullets", item["text"]
    counted = len(before.lines) + 1 if before is not None and before.kind == "numbers" else 1
    return ("numbers", item["text"]) if int(item["number"]) == counted else ("text", line)


def _counted(block: _Block) -> _Block:
    """A single numbered line is no list: its number belongs to it."""
    return _Block("text", [f"1. {block.lines[0]}"]) if block.kind == "numbers" and len(block.lines) == 1 else block


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line if line.endswith((".", "!", "?", ":", ",", ";", "…")) else f"{line}." for line in lines[:-1]) + (
        f" {lines[-1]}" if len(lines) > 1 else lines[-1]
    )


def _listed(lead: str, block: _Block, words: SpeechWords) -> list[str]:
    """The lead and the items, as steps in order, as one sentence or as one each."""
    items = [line.strip(" ;,.") if not line.endswith(("?", "!", "…")) else line for line in block.lines]
    steps = block.kind == "numbers" or re.search(rf"(?<!\w)(?:{one_of(words.steps)})(?!\w)", lead.lower()) is not None
    if steps and len(items) > 1:
        return [_closed(lead.rstrip(":")), *(f"{_order(at, len(items), words)}: {item}." for at, item in enumerate(items))]
    if lead.endswith(":") and all(len(item.split()) <= SHORT_ITEM and "," not in item and "(" not in item for item in items):
        together = ", ".join(items[:-1]) + f" {words.both} {items[-1]}" if len(items) > 1 else items[0]
        return [f"{lead} {together}."]
    return [_closed(lead.rstrip(":")), *(_closed(item[:1].upper() + item[1:]) for item in items)]


def _order(at: int, count: int, words: SpeechWords) -> str:
    if at == 0:
        return words.first
    return words.finally_ if at == count - 1 and count > 2 else words.then


def _table(lines: Sequence[str]) -> str:
    """A row a sentence: its first cell, then every other with the head of its column."""
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if not _DIVIDER.match(line)]
    if len(rows) < 2:
        return ", ".join(cell for row in rows for cell in row if cell)
    head, *body = rows
    sentences: list[str] = []
    for row in body:
        cells = [f"{name} {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=False) if cell]
        sentences.append(f"{row[0]}: {', '.join(cells)}." if row[0] and cells else f"{row[0] or ', '.join(cells)}.")
    return " ".join(sentences)


def _closed(sentence: str) -> str:
    sentence = sentence.rstrip()
    return sentence if not sentence or sentence[-1] in ".!?:…" else f"{sentence.rstrip(',;')}."
