"""Whether a message refers back to an earlier contact: "I wrote to you yesterday about my blender"."""

import re
from functools import lru_cache
from importlib import resources
from typing import cast

import yaml

from orchestrator.conversation import Language
from orchestrator.understanding.normalise import fold


def refers_back(text: str, language: Language) -> bool:
    """True when the customer mentions an earlier message, call or colleague."""
    return _pattern(language).search(fold(text)) is not None


@lru_cache
def _pattern(language: Language) -> re.Pattern[str]:
    source = resources.files("orchestrator.understanding").joinpath("lexicon", "follow_up.yaml")
    phrases = cast("dict[str, list[str]]", yaml.safe_load(source.read_text(encoding="utf-8")))
    return re.compile("|".join(rf"\b(?:{phrase})\b" for phrase in phrases[language]))
