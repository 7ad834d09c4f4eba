"""Exchanges: another colour, size or model, or the same again, for one item of a delivered order."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from orchestrator import Money, OptionId, OrderId, ToolContext, ToolRefused, tool
from orchestrator.connectors.commerce import Catalogue, Returns
from orchestrator.connectors.goods import Product
from orchestrator.connectors.purchases import NewReturn

from .goods_options import exchange_choices, variant_name
from .lookups import money, products_of
from .options import delivered_orders, order_lines
from .return_rules import (
    Purchase,
    next_shipping_day,
    purchase_of,
    refuse_excluded,
    refuse_late,
    refuse_returned,
    refuse_undelivered,
    send_by,
)

_REFUSALS = (
    "no_orders", "order_not_found", "item_not_in_order", "not_delivered", "order_cancelled",
    "already_returned", "already_exchanged", "too_late", "excluded", "out_of_stock", "choice_unknown",
)  # fmt: skip

Direction = Literal["even", "to_pay", "to_refund"]


@dataclass(frozen=True, kw_only=True)
class ExchangePreview:
    """What the customer confirms. `difference` is never negative; `direction` says who pays it."""

    order_id: str
    item: str
    wanted: str
    difference: Money
    direction: Direction
    ships_on: date
    street: str
    postcode: str
    city: str
    email: str
    send_by: date


@dataclass(frozen=True, kw_only=True)
class ExchangeOpened:
    """The new item leaves on `ships_on`; the label for the old one comes by e-mail."""

    outcome: Direction
    exchange_id: str
    order_id: str
    item: str
    wanted: str
    difference: Money
    ships_on: date
    email: str
    send_by: date


@tool(
    effect=True,
    verified=True,
    confirm=True,
    refusals=_REFUSALS,
    options={"order_id": delivered_orders, "item": order_lines, "wanted": exchange_choices},
)
async def exchange_item(ctx: ToolContext, order_id: OrderId, item: OptionId, wanted: OptionId) -> ExchangeOpened:
    """Exchange one item of a delivered order for another colour, size or model, or for the same again."""
    plan = await _plan(ctx, order_id, item, wanted)
    refund = plan.difference.amount if plan.direction == "to_refund" else Decimal()
    new = NewReturn(
        order_id=order_id,
        product_id=item,
        kind="exchange",
        reason="exchange",
        refund=refund,
        label_fee=Decimal(),
        send_by=plan.send_by,
        wanted=wanted,
        ships_on=plan.ships_on,
    )
    opened = await ctx.connector(Returns).open_return(ctx.verified.shop_id, new, at=ctx.now, key=ctx.effect_key)
    return ExchangeOpened(
        outcome=plan.direction,
        exchange_id=opened.id,
        order_id=order_id,
        item=plan.item,
        wanted=plan.wanted,
        difference=plan.difference,
        ships_on=plan.ships_on,
        email=plan.email,
        send_by=plan.send_by,
    )


@exchange_item.preview
async def exchange_item_preview(ctx: ToolContext, order_id: OrderId, item: OptionId, wanted: OptionId) -> ExchangePreview:
    """The old item, the new one, the difference and when it leaves."""
    return await _plan(ctx, order_id, item, wanted)


async def _plan(ctx: ToolContext, order_id: str, item: str, wanted: str) -> ExchangePreview:
    purchase = await purchase_of(ctx, order_id, item)
    refuse_undelivered(purchase)
    refuse_returned(ctx, purchase)
    refuse_late(ctx, purchase, purchase.days, faulty=False)
    product, name = await _wanted(ctx, purchase, wanted)
    if product.id != purchase.product.id:
        refuse_excluded(ctx, purchase)
    quantity = purchase.line.quantity
    # The same product again costs nothing, whatever its price has become.
    now = purchase.line.amount if product.id == purchase.product.id else product.prices[purchase.order.currency] * quantity
    gap = now - purchase.line.amount
    place = purchase.order.address
    return ExchangePreview(
        order_id=order_id,
        item=purchase.item,
        wanted=name,
        difference=money(abs(gap), purchase.order.currency),
        direction="to_pay" if gap > 0 else "to_refund" if gap < 0 else "even",
        ships_on=next_shipping_day(ctx),
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        email=ctx.verified.email,
        send_by=send_by(ctx),
    )


async def _wanted(ctx: ToolContext, purchase: Purchase, wanted: str) -> tuple[Product, str]:
    """The product wanted instead and its name with the colour, in stock."""
    product_id, _, colour = wanted.partition(":")
    product = (await products_of(ctx)).get(product_id)
    if product is None or product.category != purchase.product.category or (colour and colour not in {c.id for c in product.colours}):
        raise ToolRefused("choice_unknown", item=purchase.item)
    name = variant_name(ctx, product, colour)
    level = (await ctx.connector(Catalogue).stock([product.id])).get(product.id)
    if level is None or level.online < purchase.line.quantity:
        raise ToolRefused("out_of_stock", wanted=name, back_on=level.back_on if level else None)
    return product, name


exchange_item.lets_say("exchange", "message", "later:replace", "later:delivery")
