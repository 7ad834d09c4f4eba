"""Returns: whether one is possible, and opening it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from orchestrator import Money, OptionId, OrderId, ToolContext, tool
from orchestrator.connectors.commerce import Returns
from orchestrator.connectors.purchases import NewReturn

from .lookups import today
from .options import delivered_orders, order_lines
from .return_rules import (
    Purchase,
    exclusion,
    label_fee,
    purchase_of,
    refund_after,
    refuse_above_limit,
    refuse_excluded,
    refuse_late,
    refuse_returned,
    refuse_undelivered,
    send_by,
)
from .wording import payment_name

OPEN_REFUSALS = (
    "no_orders", "order_not_found", "item_not_in_order", "not_delivered", "order_cancelled",
    "already_returned", "already_exchanged", "too_late", "warranty_instead", "excluded", "needs_human",
)  # fmt: skip

CheckOutcome = Literal["eligible", "on_trial", "too_late", "excluded", "not_delivered", "already_returned"]


class ReturnReason(StrEnum):
    """Why something goes back."""

    CHANGED_MIND = "changed_mind"
    NOT_AS_EXPECTED = "not_as_expected"
    WRONG_SIZE = "wrong_size"
    FAULTY = "faulty"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"


@dataclass(frozen=True, kw_only=True)
class ReturnCheck:
    """Whether one item can go back. `label_fee` is None when the label is free; `warranty_until` covers faults."""

    outcome: CheckOutcome
    order_id: str
    item: str
    delivered_on: date | None
    until: date | None
    days_left: int
    refund: Money
    label_fee: Money | None
    warranty_until: date | None
    return_id: str


@dataclass(frozen=True, kw_only=True)
class ReturnPreview:
    """What the customer confirms. `refund` is what goes back after the label fee; `label_fee` is None when it is free."""

    order_id: str
    item: str
    reason: ReturnReason
    refund: Money
    label_fee: Money | None
    payment: str
    email: str
    send_by: date
    refund_days: int


@dataclass(frozen=True, kw_only=True)
class ReturnOpened:
    """The return exists and its label is on the way by e-mail."""

    outcome: Literal["label_free", "label_charged"]
    return_id: str
    order_id: str
    item: str
    refund: Money
    label_fee: Money | None
    payment: str
    email: str
    send_by: date
    refund_days: int


@tool(
    verified=True,
    refusals=("no_orders", "order_not_found", "item_not_in_order", "order_cancelled"),
    options={"order_id": delivered_orders, "item": order_lines},
)
async def check_return(ctx: ToolContext, order_id: OrderId, item: OptionId) -> ReturnCheck:
    """Tell whether one item of an order can be returned, until when, and for how much."""
    purchase = await purchase_of(ctx, order_id, item)
    fee = await label_fee(ctx, purchase, ReturnReason.CHANGED_MIND)
    until = purchase.until
    return ReturnCheck(
        outcome=_verdict(ctx, purchase),
        order_id=purchase.order.id,
        item=purchase.item,
        delivered_on=purchase.delivered_on,
        until=until,
        days_left=max(0, (until - today(ctx)).days) if until else 0,
        refund=refund_after(purchase, fee),
        label_fee=fee,
        warranty_until=purchase.warranty_until if purchase.warranty_until and purchase.warranty_until >= today(ctx) else None,
        return_id=purchase.earlier.id if purchase.earlier else "",
    )


@tool(effect=True, verified=True, confirm=True, refusals=OPEN_REFUSALS, options={"order_id": delivered_orders, "item": order_lines})
async def open_return(ctx: ToolContext, order_id: OrderId, item: OptionId, reason: ReturnReason) -> ReturnOpened:
    """Open a return for one item of the customer's delivered order, for a refund, and send a shipping label."""
    plan = await _plan(ctx, order_id, item, reason)
    new = NewReturn(
        order_id=order_id,
        product_id=item,
        kind="return",
        reason=reason.value,
        refund=plan.refund.amount,
        label_fee=plan.label_fee.amount if plan.label_fee else Decimal(),
        send_by=plan.send_by,
    )
    opened = await ctx.connector(Returns).open_return(ctx.verified.shop_id, new, at=ctx.now, key=ctx.effect_key)
    return ReturnOpened(
        outcome="label_charged" if plan.label_fee else "label_free",
        return_id=opened.id,
        order_id=opened.order_id,
        item=plan.item,
        refund=plan.refund,
        label_fee=plan.label_fee,
        payment=plan.payment,
        email=plan.email,
        send_by=plan.send_by,
        refund_days=plan.refund_days,
    )


@open_return.check
async def open_return_check(ctx: ToolContext, order_id: OrderId, item: OptionId) -> None:
    """Whether there is anything to send back, whatever the reason."""
    purchase = await purchase_of(ctx, order_id, item)
    refuse_undelivered(purchase)
    refuse_returned(ctx, purchase)
    refuse_above_limit(ctx, purchase)


@open_return.preview
async def open_return_preview(ctx: ToolContext, order_id: OrderId, item: OptionId, reason: ReturnReason) -> ReturnPreview:
    """The item, the refund and the label."""
    return await _plan(ctx, order_id, item, reason)


def _verdict(ctx: ToolContext, purchase: Purchase) -> CheckOutcome:
    if purchase.earlier:
        return "already_returned"
    if exclusion(ctx, purchase):
        return "excluded"
    if purchase.until is None:
        return "not_delivered"
    if today(ctx) > purchase.until:
        return "too_late"
    return "on_trial" if "trial" in purchase.product.marks else "eligible"


async def _plan(ctx: ToolContext, order_id: str, item: str, reason: ReturnReason) -> ReturnPreview:
    """What opening the return does.

    Raises:
        ToolRefused: A rule is against it.
    """
    purchase = await purchase_of(ctx, order_id, item)
    faulty = reason in (ReturnReason.FAULTY, ReturnReason.DAMAGED, ReturnReason.WRONG_ITEM)
    refuse_undelivered(purchase)
    refuse_returned(ctx, purchase)
    if not faulty:
        refuse_excluded(ctx, purchase)
    refuse_late(ctx, purchase, purchase.days, faulty=faulty)
    refuse_above_limit(ctx, purchase)
    fee = await label_fee(ctx, purchase, reason)
    return ReturnPreview(
        order_id=order_id,
        item=purchase.item,
        reason=reason,
        refund=refund_after(purchase, fee),
        label_fee=fee,
        payment=payment_name(ctx, purchase.order.payment),
        email=ctx.verified.email,
        send_by=send_by(ctx),
        refund_days=ctx.policy.number("returns.refund_business_days"),
    )


check_return.lets_say("may:return", "may:refund", "may:exchange", "may:message", "may:claim")
open_return.lets_say("return", "message", "later:refund")
