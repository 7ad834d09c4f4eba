from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from agents.tools.cart import CartShown, DiscountGiven, request_discount, show_cart
from agents.tools.catalogue import Accessories, GiftIdeas, GiftTheme, ProductsFound, find_products, recommend_accessories, suggest_gifts
from agents.tools.delivery import DeliveryEstimate, delivery_estimate
from agents.tools.products import (
    Comparison,
    Price,
    ProductFacts,
    Stock,
    check_stock,
    compare_products,
    product_details,
    product_price,
)
from agents.tools.stores import StoreHours, StoresFound, find_store, store_hours
from orchestrator import Money, ToolRefused

from .conftest import Asker

pytestmark = pytest.mark.anyio


async def test_products_are_found_by_category_budget_and_colour(asks: Asker) -> None:
    found = await find_products(asks(), category="kettles", max_price=Decimal(60), colour="black")
    assert isinstance(found, ProductsFound)
    assert (found.outcome, found.category, found.colour) == ("found", "kettles", "black")
    assert [card.name for card in found.products] == ["Alba kettle"]


async def test_above_the_budget_the_cheapest_are_named(asks: Asker) -> None:
    found = await find_products(asks(), category="mattresses", max_price=Decimal(200))
    assert isinstance(found, ProductsFound)
    assert found.outcome == "above_budget"
    assert [card.id for card in found.products] == ["nido-topper-160-200", "nido-mattress-90-200"]


async def test_nothing_said_is_asked_with_the_departments(asks: Asker) -> None:
    found = await find_products(asks(language="fr"))
    assert isinstance(found, ProductsFound)
    assert (found.outcome, found.groups) == ("ask", ("Cuisine", "Maison", "Extérieur", "Cadeaux"))


async def test_accessories_are_in_stock_and_not_the_thing_itself(asks: Asker) -> None:
    found = await recommend_accessories(asks(), product="alba-kettle")
    assert isinstance(found, Accessories)
    assert found.outcome == "found"
    assert 1 <= len(found.products) <= 3
    assert all(card.in_stock and card.id != "alba-kettle" for card in found.products)


@pytest.mark.parametrize("theme", list(GiftTheme))
async def test_gifts_stay_within_the_budget(asks: Asker, theme: GiftTheme) -> None:
    ideas = await suggest_gifts(asks(), max_price=Decimal(80), theme=theme)
    assert isinstance(ideas, GiftIdeas)
    assert ideas.outcome == "found"
    assert all(card.price.amount <= 80 and card.in_stock for card in ideas.products)
    assert ideas.arrives_by == date(2026, 11, 26)


async def test_no_gift_costs_nothing(asks: Asker) -> None:
    ideas = await suggest_gifts(asks(), max_price=Decimal("0.50"))
    assert isinstance(ideas, GiftIdeas)
    assert (ideas.outcome, ideas.products) == ("nothing", ())


async def test_a_price_comes_with_delivery_and_instalments(asks: Asker) -> None:
    kettle = await product_price(asks(), product="alba-kettle")
    mixer = await product_price(asks(), product="alba-stand-mixer")
    assert isinstance(kettle, Price)
    assert isinstance(mixer, Price)
    assert (kettle.outcome, kettle.price.amount, kettle.free_delivery, kettle.instalments) == ("regular", Decimal("59.90"), False, 0)
    assert kettle.delivery_fee == Money(amount=Decimal("7.9"), currency="CHF")
    assert (mixer.outcome, mixer.free_delivery, mixer.instalments) == ("reduced", True, 6)
    assert mixer.instalment == Money(amount=Decimal("66.50"), currency="CHF")


async def test_a_price_is_in_the_currency_of_the_region(asks: Asker) -> None:
    price = await product_price(asks(region="BR"), product="alba-kettle")
    assert isinstance(price, Price)
    assert price.price == Money(amount=Decimal("369.00"), currency="BRL")


@pytest.mark.parametrize(
    ("product", "aspect", "outcome", "value"),
    [
        ("alba-kettle", "power", "one", "2,200 W"),
        ("monte-frying-pan-28", "size", "one", "28 cm"),
        ("alba-grinder", "capacity", "one", "250 g"),
        ("alba-kettle", "induction", "unknown", ""),
        ("alba-kettle", None, "all", ""),
    ],
)
async def test_the_fact_asked_for_is_told(asks: Asker, product: str, aspect: str | None, outcome: str, value: str) -> None:
    facts = await product_details(asks(), product=product, aspect=aspect)
    assert isinstance(facts, ProductFacts)
    assert facts.outcome == outcome
    assert (facts.asked.value if facts.asked else "") == value
    assert facts.properties


@pytest.mark.parametrize("tool", [product_price, product_details, check_stock, recommend_accessories, delivery_estimate])
async def test_products_we_do_not_sell_are_refused(asks: Asker, tool: Callable[..., Awaitable[object]]) -> None:
    with pytest.raises(ToolRefused, match="product_unknown"):
        await tool(asks(), product="nonsense")


async def test_two_products_are_compared_by_what_differs(asks: Asker) -> None:
    comparison = await compare_products(asks(), product="alba-kettle", other="alba-glass-kettle")
    assert isinstance(comparison, Comparison)
    assert (comparison.outcome, comparison.price_difference.amount) == ("first_cheaper", Decimal("10.00"))
    rows = {row.label: (row.first, row.second) for row in comparison.differences}
    assert rows["Power"] == ("2,200 W", "2,000 W")
    assert "Care" not in rows
    with pytest.raises(ToolRefused, match="same_product"):
        await compare_products(asks(), product="alba-kettle", other="alba-kettle")


