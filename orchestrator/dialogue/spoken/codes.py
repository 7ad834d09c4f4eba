"""Numbers that name something (orders, parcels, phones, postcodes, one-time codes) and e-mail addresses, sign by sign in short groups."""

import re
from functools import cache

from orchestrator.conversation import Language

from .words import SpeechWords, one_of, speech

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'…-]*[\w…]@(?:[\w-]+\.)+[A-Za-z]{2,24}(?![\w-])")
_PHONE = re.compile(r"(?<![\w.,-])(?:\+\d(?:[ ().\u00a0\u202f/-]{0,2}\d){6,14}|0\d{1,4}(?:[ ./\u00a0\u202f-]\d{1,4}){2,5})(?![\w-]|[.,]\d)")
_CODE = re.compile(
    r"(?<![\w.,’'@+-])(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{5}-\d{3,4}|"
    r"(?=[A-Z0-9.-]*\d)(?=[A-Z0-9.-]*[A-Z])[A-Z0-9]+(?:[-.][A-Z0-9]+)*)(?![\w@-]|\.[A-Z\d])"
)
_LONG = re.compile(r"(?<![\w.,:'’€$£+-])\d{5,}(?![\w%°€$£-]|[.,:]\d)")
_TOWN = re.compile(r"(?<=\w, )\d{4}(?= [A-ZÀ-Þ][a-zà-ÿ])")
FOUND_DIGITS = 3
"""Digits from which letters and digits are a code; fewer are a name ("H2O", "A4")."""
GROUP = 3
MIXED = 4
"""Signs up to which letters and digits are read together, as in a British postcode."""
_LETTERS_DIGITS = re.compile(r"\d+|[A-Za-z]+")


def with_codes(text: str, language: Language) -> str:
    """The text with every such number read out."""
    words = speech(language)
    text = _PHONE.sub(lambda found: _groups(found[0], words), text)
    text = _CODE.sub(lambda found: _code(found[0], words), text)
    text = _LONG.sub(lambda found: _long(found, text, language), text)
    text = _TOWN.sub(lambda found: _long(found, text, language), text)
    return _announced(language).sub(lambda found: _read_out(found, words), text)


def _read_out(found: re.Match[str], words: SpeechWords) -> str:
    return f"{found['cue'] or ''}{_groups(found['told'] or found['called'], words)}"


def with_addresses(text: str, language: Language) -> str:
    """The text with e-mail addresses said sign by sign; a masked one without its dots."""
    return _EMAIL.sub(lambda found: _address(found[0], speech(language)), text)


def _address(written: str, words: SpeechWords) -> str:
    local, _, host = written.partition("@")
    *labels, ending = host.split(".")
    spelt = " ".join(ending) if len(ending) == 2 else ending
    dot = f" {words.signs['.']} "
    return f"{_local(local, words)} {words.signs['@']} {dot.join((*(_label(label, words) for label in labels), spelt))}"


def _local(written: str, words: SpeechWords) -> str:
    shown = written.replace("…", "").strip(".")
    return " ".join(re.sub(r"[._+-]", lambda sign: f" {words.signs[sign[0]]} ", _label(shown, words)).split())


def _label(written: str, words: SpeechWords) -> str:
    parted = re.sub(r"\d", lambda digit: f" {digit[0]} ", written)
    return " ".join(re.sub(r"-", f" {words.signs['-']} ", parted).split())


def _code(written: str, words: SpeechWords) -> str:
    if sum(character.isdigit() for character in written) < FOUND_DIGITS and " " not in written:
        return written
    return _groups(written, words)


def _long(found: re.Match[str], text: str, language: Language) -> str:
    """A long number or a town's, unless it counts money or measures something; German counts in nouns, so a house number comes before."""
    is_short = len(found[0]) <= GROUP + 1
    if _counted(language).match(text, found.end()) or (language == "de" and is_short and not text[: found.start() - 2][-1:].isdigit()):
        return found[0]
    return _chunked(found[0])


def _groups(written: str, words: SpeechWords) -> str:
    """The groups as written, long ones in short ones, with a pause between."""
    plus = f"{words.plus} " if written.startswith("+") else ""
    parts = [
        part
        for whole in re.findall(r"[A-Za-z0-9]+", written)
        for part in ((whole,) if len(whole) <= MIXED else _LETTERS_DIGITS.findall(whole))
    ]
    return plus + ", ".join(_chunked(part) for part in parts)


def _chunked(part: str) -> str:
    """Signs with blanks between, three at a time; four stay together, so that none stands alone."""
    chunks: list[str] = []
    while part:
        size = len(part) if len(part) <= (GROUP if part[0].isdigit() else GROUP + 1) + 1 else GROUP
        chunks.append(" ".join(part[:size]))
        part = part[size:]
    return ", ".join(chunks)


@cache
def _counted(language: Language) -> re.Pattern[str]:
    words = speech(language)
    names = [name for table in (words.currencies, words.units) for wordings in table.values() for name in wordings]
    return re.compile(rf" (?:{one_of((*names, *words.units, words.percent))})(?!\w)")


@cache
def _announced(language: Language) -> re.Pattern[str]:
    """A short number after a word for a code, after a call to dial it, or one that everybody knows from the telephone."""
    words = speech(language)
    after = rf"(?:[-–]|[.,:]\d|\d|\w| (?:{one_of(_plain_units(words))})(?!\w))"
    cue = rf"(?<!\w)(?:{one_of(words.cues)}):? "
    dial = rf"(?<!\w)(?:{one_of(words.dial)}) (?:[^\W\d]+ ){{0,3}}?"
    told = rf"(?P<cue>{cue}|{dial})(?P<told>\d{{3,4}}(?: \d{{3}})?(?!{after})(?! ?%))"
    called = rf"(?<![\w.,’'$€£-])(?<!\d )(?P<called>{one_of(words.dialled)})(?!{after})(?=[.,;:!?)]| \(|$)"
    return re.compile(f"{told}|{called}", re.IGNORECASE)


def _plain_units(words: SpeechWords) -> list[str]:
    names = [name for table in (words.currencies, words.units) for wordings in table.values() for name in wordings]
    return sorted((*names, *words.units, words.percent), key=len, reverse=True)
