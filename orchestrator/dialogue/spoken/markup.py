"""What only eyes need: links, Markdown, HTML, emoji. The lines stay, for lists and tables are said by their lines."""

import re
import unicodedata

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\((?:[^()]|\([^()]*\))*\)")
_URL = re.compile(r"<?\b(?:https?://|www\.)[^\s<>]*[^\s<>.,;:!?)\]]>?/?", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_RULE = re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_STRESS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~)(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_BLANK_LINE = re.compile(r"[*_]{4,}")
_MARKS = re.compile(r"[`“”„«»‹›\"]")
# No-break blanks stay where they hold the thousands of a number together, and before French punctuation.
_FIXED = re.compile(r"(?<!\d)[\u00a0\u202f](?![?!:;])|[\u00a0\u202f](?![?!:;]|\d{3})")
_BLANKS = re.compile(r"[^\S\n\u00a0\u202f]+")
_ARROWS = re.compile(r" *[→⇒➔➜►▶] *")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\ufe0f\ufe0e\u20e3\u00ad")


def unmarked(text: str) -> str:
    """The text without marks; the words of links, headings and stress stay, addresses of pages go."""
    text = _FENCE.sub("", _IMAGE.sub(r"\1", text))
    text = _URL.sub("", _LINK.sub(r"\1", text))
    text = _BLANK_LINE.sub(" ", _RULE.sub("", _TAG.sub("", text)))
    text = _HEADING.sub(lambda found: _ended(found[1]), _QUOTE.sub("", text))
    for _ in range(3):
        text = _STRESS.sub(r"\2", text)
    text = _ARROWS.sub(", ", _MARKS.sub("", text))
    text = _without_pictures(text)
    text = _FIXED.sub(" ", text)
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(lines).strip()


def _ended(heading: str) -> str:
    return heading if heading.endswith((".", "!", "?", ":")) else f"{heading}."


def _without_pictures(text: str) -> str:
    """The text without emoji and the blanks before them."""
    if text.isascii():
        return text
    kept: list[str] = []
    for character in text:
        if not _is_picture(character):
            kept.append(character)
        elif character not in _INVISIBLE:
            while kept and kept[-1] == " ":
                kept.pop()
    return "".join(kept)


def _is_picture(character: str) -> bool:
    if character in _INVISIBLE or "\U0001f1e6" <= character <= "\U0001f1ff" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    return unicodedata.category(character) == "So" and character not in "°№"
