"""Parcels on their way: where they are, and the search for one that is late."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from orchestrator import OrderId, ToolContext, ToolRefused, tool
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.commerce import Customers
from orchestrator.connectors.purchases import Order, ServiceRequest

from .lookups import LEFT, delivered_on, is_late, main_item, own_order, refuse_cancelled, today
from .options import late_orders, orders_on_the_way
from .orders import can_trace, trace_from

TrackingOutcome = Literal["not_shipped", "shipped", "out_for_delivery", "late", "delivered", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Where a parcel is. `window` is the time of day on the delivery day, such as `14:00–16:00`, or empty."""

    outcome: TrackingOutcome
    order_id: str
    item: str
    more_items: int
    carrier: str
    tracking_number: str
    promised: date
    window: str
    ships_on: date | None
    delivered_on: date | None
    can_trace: bool


@dataclass(frozen=True, kw_only=True)
class DelayPreview:
    """What the customer confirms before a search at the carrier."""

    order_id: str
    item: str
    carrier: str
    tracking_number: str
    promised: date
    answer_by: date
    says_delivered: bool


@dataclass(frozen=True, kw_only=True)
class DelayReported:
    """A search at the carrier; `already_running` when it was open before."""

    outcome: Literal["opened", "already_running"]
    reference: str
    order_id: str
    item: str
    carrier: str
    tracking_number: str
    answer_by: date
    email: str


@tool(verified=True, refusals=("no_orders", "order_not_found"), options={"order_id": orders_on_the_way})
async def track_parcel(ctx: ToolContext, order_id: OrderId) -> Tracking:
    """Tell where the parcel of an order is: carrier, tracking number, promised day."""
    order = await own_order(ctx, order_id)
    item, more = await main_item(ctx, order)
    return Tracking(
        outcome=_outcome(ctx, order),
        order_id=order.id,
        item=item,
        more_items=more,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        promised=order.promised,
        window=order.window,
        ships_on=None if order.status in LEFT else order.ships_on,
        delivered_on=delivered_on(ctx, order),
        can_trace=can_trace(ctx, order),
    )


@tool(
    effect=True,
    verified=True,
    confirm=True,
    refusals=("no_orders", "order_not_found", "not_late_yet", "not_shipped", "order_cancelled", "too_late"),
    options={"order_id": late_orders},
)
async def report_delay(ctx: ToolContext, order_id: OrderId) -> DelayReported:
    """Start a search at the carrier for a parcel that is overdue, or marked as delivered but not there."""
    preview = await _search(ctx, order_id)
    customers = ctx.connector(Customers)
    running = [one for one in await customers.requests(ctx.verified.shop_id, "trace") if one.subject == order_id]
    request = ServiceRequest(
        id="",
        customer_id=ctx.verified.shop_id,
        kind="trace",
        subject=order_id,
        at=ctx.now,
        details={"carrier": preview.carrier, "tracking_number": preview.tracking_number, "answer_by": preview.answer_by.isoformat()},
    )
    trace = running[0] if running else await customers.file_request(request, key=ctx.effect_key)
    return DelayReported(
        outcome="already_running" if running else "opened",
        reference=trace.id,
        order_id=order_id,
        item=preview.item,
        carrier=preview.carrier,
        tracking_number=preview.tracking_number,
        answer_by=date.fromisoformat(trace.details["answer_by"]),
        email=ctx.verified.email,
    )


@report_delay.preview
async def report_delay_preview(ctx: ToolContext, order_id: OrderId) -> DelayPreview:
    """What will be searched, and by when there is an answer."""
    return await _search(ctx, order_id)


def _outcome(ctx: ToolContext, order: Order) -> TrackingOutcome:
    if order.status in ("delivered", "cancelled"):
        return order.status
    if order.status not in LEFT:
        return "not_shipped"
    if order.status == "out_for_delivery":
        return "out_for_delivery"
    return "late" if is_late(ctx, order) else "shipped"


async def _search(ctx: ToolContext, order_id: str) -> DelayPreview:
    """What will be searched.

    Raises:
        ToolRefused: It is too early, too late, or the parcel has not left us.
    """
    order = await own_order(ctx, order_id)
    item, _ = await main_item(ctx, order)
    refuse_cancelled(ctx, order, item)
    if order.status not in LEFT:
        raise ToolRefused("not_shipped", order_id=order.id, item=item, promised=order.promised, ships_on=order.ships_on)
    delivered = delivered_on(ctx, order)
    if delivered:
        days = ctx.policy.number("returns.report_missing_days")
        if today(ctx) > delivered + timedelta(days=days):
            facts = {"order_id": order.id, "item": item, "delivered_on": delivered, "until": delivered + timedelta(days=days), "days": days}
            raise ToolRefused("too_late", **facts, warranty_until=None)
    elif not can_trace(ctx, order):
        facts = {"order_id": order.id, "item": item, "promised": order.promised, "trace_from": trace_from(ctx, order)}
        raise ToolRefused("not_late_yet", **facts, carrier=order.carrier, tracking_number=order.tracking_number)
    return DelayPreview(
        order_id=order.id,
        item=item,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        promised=order.promised,
        answer_by=add_business_days(today(ctx), ctx.policy.number("delivery.trace_answer_business_days")),
        says_delivered=delivered is not None,
    )


track_parcel.lets_say("delivery", "order", "later:delivery")
report_delay.lets_say("claim", "later:ticket")
