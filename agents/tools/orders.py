"""Orders: their state, and cancelling one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from orchestrator import Money, OrderId, ToolContext, ToolError, ToolRefused, tool
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.commerce import Orders
from orchestrator.connectors.purchases import Order

from .lookups import (
    LEFT,
    UNDER_WAY,
    delivered_on,
    is_late,
    local,
    main_item,
    money,
    own_order,
    own_orders,
    products_of,
    refuse_cancelled,
    today,
)
from .options import open_orders, recent_orders
from .wording import payment_name

UnderWay = Literal["placed", "confirmed", "packed", "shipped", "out_for_delivery", "late"]
StateOutcome = Literal["placed", "confirmed", "packed", "shipped", "out_for_delivery", "late", "delivered", "cancelled", "several"]
SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class OrderBrief:
    """One order in an overview."""

    order_id: str
    item: str
    more_items: int
    status: UnderWay
    promised: date


@dataclass(frozen=True, kw_only=True)
class OrderState:
    """What is happening with an order. With `several`, `orders` holds those under way, and the other fields the first of them."""

    outcome: StateOutcome
    order_id: str
    item: str
    more_items: int
    placed_on: date
    promised: date
    ships_on: date | None
    window: str
    delivered_on: date | None
    cancelled_on: date | None
    carrier: str
    tracking_number: str
    total: Money
    can_cancel: bool
    can_trace: bool
    return_until: date | None
    orders: tuple[OrderBrief, ...]


@dataclass(frozen=True, kw_only=True)
class CancelPreview:
    """What the customer confirms before an order is cancelled. `payment` is localised, empty when nothing was paid yet."""

    order_id: str
    item: str
    more_items: int
    refund: Money
    payment: str
    refund_by: date


@dataclass(frozen=True, kw_only=True)
class OrderCancelled:
    """`refund_due`: what was paid goes back. `nothing_paid`: nothing was charged, `refund` is zero."""

    outcome: Literal["refund_due", "nothing_paid"]
    order_id: str
    item: str
    more_items: int
    refund: Money
    payment: str
    refund_by: date
    email: str


@tool(verified=True, refusals=("no_orders", "order_not_found"), options={"order_id": recent_orders})
async def order_status(ctx: ToolContext, order_id: OrderId | None = None) -> OrderState:
    """Tell what is happening with an order; without an order id, with those under way or the latest one."""
    if order_id:
        order = await own_order(ctx, order_id)
        return await _state(ctx, order, ())
    orders = await own_orders(ctx)
    if not orders:
        raise ToolRefused("no_orders")
    under_way = [order for order in orders if order.status in UNDER_WAY]
    return await _state(ctx, (under_way or orders)[0], under_way[:SHOWN] if len(under_way) > 1 else ())


@tool(
    effect=True,
    verified=True,
    confirm=True,
    refusals=("no_orders", "order_not_found", "already_packed", "already_delivered", "order_cancelled"),
    options={"order_id": open_orders},
)
async def cancel_order(ctx: ToolContext, order_id: OrderId) -> OrderCancelled:
    """Cancel an order that is not packed yet, and refund what was paid."""
    order = await own_order(ctx, order_id)
    preview = await _cancellation(ctx, order)
    await ctx.connector(Orders).cancel_order(ctx.verified.shop_id, order.id, at=ctx.now, key=ctx.effect_key)
    return OrderCancelled(
        outcome="refund_due" if preview.refund.amount else "nothing_paid",
        order_id=order.id,
        item=preview.item,
        more_items=preview.more_items,
        refund=preview.refund,
        payment=preview.payment,
        refund_by=preview.refund_by,
        email=ctx.verified.email,
    )


@cancel_order.preview
async def cancel_order_preview(ctx: ToolContext, order_id: OrderId) -> CancelPreview:
    """The order, and what goes back."""
    return await _cancellation(ctx, await own_order(ctx, order_id))


async def refuse_packed(ctx: ToolContext, order: Order) -> None:
    """The refusals `order_cancelled`, `already_delivered` and `already_packed`, when the order has come so far."""
    item, _ = await main_item(ctx, order)
    refuse_cancelled(ctx, order, item)
    delivered = delivered_on(ctx, order)
    if delivered:
        until = delivered + timedelta(days=ctx.policy.number("returns.window_days"))
        raise ToolRefused("already_delivered", order_id=order.id, item=item, delivered_on=delivered, return_until=until)
    if order.status not in _steps_before(str(ctx.policy.rule("orders.change_until"))):
        shipped = order.status in LEFT
        facts = {"order_id": order.id, "item": item, "promised": order.promised, "tracking_number": order.tracking_number}
        raise ToolRefused("already_packed", **facts, shipped=shipped)


def _steps_before(step: str) -> tuple[str, ...]:
    return UNDER_WAY[: UNDER_WAY.index(step)]


async def _cancellation(ctx: ToolContext, order: Order) -> CancelPreview:
    await refuse_packed(ctx, order)
    item, more = await main_item(ctx, order)
    paid = sum(order.charges, Decimal())
    return CancelPreview(
        order_id=order.id,
        item=item,
        more_items=more,
        refund=money(paid, order.currency),
        payment=payment_name(ctx, order.payment) if paid else "",
        refund_by=add_business_days(today(ctx), ctx.policy.number("returns.refund_business_days")),
    )


def _status(ctx: ToolContext, order: Order) -> UnderWay | Literal["delivered", "cancelled"]:
    return "late" if is_late(ctx, order) else order.status


async def _state(ctx: ToolContext, order: Order, several: Sequence[Order]) -> OrderState:
    item, more = await main_item(ctx, order)
    products = await products_of(ctx)
    delivered = delivered_on(ctx, order)
    window = ctx.policy.number("returns.window_days")
    trial = any("trial" in products[line.product_id].marks for line in order.lines if line.product_id in products)
    until = delivered + timedelta(days=ctx.policy.number("returns.bedding_trial_nights") if trial else window) if delivered else None
    return OrderState(
        outcome="several" if several else _status(ctx, order),
        order_id=order.id,
        item=item,
        more_items=more,
        placed_on=local(ctx, order.placed_at),
        promised=order.promised,
        ships_on=order.ships_on if order.status in ("placed", "confirmed", "packed") else None,
        window=order.window,
        delivered_on=delivered,
        cancelled_on=local(ctx, order.cancelled_at) if order.cancelled_at else None,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        total=order.total,
        can_cancel=order.status in _steps_before(str(ctx.policy.rule("orders.change_until"))),
        can_trace=can_trace(ctx, order),
        return_until=until if until and until >= today(ctx) else None,
        orders=tuple([await _brief(ctx, one) for one in several]),
    )


async def _brief(ctx: ToolContext, order: Order) -> OrderBrief:
    item, more = await main_item(ctx, order)
    status = _status(ctx, order)
    if status in ("delivered", "cancelled"):
        raise ToolError(f"the order {order.id!r} is not under way")
    return OrderBrief(order_id=order.id, item=item, more_items=more, status=status, promised=order.promised)


def trace_from(ctx: ToolContext, order: Order) -> date:
    """The first day a search at the carrier can start."""
    return add_business_days(order.promised, ctx.policy.number("delivery.trace_after_business_days"))


def can_trace(ctx: ToolContext, order: Order) -> bool:
    """A search at the carrier can start now."""
    return order.status in ("shipped", "out_for_delivery") and today(ctx) >= trace_from(ctx, order)


order_status.lets_say("delivery", "order", "cancel", "message", "later:delivery")
cancel_order.lets_say("cancel", "later:refund")