async def test_stock_is_told_online_and_by_store(asks: Asker) -> None:
    online = await check_stock(asks(), product="alba-kettle")
    assert isinstance(online, Stock)
    assert online.outcome == "online"
    for city in ("lausanne", "zuerich", "london"):
        there = await check_stock(asks(), product="alba-kettle", store=city)
        assert isinstance(there, Stock)
        assert there.outcome == ("in_store" if there.pieces else "not_in_store")
        assert there.store not in there.stores


async def test_a_basket_left_open_is_shown_with_its_total(asks: Asker) -> None:
    cart = await show_cart(asks("lucia"))
    assert isinstance(cart, CartShown)
    assert (cart.outcome, cart.left_on) == ("ready", date(2026, 11, 22))
    assert [line.name for line in cart.lines] == ["lámpara de mesa Lumo", "vela aromática Sera"]
    assert cart.total.amount == sum(line.price.amount for line in cart.lines)
    with pytest.raises(ToolRefused, match="no_cart"):
        await show_cart(asks("lea"))


async def test_the_courtesy_discount_is_given_once_in_90_days(asks: Asker) -> None:
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    given = await request_discount(asks("lea"), product="alba-kettle")
    assert isinstance(given, DiscountGiven)
    assert (given.outcome, given.percent, given.valid_until) == ("for_product", 5, date(2027, 2, 21))
    assert given.price == Money(amount=Decimal("56.91"), currency="CHF")
    with pytest.raises(ToolRefused) as refused:
        await request_discount(asks("lea", key="b", now=now + timedelta(days=89)))
    assert refused.value.code == "already_given"
    assert refused.value.facts["code"] == given.code
    assert refused.value.facts["again_from"] == date(2027, 2, 21)
    later = await request_discount(asks("lea", key="c", now=now + timedelta(days=90)))
    assert isinstance(later, DiscountGiven)
    assert later.code != given.code


async def test_a_reduced_product_gets_no_courtesy_discount(asks: Asker) -> None:
    with pytest.raises(ToolRefused, match="already_reduced"):
        await request_discount(asks("lea"), product="alba-stand-mixer")


@pytest.mark.parametrize(
    ("hour", "weekday", "express_on"),
    [(9, 23, date(2026, 11, 24)), (14, 23, date(2026, 11, 25)), (9, 27, date(2026, 11, 30)), (9, 28, date(2026, 12, 1))],
)
async def test_express_comes_the_next_business_day_when_ordered_in_time(asks: Asker, hour: int, weekday: int, express_on: date) -> None:
    estimate = await delivery_estimate(asks(now=datetime(2026, 11, weekday, hour, tzinfo=UTC)), product="alba-kettle")
    assert isinstance(estimate, DeliveryEstimate)
    assert (estimate.outcome, estimate.express_on) == ("express", express_on)


async def test_delivery_goes_by_the_country_of_the_postcode(asks: Asker) -> None:
    estimate = await delivery_estimate(asks(), postcode="SW1A 1AA")
    assert isinstance(estimate, DeliveryEstimate)
    assert (estimate.outcome, estimate.country, estimate.fee.currency) == ("standard", "United Kingdom", "GBP")
    assert (estimate.earliest, estimate.latest) == (date(2026, 11, 26), date(2026, 12, 1))
    with pytest.raises(ToolRefused) as refused:
        await delivery_estimate(asks(), postcode="1234 AB Amsterdam")
    assert refused.value.code == "not_delivered_there"


async def test_bulky_goods_cost_their_own_fee_and_are_not_express(asks: Asker) -> None:
    estimate = await delivery_estimate(asks(), product="riva-bistro-set")
    assert isinstance(estimate, DeliveryEstimate)
    assert estimate.outcome in ("bulky", "sold_out")
    assert (estimate.fee.amount, estimate.is_free, estimate.express_on) == (39, False, None)


@pytest.mark.parametrize(
    ("who", "city", "postcode", "outcome", "first"),
    [
        ("", "zuerich", None, "near", "Zurich"),
        ("", None, "6600", "near", "Lugano"),
        ("", None, "1200", "near", "Geneva"),
        ("lea", None, None, "near", "Lausanne"),
        ("", None, None, "country", "Lausanne"),
        ("ana", None, None, "none", ""),
    ],
)
async def test_the_nearest_store_is_found(asks: Asker, who: str, city: str | None, postcode: str | None, outcome: str, first: str) -> None:
    found = await find_store(asks(who), city=city, postcode=postcode)
    assert isinstance(found, StoresFound)
    assert found.outcome == outcome
    assert (found.stores[0].name if found.stores else "") == first


@pytest.mark.parametrize(
    ("store", "at", "day", "outcome", "next_day"),
    [
        ("lausanne", datetime(2026, 11, 23, 9, 30, tzinfo=UTC), None, "open_now", date(2026, 11, 24)),
        ("lausanne", datetime(2026, 11, 23, 7, 0, tzinfo=UTC), None, "opens_later", date(2026, 11, 23)),
        ("lausanne", datetime(2026, 11, 21, 17, 0, tzinfo=UTC), None, "closed_now", date(2026, 11, 23)),
        ("lausanne", datetime(2026, 11, 23, 9, 30, tzinfo=UTC), date(2026, 11, 29), "closed_that_day", date(2026, 11, 24)),
        ("london", datetime(2026, 11, 23, 9, 30, tzinfo=UTC), date(2026, 11, 29), "open_that_day", date(2026, 11, 23)),
    ],
)
async def test_a_store_is_open_when_it_is(asks: Asker, store: str, at: datetime, day: date | None, outcome: str, next_day: date) -> None:
    hours = await store_hours(asks(now=at), store=store, day=day)
    assert isinstance(hours, StoreHours)
    assert (hours.outcome, hours.next_day) == (outcome, next_day)
    assert len(hours.week) == 7
    assert hours.week[3].closes == time(20)
