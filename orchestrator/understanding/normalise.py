"""A message's text made safe and comparable: what is stored is clean, what is matched is folded."""

import re
import unicodedata
from functools import lru_cache

# Bidirectional overrides, zero-width and other format characters, tag characters ("ASCII smuggling"), controls: nothing a customer
# types on purpose, all of it a way to hide text from a colleague who reads along. The zero-width joiner and the variation
# selectors stay out too: an emoji family falls apart into its members, which nobody misses here.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")
_APOSTROPHES = {ord(mark): "'" for mark in "’‘‛ʼ´`＇"}
_LIGATURES = {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"}


def clean(text: str) -> str:
    """The text as it is stored and understood.

    NFC, without control, zero-width, bidirectional and tag characters; a lone surrogate becomes U+FFFD; runs of blanks become one
    space, runs of line ends one line end. Never raises.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _SURROGATE.sub("\ufffd", text)
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    text = _HIDDEN.sub("", text)
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def is_visible(text: str) -> bool:
    """Whether a reader would see anything of it after `clean`."""
    return any(not _is_blank(character) for character in clean(text))


def _is_blank(character: str) -> bool:
    return character.isspace() or character == "\ufffd" or unicodedata.category(character)[0] in "CM"


def has_lone_surrogate(text: str) -> bool:
    """Whether the text is not valid Unicode (half a surrogate pair), which no encoder can store."""
    return _SURROGATE.search(text) is not None


def fold(text: str) -> str:
    """Lower case, without accents, ligatures opened, straight apostrophes. The length may change."""
    return _folded(text, aligned=False)


def fold_aligned(text: str) -> str:
    """The same, one character for each character, so that offsets into the result are offsets into `text`."""
    return _folded(text, aligned=True)


def _folded(text: str, *, aligned: bool) -> str:
    lowered = text.lower()
    if aligned and len(lowered) != len(text):
        lowered = "".join(character.lower()[0] for character in text)
    if lowered.isascii():
        return lowered.replace("`", "'")
    table = {ord(character): _plain(character, aligned) for character in set(lowered) if character > "\x7f"}
    return lowered.translate(table).replace("`", "'")


@lru_cache(maxsize=4096)
def _plain(character: str, aligned: bool) -> str:
    if (apostrophe := _APOSTROPHES.get(ord(character))) is not None:
        return apostrophe
    if (opened := _LIGATURES.get(character)) is not None:
        return opened[0] if aligned else opened
    if character.isspace():
        return " "
    base = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)).lower()
    if not aligned:
        return base
    return base[0] if base else character
