"""Short labels in the customer's language: product names, orders with their day, countries, ways of payment."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from pydantic import BaseModel, ConfigDict

from orchestrator import ToolContext
from orchestrator.connectors.goods import Category, Product
from orchestrator.connectors.purchases import Order, ReturnCase
from orchestrator.conversation import Language


class Words(BaseModel):
    """The content of `agents/words.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    payments: Mapping[str, Mapping[Language, str]]
    same_again: Mapping[Language, str]
    same_again_said: Mapping[Language, tuple[str, ...]]


@cache
def words() -> Words:
    """The project's words."""
    text = Path(__file__).parents[1].joinpath("words.yaml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.safe_load(text))


def payment_name(ctx: ToolContext, payment: str) -> str:
    """The way of payment as the customer knows it."""
    return words().payments[payment][ctx.language] if payment in words().payments else payment


def country_name(ctx: ToolContext, region: str) -> str:
    """The country in the customer's language."""
    names = cast("Mapping[str, str]", Locale(ctx.language).territories)
    return names.get(region, region)


def locale_of(ctx: ToolContext) -> Locale:
    """The customer's language as their region writes it; the language alone where the pair is not known.

    Portuguese is Brazil's everywhere: paired with a European region it would be Portugal's.
    """
    if ctx.language == "pt":
        return Locale("pt")
    try:
        return Locale.parse(f"{ctx.language}_{ctx.region}")
    except (UnknownLocaleError, ValueError):
        return Locale(ctx.language)


def day_label(ctx: ToolContext, day: date) -> str:
    """A day without its year, such as "9 Nov"."""
    return format_skeleton("MMMd", day, locale=locale_of(ctx))


def headline(ctx: ToolContext, order: Order, products: Mapping[str, Product]) -> tuple[str, int]:
    """The name of the order's main product (the dearest line), and how many other products there are."""
    main = max(order.lines, key=lambda line: line.amount)
    return item_name(ctx, main.product_id, products), len(order.lines) - 1


def item_name(ctx: ToolContext, product_id: str, products: Mapping[str, Product]) -> str:
    """The product's name; its id when it has left the catalogue."""
    product = products.get(product_id)
    return product.names[ctx.language] if product else product_id


def order_label(ctx: ToolContext, order: Order, products: Mapping[str, Product]) -> str:
    """An order in one line: "A-20417 · Alba kettle · 9 Nov"."""
    item, more = headline(ctx, order, products)
    return " · ".join([order.id, f"{item} +{more}" if more else item, day_label(ctx, order_day(order))])


def order_day(order: Order) -> date:
    """The day a customer connects with an order: its arrival, otherwise when it was placed."""
    return (order.delivered_at or order.placed_at).date()


def return_label(ctx: ToolContext, case: ReturnCase, products: Mapping[str, Product]) -> str:
    """A return in one line."""
    return " · ".join([case.id, item_name(ctx, case.product_id, products), day_label(ctx, case.opened_at.date())])


def said_as(ctx: ToolContext, product: Product, categories: Mapping[str, Category]) -> tuple[str, ...]:
    """What a customer calls the product: its names in all languages, and its kind ("kettle") in theirs."""
    category = categories.get(product.category)
    kinds: Sequence[str] = category.aliases.get(ctx.language, ()) if category else ()
    name = product.names[ctx.language].casefold()
    fitting = [kind for kind in kinds if kind.casefold() in name]
    return (*dict.fromkeys(product.names.values()), *(fitting or kinds[:1]))
