"""What went wrong with a delivery: something damaged, missing or not what was ordered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from orchestrator import Money, OptionId, OrderId, ToolContext, tool
from orchestrator.connectors.commerce import Catalogue, Returns
from orchestrator.connectors.purchases import NewReturn, ReturnKind

from .lookups import money, today
from .options import delivered_orders, order_lines
from .return_rules import (
    next_shipping_day,
    purchase_of,
    refund_due,
    refuse_above_limit,
    refuse_late,
    refuse_returned,
    refuse_undelivered,
    send_by,
)
from .wording import payment_name

_REFUSALS = (
    "no_orders", "order_not_found", "item_not_in_order", "not_delivered", "order_cancelled",
    "already_returned", "already_exchanged", "too_late", "warranty_instead", "needs_human",
)  # fmt: skip


class Remedy(StrEnum):
    """What the customer wants instead."""

    REPLACEMENT = "replacement"
    REFUND = "refund"


@dataclass(frozen=True, kw_only=True)
class ClaimPreview:
    """What the customer confirms. `remedy` is a refund when a replacement is out of stock, then `sold_out` is true."""

    order_id: str
    item: str
    remedy: Remedy
    sold_out: bool
    refund: Money
    payment: str
    ships_on: date | None
    street: str
    city: str
    send_back: bool
    email: str


@dataclass(frozen=True, kw_only=True)
class ClaimOpened:
    """The claim is recorded. `ships_on` belongs to a replacement, `refund_by` to a refund that needs nothing back."""

    outcome: Literal["replacement", "refund"]
    return_id: str
    order_id: str
    item: str
    refund: Money
    payment: str
    ships_on: date | None
    refund_by: date | None
    refund_days: int
    send_back: bool
    send_by: date | None
    email: str


@tool(effect=True, verified=True, confirm=True, refusals=_REFUSALS, options={"order_id": delivered_orders, "item": order_lines})
async def report_damage(ctx: ToolContext, order_id: OrderId, item: OptionId, remedy: Remedy) -> ClaimOpened:
    """Report that an item arrived damaged and replace or refund it; the label is free."""
    return await _claim(ctx, "damaged", await _plan(ctx, "damaged", (order_id, item), remedy), item)


@report_damage.preview
async def report_damage_preview(ctx: ToolContext, order_id: OrderId, item: OptionId, remedy: Remedy) -> ClaimPreview:
    """The item and the remedy."""
    return await _plan(ctx, "damaged", (order_id, item), remedy)


@tool(effect=True, verified=True, confirm=True, refusals=_REFUSALS, options={"order_id": delivered_orders, "item": order_lines})
async def report_missing(ctx: ToolContext, order_id: OrderId, item: OptionId, remedy: Remedy) -> ClaimOpened:
    """Report that an item, or a part of it, was missing in the parcel, and send it or refund it."""
    return await _claim(ctx, "missing", await _plan(ctx, "missing", (order_id, item), remedy), item)


@report_missing.preview
async def report_missing_preview(ctx: ToolContext, order_id: OrderId, item: OptionId, remedy: Remedy) -> ClaimPreview:
    """The item and the remedy."""
    return await _plan(ctx, "missing", (order_id, item), remedy)


@tool(effect=True, verified=True, confirm=True, refusals=_REFUSALS, options={"order_id": delivered_orders, "item": order_lines})
async def report_wrong_item(ctx: ToolContext, order_id: OrderId, item: OptionId, remedy: Remedy) -> ClaimOpened:
    """Report that something else came instead of an ordered item, and send the right one or refund it; the label is free."""
    return await _claim(ctx, "wrong_item", await _plan(ctx, "wrong_item", (order_id, item), remedy), item)


@report_wrong_item.preview
async def report_wrong_item_preview(ctx: ToolContext, order_id: OrderId, item: OptionId, remedy: Remedy) -> ClaimPreview:
    """The item and the remedy."""
    return await _plan(ctx, "wrong_item", (order_id, item), remedy)


async def _plan(ctx: ToolContext, kind: ReturnKind, which: tuple[str, str], remedy: Remedy) -> ClaimPreview:
    """What the claim brings.

    Raises:
        ToolRefused: A rule is against it.
    """
    purchase = await purchase_of(ctx, *which)
    refuse_undelivered(purchase)
    refuse_returned(ctx, purchase)
    days = ctx.policy.number("returns.report_missing_days" if kind == "missing" else "returns.report_damage_days")
    refuse_late(ctx, purchase, days, faulty=kind == "damaged")
    level = (await ctx.connector(Catalogue).stock([purchase.product.id])).get(purchase.product.id)
    sold_out = level is None or level.online < purchase.line.quantity
    replaced = remedy is Remedy.REPLACEMENT and not sold_out
    if not replaced:
        refuse_above_limit(ctx, purchase)
    order = purchase.order
    return ClaimPreview(
        order_id=order.id,
        item=purchase.item,
        remedy=Remedy.REPLACEMENT if replaced else Remedy.REFUND,
        sold_out=sold_out and remedy is Remedy.REPLACEMENT,
        refund=money(Decimal(), order.currency) if replaced else purchase.amount,
        payment="" if replaced else payment_name(ctx, order.payment),
        ships_on=next_shipping_day(ctx) if replaced else None,
        street=order.address.street,
        city=order.address.city,
        send_back=kind != "missing",
        email=ctx.verified.email,
    )


async def _claim(ctx: ToolContext, kind: ReturnKind, plan: ClaimPreview, item: str) -> ClaimOpened:
    last_day = send_by(ctx) if plan.send_back else None
    new = NewReturn(
        order_id=plan.order_id,
        product_id=item,
        kind=kind,
        reason=kind,
        refund=plan.refund.amount,
        label_fee=Decimal(),
        send_by=last_day,
        wanted=item if plan.remedy is Remedy.REPLACEMENT else "",
        ships_on=plan.ships_on,
    )
    opened = await ctx.connector(Returns).open_return(ctx.verified.shop_id, new, at=ctx.now, key=ctx.effect_key)
    at_once = plan.remedy is Remedy.REFUND and not plan.send_back
    return ClaimOpened(
        outcome="replacement" if plan.remedy is Remedy.REPLACEMENT else "refund",
        return_id=opened.id,
        order_id=plan.order_id,
        item=plan.item,
        refund=plan.refund,
        payment=plan.payment,
        ships_on=plan.ships_on,
        refund_by=refund_due(ctx, today(ctx)) if at_once else None,
        refund_days=ctx.policy.number("returns.refund_business_days"),
        send_back=plan.send_back,
        send_by=last_day,
        email=plan.email,
    )


report_damage.lets_say("claim", "return", "message", "replace", "later:refund", "later:replace", "later:delivery")
report_missing.lets_say("claim", "return", "message", "replace", "later:refund", "later:replace", "later:delivery")
report_wrong_item.lets_say("claim", "return", "message", "replace", "later:refund", "later:replace", "later:delivery")
