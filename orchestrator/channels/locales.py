"""How telephone carriers name the languages that are spoken and heard: language tags with a country."""

from collections.abc import Mapping

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.project.policy import Policy

USUAL: Mapping[Language, str] = {"en": "en-GB", "fr": "fr-FR", "de": "de-DE", "it": "it-IT", "pt": "pt-BR", "es": "es-ES"}
"""Which every carrier has voices for; regional ones are rarer."""
BY_REGION: Mapping[tuple[Language, str], str] = {
    ("en", "US"): "en-US",
    ("es", "US"): "es-US",
    ("fr", "CA"): "fr-CA",
    ("pt", "PT"): "pt-PT",
}


def locale(language: Language, policy: Policy) -> str:
    """The tag of a language as this company's customers speak it."""
    return BY_REGION.get((language, policy.region_for(language)), USUAL[language])


def language_of(tag: object) -> Language | None:
    """The language of a carrier's tag, None when it is not one of ours."""
    name = tag.replace("_", "-").partition("-")[0].casefold() if isinstance(tag, str) else ""
    return next((known for known in LANGUAGES if known == name), None)
