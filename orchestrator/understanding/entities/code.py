"""The one-time code a customer types to prove who they are."""

import re

from .base import Entity, EntityContext, entity

_CODE = re.compile(r"(?<![\w.,€$£#+-])(\d{3})[ -]?(\d{3})(?![\w%€$£-]|[.,]\d| ?\d)")
_ANNOUNCED = re.compile(r"\b(?:code|pin|otp|tan|codice|c[oó]digo)\b\W*(?:\w+\W+){0,2}$", re.IGNORECASE)
_NOT_A_CODE = re.compile(r"(?:order|commande|bestellung|ordine|pedido|nummer|n[uú]m[eé]ro|#)\W*$", re.IGNORECASE)


def find_codes(text: str, context: EntityContext) -> list[Entity]:
    """Six digits that are the whole message, are announced as a code, or are what we asked for."""
    found: list[Entity] = []
    for match in _CODE.finditer(text):
        before = text[: match.start()]
        alone = text.strip(" .!") == match[0]
        if _ANNOUNCED.search(before):
            confidence = 0.95
        elif "code" in context.expects and not _NOT_A_CODE.search(before):
            confidence = 0.95 if alone else 0.85
        elif alone:
            confidence = 0.6
        else:
            continue
        found.append(entity("code", match[1] + match[2], text, match.span(), confidence))
    return found
