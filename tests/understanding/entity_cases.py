"""What the tests of all entity kinds share: a fixed clock, a catalogue, and reading one kind."""

from datetime import UTC, datetime

from orchestrator.conversation import Language
from orchestrator.understanding.entities import Catalogue, CatalogueEntry, Entity, EntityContext, EntityKind, extract

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
REGION: dict[Language, str] = {"en": "GB", "fr": "FR", "de": "DE", "it": "IT", "pt": "BR", "es": "ES"}


def _entry(entry_id: str, *names: str, category: str | None = None) -> CatalogueEntry:
    languages: tuple[Language, ...] = ("en", "fr", "de", "it", "pt", "es")
    kind = "product" if category else "category"
    return CatalogueEntry(
        id=entry_id, kind=kind, names={code: [name] for code, name in zip(languages, names, strict=True)}, category=category
    )


CATALOGUE = Catalogue(
    [
        _entry("kettles", "kettle", "bouilloire", "Wasserkocher", "bollitore", "chaleira", "hervidor"),
        _entry("toasters", "toaster", "grille-pain", "Toaster", "tostapane", "torradeira", "tostadora"),
        _entry("pans", "frying pan", "poêle", "Bratpfanne", "padella", "frigideira", "sartén"),
        _entry(
            "alba-kettle", "Alba kettle", "Bouilloire Alba", "Alba Wasserkocher", "Bollitore Alba", "Chaleira Alba", "Hervidor Alba",
            category="kettles",
        ),
        _entry(
            "alba-toaster", "Alba toaster", "Grille-pain Alba", "Alba Toaster", "Tostapane Alba", "Torradeira Alba", "Tostadora Alba",
            category="toasters",
        ),
        _entry(
            "monte-pan", "Monte frying pan", "Poêle Monte", "Monte Bratpfanne", "Padella Monte", "Frigideira Monte", "Sartén Monte",
            category="pans",
        ),
    ]
)  # fmt: skip


def read(text: str, language: Language, region: str | None = None, expects: EntityKind | None = None) -> tuple[Entity, ...]:
    """Everything the text names, with the shared clock and catalogue."""
    context = EntityContext(
        now=NOW,
        region=region or REGION[language],
        catalogue=CATALOGUE,
        expects=frozenset({expects}) if expects else frozenset[EntityKind](),
    )
    return extract(text, language, context)


def values(kind: EntityKind, found: tuple[Entity, ...]) -> list[str]:
    """The values of one kind, in order."""
    return [one.value for one in found if one.kind == kind]
