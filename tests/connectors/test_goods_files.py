from decimal import Decimal
from pathlib import Path

import pytest

from orchestrator.connectors.sample.goods_files import Goods, read_goods
from orchestrator.conversation import LANGUAGES
from orchestrator.errors import ProjectError

CURRENCIES = {"CHF", "EUR", "GBP", "USD", "BRL"}


def test_there_are_120_products_and_12_stores(goods: Goods) -> None:
    assert len(goods.products) == 120
    assert len(goods.stores) == 12


def test_every_product_has_a_name_in_six_languages_and_a_price_in_five_currencies(goods: Goods) -> None:
    for product in goods.products.values():
        assert set(product.names) == set(LANGUAGES), product.id
        assert all(product.names.values()), product.id
        assert set(product.prices) == CURRENCIES, product.id
        assert all(price > 0 for price in product.prices.values()), product.id
        if product.was:
            assert all(product.was[currency] > product.prices[currency] for currency in CURRENCIES), product.id


def test_every_fact_has_a_label_and_a_value_in_six_languages(goods: Goods) -> None:
    for product in goods.products.values():
        for fact in product.facts:
            assert set(fact.label) == set(fact.value) == set(LANGUAGES), (product.id, fact.key)
            assert all(fact.value.values()), (product.id, fact.key)


def test_every_category_has_names_and_aliases_in_six_languages_and_a_product(goods: Goods) -> None:
    used = {product.category for product in goods.products.values()}
    for category in goods.categories.values():
        assert set(category.names) == set(category.aliases) == set(LANGUAGES), category.id
        assert all(category.aliases.values()), category.id
        assert category.id in used


def test_names_are_unique_within_a_language(goods: Goods) -> None:
    for language in LANGUAGES:
        names = [product.names[language] for product in goods.products.values()]
        assert len(set(names)) == len(names), language


def test_numbers_are_written_as_the_language_writes_them(goods: Goods) -> None:
    facts = {fact.key: fact for fact in goods.products["alba-kettle"].facts}
    assert facts["power"].value["en"] == "2,200 W"
    assert facts["capacity"].value["de"] == "1,7 l"
    assert facts["material"].value["fr"] == "acier inoxydable"
    assert facts["origin"].value["it"] == "Germania"


def test_the_kettle_costs_what_the_story_says(goods: Goods) -> None:
    kettle = goods.products["alba-kettle"]
    assert kettle.prices["CHF"] == Decimal("59.90")
    assert list(kettle.names.values()) == [
        "Alba kettle",
        "bouilloire Alba",
        "Wasserkocher Alba",
        "bollitore Alba",
        "chaleira Alba",
        "hervidor Alba",
    ]


def test_stores_are_closed_on_the_days_they_do_not_name(goods: Goods) -> None:
    assert "sunday" not in goods.stores["lausanne"].hours
    assert goods.stores["london"].hours["sunday"] == "12:00-18:00"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("category: kettles", "category: kettels", "'kettels', which is not defined"),
        ("material: 'stainless_steel'", "material: 'stainles'", "'stainles', which is not defined"),
        ("colours: [white, black, steel]", "colours: [wite]", "'wite', which is not defined"),
        ("popular: true", "popularity: true", "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_catalogue_names_the_mistake(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    agents = Path(__file__).parents[2] / "agents"
    text = (agents / "catalog.yaml").read_text(encoding="utf-8")
    (tmp_path / "catalog.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "stores.yaml").write_bytes((agents / "stores.yaml").read_bytes())
    with pytest.raises(ProjectError, match=complaint):
        read_goods(tmp_path)


def test_a_missing_catalogue_is_a_mistake_of_the_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"catalog\.yaml"):
        read_goods(tmp_path)
