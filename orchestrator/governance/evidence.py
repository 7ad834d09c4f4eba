"""What a turn's answer may rest on: every amount, date, duration, code and product that is said must stand there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from orchestrator.conversation import Language
from orchestrator.governance.figures import Figure, figures_of
from orchestrator.governance.goods import goods_of
from orchestrator.governance.structured import is_structured, read
from orchestrator.governance.units import FigureKind

NUMBER = re.compile(r"\d+(?:[.,'\u2019\u00a0\u202f ]\d{3})*(?:[.,]\d+)?")
LINK = re.compile(r"(?:https?:)?//[^\s)>\]]+|!\[[^\]]*\]\([^)]*\)")
EvidenceKind = Literal["tool", "passage", "policy", "code", "customer", "profile"]
STATED: frozenset[FigureKind] = frozenset(("date", "hour", "measure", "number", "code", "contact"))
"""What customers may say of themselves and we may say again. Their amounts, percentages and durations prove nothing."""
QUANTITIES: frozenset[FigureKind] = frozenset(("amount", "percentage", "duration", "measure", "number"))
FEW = 10
"""Whole numbers up to this, without a unit, count things in any sentence ("2 items", "step 3")."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One piece of what is known. `kind` is who wrote it: a customer's text is "customer" wherever it was read."""

    text: str
    kind: EvidenceKind


class Ground:
    """The evidence of a turn, in normal forms.

    Args:
        pieces: What is known at the start; more comes by `add`.
        products: The names of the shop's products in all languages by id; without them none is looked for.
        today: The day of the turn, for "tomorrow" and the weekdays.
    """

    def __init__(
        self, pieces: Iterable[Evidence] = (), *, products: Mapping[str, Iterable[str]] | None = None, today: date | None = None
    ) -> None:
        self._goods = goods_of(products) if products else None
        self._today = today
        self._keys = set[str]()
        self._products = set[str]()
        if today:
            self._keys |= _date_keys(today.isoformat())
        for piece in pieces:
            self.add(piece)

    def add(self, piece: Evidence) -> None:
        """Takes in what was learnt during the turn."""
        texts: tuple[str, ...] = (piece.text,)
        if piece.kind != "customer" and is_structured(piece.text):
            keys, texts = read(piece.text)
            self._keys |= keys
        for text in texts:
            for figure in figures_of(text, None):
                if piece.kind != "customer" or figure.kind in STATED:
                    self._keys |= self._supported(figure, loose=piece.kind != "customer")
            if self._goods:
                found = self._goods.find_in_passage(text) if piece.kind == "passage" else self._goods.find(text, exact=True)
                self._products.update(*(mention.products for mention in found))

    def missing(self, sentence: str, language: Language) -> tuple[Figure, ...]:
        """The figures and products of a sentence that the evidence does not have."""
        lacking = [figure for figure in figures_of(sentence, language) if not self._has(figure)]
        for mention in self._goods.find(sentence) if self._goods else ():
            if not mention.products & self._products:
                lacking.append(Figure(kind="product", values=tuple(sorted(mention.products)), text=mention.text))
        return tuple(lacking)

    def _has(self, figure: Figure) -> bool:
        values = figure.values
        if figure.kind == "date":
            values = tuple(form for value in values for form in self._asked(value.removeprefix("date:")))
        if any(value in self._keys for value in values):
            return True
        if figure.kind == "number" and "." not in figure.number and int(figure.number) <= FEW:
            return True
        return figure.kind in QUANTITIES and f"any:{figure.number}" in self._keys

    def _asked(self, day: str) -> tuple[str, ...]:
        """The forms in which the evidence may have a day: "tomorrow" is a date, and a date may stand there without its year."""
        if day[0] in "+-" and day[1] != "-":
            named = (self._today + timedelta(days=int(day))).isoformat() if self._today else ""
            return f"date:{day}", f"date:{named}", f"date:*{named[4:]}"
        return f"date:{day}", f"date:*{day[4:]}"

    def _supported(self, figure: Figure, *, loose: bool) -> set[str]:
        keys = set(figure.values)
        if figure.number:
            keys.add(f"number:{figure.number}")
        if figure.kind == "number" and figure.loose and loose:
            keys.add(f"any:{figure.number}")
        if figure.kind == "date":
            for value in figure.values:
                keys |= self._named(value.removeprefix("date:"))
        elif figure.kind == "hour":
            keys |= {f"number:{int(part)}" for value in figure.values for part in value.removeprefix("hour:").split(":")}
        elif figure.kind in ("code", "contact"):
            keys |= {f"number:{int(run)}" for run in re.findall(r"\d+", figure.text)}
        return keys

    def _named(self, day: str) -> set[str]:
        if day[0] in "+-" and day[1] != "-":
            return {f"date:{day}"} | (_date_keys((self._today + timedelta(days=int(day))).isoformat()) if self._today else set[str]())
        return _date_keys(day)


def _date_keys(day: str) -> set[str]:
    """Everything that a day is evidence for: itself, without its year, its month, its weekday, its bare number."""
    keys = {f"date:{day}"}
    if day[0] == "w":
        return keys
    year, _, rest = day.partition("-") if day[0] != "-" else ("-", "", day[2:])
    month, _, number = rest.partition("-")
    keys |= {f"date:--{month}", f"date:{year}-{month}"}
    if number:
        keys |= {f"date:--{rest}", f"number:{int(number)}"} | ({f"date:*-{rest}"} if year == "-" else set[str]())
    if year != "-":
        keys.add(f"number:{year}")
        keys |= _weekday(day) if number else set[str]()
    return keys


def _weekday(day: str) -> set[str]:
    try:
        return {f"date:w{date.fromisoformat(day).isoweekday()}"}
    except ValueError:
        return set()


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text in one spelling: `1'200.50`, `1.200,50` and `1 200,5` are all `1200.5`."""
    return frozenset(_plain(found.group()) for found in NUMBER.finditer(text))


def unsupported(text: str, evidence: Iterable[str]) -> frozenset[str]:
    """The numbers of a text that the evidence does not have."""
    return numbers(text) - frozenset(number for piece in evidence for number in numbers(piece))


def foreign_links(text: str, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Links and images to other places than the allowed prefixes."""
    return tuple(found.group() for found in LINK.finditer(text) if not found.group().startswith(allowed or ("\0",)))


def sentences(text: str) -> tuple[str, ...]:
    """The text in pieces that can be sent one by one; joined they are the text again."""
    pieces = re.split(r"(?<=[.!?…])(?=\s+[^\s\d])|(?<=\n)", text)
    return tuple(piece for piece in pieces if piece)


def _plain(number: str) -> str:
    compact = re.sub(r"['\u2019\u00a0\u202f ]", "", number)
    whole, point, rest = re.match(r"(.*?)(?:([.,])(\d{1,2}))?$", compact).groups() if re.search(r"\d", compact) else (compact, None, None)  # type: ignore[union-attr]
    digits = re.sub(r"[.,]", "", whole or "")
    decimals = (rest or "").rstrip("0") if point else ""
    return f"{int(digits or '0')}.{decimals}" if decimals else str(int(digits or "0"))
