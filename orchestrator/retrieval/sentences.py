"""Sentence ends in the six languages, told from abbreviations, ordinals and numbers."""

import re

END = re.compile(r"(?<=[.!?…])(?:[»”\")’]|\s»)*\s+(?=[\"«“„(¿¡]?\s?[A-ZÀ-ÖØ-Þ0-9])")
ABBREVIATIONS = frozenset({
    "e.g", "i.e", "etc", "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "approx", "incl", "excl", "max", "min", "tel", "nr",
    "bzw", "z.b", "d.h", "u.a", "ca", "evtl", "ggf", "inkl", "exkl", "zzgl", "str", "abs", "art", "p.ex", "ex", "env", "mme",
    "mlle", "av", "bd", "sig", "sig.ra", "dott", "ecc", "sra", "sr", "dña", "ud", "uds", "p.ej", "ej", "aprox", "núm", "pág",
    "tél", "avda",
})  # fmt: skip
ORDINAL = re.compile(r"\b\d{1,2}\.$")


def split_sentences(text: str, language: str) -> tuple[str, ...]:
    """The sentences of a plain text, in order, stripped, none empty."""
    found, start = list[str](), 0
    for end in END.finditer(text):
        sentence = text[start : end.start()]
        if _goes_on(sentence, language):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def _goes_on(sentence: str, language: str) -> bool:
    if not sentence.endswith("."):
        return False
    last = sentence.split()[-1].rstrip(".").lstrip("(«“\"'").lower()
    if last in ABBREVIATIONS or re.fullmatch(r"[a-zà-ÿ](\.\s?[a-zà-ÿ])*", last):
        return True
    return language == "de" and ORDINAL.search(sentence) is not None
