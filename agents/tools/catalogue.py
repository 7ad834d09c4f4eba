"""Finding products: by category and budget, what goes together, what makes a gift."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from orchestrator import Amount, CategoryId, Money, OptionId, ProductId, ToolContext, tool
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.commerce import Catalogue
from orchestrator.connectors.goods import Category, Product, StockLevel

from .goods_options import colours
from .lookups import known_product, money, products_of, today

SHOWN = 3
_TELLING = ("capacity", "diameter", "size", "power", "material", "filling", "pieces")
_GIFT_FLOOR = Decimal("0.3")
"""A gift costs at least this part of the budget: nobody with 80 francs looks for a light bulb."""


@dataclass(frozen=True, kw_only=True)
class ProductCard:
    """A product in a list. `was` is the price before a reduction."""

    id: str
    name: str
    price: Money
    was: Money | None
    in_stock: bool
    highlight: str


@dataclass(frozen=True, kw_only=True)
class ProductsFound:
    """What matches.

    `category` is its localised plural, empty when the customer named none; `groups` only with `ask`; `product` is the id of the only one.
    """

    outcome: Literal["found", "above_budget", "nothing", "ask"]
    category: str
    colour: str
    max_price: Money | None
    total: int
    products: tuple[ProductCard, ...]
    groups: tuple[str, ...] = ()
    product: str = ""


class GiftTheme(StrEnum):
    """What the person who gets the gift likes."""

    COOKING = "cooking"
    TEA_AND_COFFEE = "tea_and_coffee"
    COSY_HOME = "cosy_home"
    GARDEN = "garden"
    ANYTHING = "anything"


@dataclass(frozen=True, kw_only=True)
class GiftIdeas:
    """Ideas within the budget, in stock, most popular first."""

    outcome: Literal["found", "nothing"]
    theme: GiftTheme
    max_price: Money
    products: tuple[ProductCard, ...]
    arrives_by: date


@dataclass(frozen=True, kw_only=True)
class Accessories:
    """What customers bought together with a product. `bundle_percent` is 0 when no offer applies to the products shown."""

    outcome: Literal["found", "nothing"]
    name: str
    products: tuple[ProductCard, ...]
    bundle_percent: int


@tool(options={"colour": colours})
async def find_products(
    ctx: ToolContext,
    category: CategoryId | None = None,
    product: ProductId | None = None,
    max_price: Amount | None = None,
    colour: OptionId | None = None,
) -> ProductsFound:
    """Find products by category or by name, within a budget and in a colour; up to three, those in stock first."""
    found = await _matching(ctx, category, product, colour)
    named = await _category(ctx, category)
    budget = None if max_price is None else money(max_price, ctx.currency)
    answer = ProductsFound(
        outcome="nothing",
        category=named.names[ctx.language] if named else "",
        colour=await _colour_name(ctx, colour),
        max_price=budget,
        total=0,
        products=(),
    )
    if category is None and product is None and colour is None and max_price is None:
        groups = tuple(dict.fromkeys(c.group_names[ctx.language] for c in (await ctx.connector(Catalogue).categories()).values()))
        return replace(answer, outcome="ask", groups=groups)
    within = [one for one in found if max_price is None or one.prices[ctx.currency] <= max_price]
    if within:
        shown = replace(answer, outcome="found", total=len(within), products=await cards(ctx, within[:SHOWN]))
        return replace(shown, product=within[0].id) if len(within) == 1 else shown
    cheapest = sorted(found, key=lambda one: one.prices[ctx.currency])[:2]
    if cheapest:
        return replace(answer, outcome="above_budget", total=len(found), products=await cards(ctx, cheapest))
    return answer


@tool(refusals=("product_unknown",))
async def recommend_accessories(ctx: ToolContext, product: ProductId) -> Accessories:
    """Recommend what goes with a product, from what customers bought together with it."""
    base = await known_product(ctx, product)
    products = await products_of(ctx)
    together = [products[id] for id in await ctx.connector(Catalogue).bought_together(product) if id in products]
    same_range = [one for one in together if one.range == base.range]
    chosen = await _in_stock(ctx, [*same_range, *(one for one in together if one.range != base.range)])
    bundle = ctx.policy.number("discounts.bundle_percent") if any(one.range == base.range for one in chosen[:SHOWN]) else 0
    return Accessories(
        outcome="found" if chosen else "nothing",
        name=base.names[ctx.language],
        products=await cards(ctx, chosen[:SHOWN]),
        bundle_percent=bundle,
    )


@tool()
async def suggest_gifts(ctx: ToolContext, max_price: Amount, theme: GiftTheme = GiftTheme.ANYTHING) -> GiftIdeas:
    """Suggest gifts within a budget, for someone who likes cooking, tea and coffee, a cosy home or the garden."""
    products = await products_of(ctx)
    order = await ctx.connector(Catalogue).best_sellers()
    ranked = [products[id] for id in (*order, *sorted(set(products) - set(order))) if id in products]
    floor = max_price * _GIFT_FLOOR
    fitting = [
        one
        for one in await _in_stock(ctx, ranked)
        if (one.themes if theme is GiftTheme.ANYTHING else theme in one.themes) and floor <= one.prices[ctx.currency] <= max_price
    ]
    chosen = list({one.category: one for one in reversed(fitting)}.values())[::-1][:SHOWN]
    _, latest = ctx.policy.span("delivery.standard_days", ctx.region)
    return GiftIdeas(
        outcome="found" if chosen else "nothing",
        theme=theme,
        max_price=money(max_price, ctx.currency),
        products=await cards(ctx, chosen),
        arrives_by=add_business_days(today(ctx), latest),
    )


async def cards(ctx: ToolContext, products: Sequence[Product]) -> tuple[ProductCard, ...]:
    """Products as lists show them, in the order given."""
    stock = await ctx.connector(Catalogue).stock([product.id for product in products])
    return tuple(
        ProductCard(
            id=product.id,
            name=product.names[ctx.language],
            price=product.price(ctx.currency),
            was=product.price_before(ctx.currency),
            in_stock=_is_in_stock(stock, product.id),
            highlight=_highlight(ctx, product),
        )
        for product in products
    )


def _is_in_stock(stock: Mapping[str, StockLevel], product_id: str) -> bool:
    return product_id in stock and stock[product_id].online > 0


def _highlight(ctx: ToolContext, product: Product) -> str:
    """The one property that tells products of a kind apart best, or ''."""
    facts = {fact.key: fact for fact in product.facts}
    key = next((key for key in _TELLING if key in facts), "")
    return facts[key].value[ctx.language] if key else ""


async def _in_stock(ctx: ToolContext, products: Sequence[Product]) -> list[Product]:
    stock = await ctx.connector(Catalogue).stock([product.id for product in products])
    return [product for product in products if _is_in_stock(stock, product.id)]


async def _category(ctx: ToolContext, category: str | None) -> Category | None:
    return (await ctx.connector(Catalogue).categories()).get(category or "")


async def _colour_name(ctx: ToolContext, colour: str | None) -> str:
    names = {c.id: c.names[ctx.language] for product in (await products_of(ctx)).values() for c in product.colours}
    return names.get(colour or "", "")


async def _matching(ctx: ToolContext, category: str | None, product: str | None, colour: str | None) -> list[Product]:
    """What fits, in stock and best sellers first. A product named wins over its category."""
    products = await products_of(ctx)
    order = {id: rank for rank, id in enumerate(await ctx.connector(Catalogue).best_sellers())}
    fitting = [
        one
        for one in products.values()
        if (one.id == product if product else category in (None, one.category))
        and (colour is None or colour in {c.id for c in one.colours})
    ]
    stock = await ctx.connector(Catalogue).stock([one.id for one in fitting])
    return sorted(fitting, key=lambda one: (not _is_in_stock(stock, one.id), order.get(one.id, len(order)), one.id))
