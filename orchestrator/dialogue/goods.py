"""Which products a message may mean when it does not name exactly one: those of the category it names, nearest name first."""

from orchestrator.conversation import Language
from orchestrator.project.tool import Option
from orchestrator.understanding.entities import Catalogue, CatalogueEntry
from orchestrator.understanding.normalise import fold
from orchestrator.understanding.reading import Reading

AT_MOST = 5


def candidates(reading: Reading, catalogue: Catalogue, language: Language) -> tuple[Option, ...]:
    """The products the message may mean, or none when it names neither a product nor a category."""
    categories, named = set(reading.values("category")), set(reading.values("product"))
    pool = [entry for entry in catalogue.entries if entry.kind == "product" and entry.category in categories]
    if not pool:
        pool = [entry for entry in catalogue.entries if entry.kind == "product" and entry.id in named]
    words = set(fold(reading.text).split())
    shared = [(sum(word in words for word in _words(entry)), entry) for entry in pool]
    best = max((count for count, _ in shared), default=0)
    nearest = [entry for count, entry in shared if count == best]
    return tuple(Option(value=entry.id, label=_label(entry, language)) for entry in nearest[:AT_MOST])


def _words(entry: CatalogueEntry) -> set[str]:
    return {word for names in entry.names.values() for name in names for word in fold(name).split() if len(word) > 2}


def _label(entry: CatalogueEntry, language: Language) -> str:
    names = entry.names.get(language) or next(iter(entry.names.values()))
    return names[0]
