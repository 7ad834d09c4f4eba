"""Facts of products: price, properties, differences, stock."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from orchestrator import Money, OptionId, ProductId, ToolContext, ToolRefused, tool
from orchestrator.connectors.commerce import Catalogue
from orchestrator.connectors.goods import Product, ProductFact, StockLevel

from .catalogue import ProductCard, cards
from .goods_options import aspects, comparable_products, fact_of, store_choices
from .lookups import known_product, money


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a product costs. `instalments` is 0 where none are offered for the amount."""

    outcome: Literal["regular", "reduced"]
    name: str
    price: Money
    was: Money | None
    free_delivery: bool
    delivery_fee: Money | None
    instalments: int
    instalment: Money | None
    in_stock: bool


@dataclass(frozen=True, kw_only=True)
class Property:
    """One fact of a product, both words in the customer's language."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """The facts of a product: the one asked for in `asked`, otherwise all in `properties`."""

    outcome: Literal["one", "all", "unknown"]
    name: str
    category: str
    price: Money
    in_stock: bool
    asked: Property | None
    properties: tuple[Property, ...]
    colours: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One fact in which two products differ; a missing value is empty."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two products side by side."""

    outcome: Literal["first_cheaper", "second_cheaper", "same_price"]
    first: ProductCard
    second: ProductCard
    price_difference: Money
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Where a product is to be had. `stores` names those that have it; `back_on` is set when it is sold out online."""

    outcome: Literal["online", "sold_out", "in_store", "not_in_store"]
    name: str
    pieces: int
    store: str
    stores: tuple[str, ...]
    back_on: date | None
    collect_hours: int
    online: bool


@tool(refusals=("product_unknown",))
async def product_price(ctx: ToolContext, product: ProductId) -> Price:
    """Tell what a product costs, delivery and instalments included."""
    found = await known_product(ctx, product)
    price, was = found.price(ctx.currency), found.price_before(ctx.currency)
    level = await _level(ctx, product)
    bulky = "bulky" in found.marks
    fee = ctx.policy.money("delivery.bulky_fee" if bulky else "delivery.standard_fee", ctx.currency)
    free_from = ctx.policy.money("delivery.free_from", ctx.currency)
    is_free = not bulky and free_from is not None and price.amount >= free_from.amount
    months, instalment = _instalments(ctx, price)
    return Price(
        outcome="reduced" if was else "regular",
        name=found.names[ctx.language],
        price=price,
        was=was,
        free_delivery=is_free,
        delivery_fee=None if is_free else fee,
        instalments=months,
        instalment=instalment,
        in_stock=level.online > 0,
    )


@tool(refusals=("product_unknown",), options={"aspect": aspects})
async def product_details(ctx: ToolContext, product: ProductId, aspect: OptionId | None = None) -> ProductFacts:
    """Tell the facts of a product: power, capacity, size, material, colours, induction, dishwasher, care, origin."""
    found = await known_product(ctx, product)
    level = await _level(ctx, product)
    category = (await ctx.connector(Catalogue).categories()).get(found.category)
    asked = fact_of(found, aspect) if aspect else None
    return ProductFacts(
        outcome="all" if aspect is None else "one" if asked else "unknown",
        name=found.names[ctx.language],
        category=category.names[ctx.language] if category else "",
        price=found.price(ctx.currency),
        in_stock=level.online > 0,
        asked=_property(ctx, asked) if asked else None,
        properties=tuple(_property(ctx, fact) for fact in found.facts),
        colours=tuple(colour.names[ctx.language] for colour in found.colours),
    )


@tool(refusals=("product_unknown", "same_product"), options={"other": comparable_products})
async def compare_products(ctx: ToolContext, product: ProductId, other: OptionId) -> Comparison:
    """Compare two products: price and the facts in which they differ."""
    first, second = await known_product(ctx, product), await known_product(ctx, other)
    if first.id == second.id:
        raise ToolRefused("same_product", name=first.names[ctx.language])
    gap = first.prices[ctx.currency] - second.prices[ctx.currency]
    shown = await cards(ctx, (first, second))
    return Comparison(
        outcome="same_price" if gap == 0 else "first_cheaper" if gap < 0 else "second_cheaper",
        first=shown[0],
        second=shown[1],
        price_difference=money(abs(gap), ctx.currency),
        differences=_differences(ctx, first, second),
    )


@tool(refusals=("product_unknown",), options={"store": store_choices})
async def check_stock(ctx: ToolContext, product: ProductId, store: OptionId | None = None) -> Stock:
    """Tell whether a product is in stock online or in a store, and when it is back."""
    found = await known_product(ctx, product)
    level = await _level(ctx, product)
    stores = await ctx.connector(Catalogue).stores()
    having = [one for one in stores.values() if level.stores.get(one.id, 0) > 0 and one.region == ctx.region]
    asked = stores.get(store or "")
    pieces = level.online if asked is None else level.stores.get(asked.id, 0)
    return Stock(
        outcome=("in_store" if pieces else "not_in_store") if asked else "online" if pieces else "sold_out",
        name=found.names[ctx.language],
        pieces=pieces,
        store=asked.names[ctx.language] if asked else "",
        stores=tuple(one.names[ctx.language] for one in having if asked is None or one.id != asked.id),
        back_on=None if level.online else level.back_on,
        collect_hours=ctx.policy.number("delivery.collect_hours"),
        online=level.online > 0,
    )


async def _level(ctx: ToolContext, product_id: str) -> StockLevel:
    levels = await ctx.connector(Catalogue).stock([product_id])
    return levels.get(product_id) or StockLevel(online=0, stores={})


def _instalments(ctx: ToolContext, price: Money) -> tuple[int, Money | None]:
    """The longest plan and its monthly rate; 0 and None below the amount from which there are any."""
    least = ctx.policy.money("payment.instalments_from", price.currency)
    if least is None or price.amount < least.amount:
        return 0, None
    months = max(int(plan) for plan in ctx.policy.words("payment.instalments"))
    return months, money((price.amount / months).quantize(Decimal("0.01"), ROUND_HALF_UP), price.currency)


def _property(ctx: ToolContext, fact: ProductFact) -> Property:
    return Property(key=fact.key, label=fact.label[ctx.language], value=fact.value[ctx.language])


def _differences(ctx: ToolContext, first: Product, second: Product) -> tuple[Difference, ...]:
    """What differs: first the properties both have, then those that only one has."""
    ones, others = ({fact.key: fact for fact in product.facts} for product in (first, second))
    keys = [key for key in ones if key in others] + [key for key in (*ones, *others) if (key in ones) != (key in others)]
    rows = [(ones.get(key), others.get(key)) for key in keys]
    return tuple(
        Difference(
            label=(one or other).label[ctx.language],  # pyright: ignore[reportOptionalMemberAccess]  # each key is of one of the two
            first=one.value[ctx.language] if one else "",
            second=other.value[ctx.language] if other else "",
        )
        for one, other in rows
        if one is None or other is None or one.value[ctx.language] != other.value[ctx.language]
    )


product_price.lets_say("may:delivery")
check_stock.lets_say("later:delivery")
