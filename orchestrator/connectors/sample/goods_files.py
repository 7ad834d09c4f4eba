"""Reads `agents/catalog.yaml` and `agents/stores.yaml`: the goods and stores of the sample shop, checked and put into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from babel import Locale
from babel.numbers import format_decimal
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from orchestrator.connectors.goods import Category, Colour, Product, ProductFact, Store, Words
from orchestrator.conversation import LANGUAGES, Language
from orchestrator.errors import Mistake, ProjectError

Content = TypeVar("Content")
FactKind = Literal["number", "size", "word", "country"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Category(_Strict):
    group: str
    popular: bool = False
    names: dict[Language, str]
    aliases: dict[Language, tuple[str, ...]]


class _Fact(_Strict):
    kind: FactKind
    unit: str = ""
    labels: dict[Language, str]
    aliases: tuple[str, ...]


class _Product(_Strict):
    category: str
    range: str
    names: dict[Language, str]
    prices: dict[str, Decimal]
    was: dict[str, Decimal] = {}
    facts: dict[str, str | int | float] = {}
    colours: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()


class _Catalogue(_Strict):
    groups: dict[str, dict[Language, str]]
    categories: dict[str, _Category]
    facts: dict[str, _Fact]
    words: dict[str, dict[Language, str]]
    colours: dict[str, dict[Language, str]]
    products: dict[str, _Product]


class _Store(_Strict):
    names: dict[Language, str]
    street: str
    postcode: str
    region: str
    phone: str
    timezone: str
    serves: tuple[str, ...]
    hours: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Goods:
    """Everything the shop sells and every store, by id."""

    products: Mapping[str, Product]
    categories: Mapping[str, Category]
    stores: Mapping[str, Store]


def read_goods(agents: Path) -> Goods:
    """The goods described in the folder `agents`.

    Raises:
        ProjectError: A file is malformed or names something that it does not define.
    """
    catalogue = _read(agents / "catalog.yaml", TypeAdapter(_Catalogue))
    stores = _read(agents / "stores.yaml", TypeAdapter(dict[str, _Store]))
    mistakes = [Mistake(path=agents / "catalog.yaml", line=1, text=text) for text in _undefined(catalogue)]
    if mistakes:
        raise ProjectError(mistakes)
    return Goods(
        products={id: _product(id, entry, catalogue) for id, entry in catalogue.products.items()},
        categories={
            id: Category(
                id=id,
                group=entry.group,
                group_names=catalogue.groups[entry.group],
                names=entry.names,
                aliases=entry.aliases,
                popular=entry.popular,
            )
            for id, entry in catalogue.categories.items()
        },
        stores={id: Store(id=id, **entry.model_dump()) for id, entry in stores.items()},
    )


def _read(path: Path, shape: TypeAdapter[Content]) -> Content:
    try:
        return shape.validate_python(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except ValidationError as error:
        mistakes = [Mistake(path=path, line=1, text=f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors()]
        raise ProjectError(mistakes) from error
    except (OSError, yaml.YAMLError) as error:
        raise ProjectError([Mistake(path=path, line=1, text=str(error))]) from error


def _undefined(catalogue: _Catalogue) -> list[str]:
    texts: list[str] = []
    for id, product in catalogue.products.items():
        if product.category not in catalogue.categories:
            texts.append(f"product {id!r} is in the category {product.category!r}, which is not defined. Add it under `categories`")
        texts += [
            f"product {id!r} has the colour {c!r}, which is not defined. Add it under `colours`"
            for c in product.colours
            if c not in catalogue.colours
        ]
        for key, value in product.facts.items():
            fact = catalogue.facts.get(key)
            if fact is None:
                texts.append(f"product {id!r} has the fact {key!r}, which is not defined. Add it under `facts`")
            elif fact.kind == "word" and value not in catalogue.words:
                texts.append(f"product {id!r}: the fact {key!r} uses the word {value!r}, which is not defined. Add it under `words`")
    return texts


def _product(id: str, entry: _Product, catalogue: _Catalogue) -> Product:
    return Product(
        id=id,
        category=entry.category,
        range=entry.range,
        names=entry.names,
        prices={currency: price.quantize(Decimal("0.01")) for currency, price in entry.prices.items()},
        was={currency: price.quantize(Decimal("0.01")) for currency, price in entry.was.items()},
        facts=tuple(
            ProductFact(
                key=key,
                label=catalogue.facts[key].labels,
                value=_words_of(catalogue.facts[key], value, catalogue.words),
                aliases=catalogue.facts[key].aliases,
            )
            for key, value in entry.facts.items()
        ),
        colours=tuple(Colour(id=colour, names=catalogue.colours[colour]) for colour in entry.colours),
        marks=entry.marks,
        themes=entry.themes,
    )


def _words_of(fact: _Fact, value: str | float, words: Mapping[str, Words]) -> Words:
    if fact.kind == "word":
        return words[str(value)]
    if fact.kind == "country":
        return {language: str(Locale(language).territories[str(value)]) for language in LANGUAGES}
    return {language: f"{value if fact.kind == 'size' else _number(str(value), language)} {fact.unit}".strip() for language in LANGUAGES}


@lru_cache(maxsize=2048)
def _number(value: str, language: Language) -> str:
    return format_decimal(Decimal(value), locale=language)
