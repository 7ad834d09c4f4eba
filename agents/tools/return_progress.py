"""Returns under way: their state, the refund, a new label, keeping the item after all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from orchestrator import Money, ReturnId, ToolContext, ToolRefused, tool
from orchestrator.connectors.commerce import Customers, Orders, Returns
from orchestrator.connectors.purchases import Order, ReturnCase, ReturnStatus, ServiceRequest

from .lookups import local, main_item, money, own_orders, own_return, own_returns, products_of, today
from .options import recent_returns, returns_to_send
from .return_rules import refund_due
from .wording import item_name, payment_name

RefundOutcome = Literal["not_sent", "on_its_way", "at_warehouse", "overdue", "refunded", "cancelled_order", "exchange"]
ReturnOutcome = Literal["not_sent", "on_its_way", "received", "refunded", "replaced", "cancelled"]


class LabelFormat(StrEnum):
    """How the label is used: printed, or as a code shown at the counter."""

    PRINTED = "printed"
    QR_CODE = "qr_code"


@dataclass(frozen=True, kw_only=True)
class RefundState:
    """Where the money is. `not_sent`: the parcel is still with the customer. `overdue`: `expected_by` has passed."""

    outcome: RefundOutcome
    return_id: str
    order_id: str
    item: str
    refund: Money
    payment: str
    send_by: date | None
    received_on: date | None
    expected_by: date | None
    refunded_on: date | None
    refund_days: int


@dataclass(frozen=True, kw_only=True)
class ReturnState:
    """Where a return is. `replaced` ends an exchange, `refunded` a return."""

    outcome: ReturnOutcome
    return_id: str
    order_id: str
    item: str
    opened_on: date
    send_by: date | None
    received_on: date | None
    refund: Money
    expected_by: date | None
    refunded_on: date | None


@dataclass(frozen=True, kw_only=True)
class LabelSent:
    """The label is on its way by e-mail."""

    outcome: Literal["printed", "qr_code"]
    return_id: str
    item: str
    email: str
    send_by: date


@dataclass(frozen=True, kw_only=True)
class KeepPreview:
    """What the customer confirms: the item stays with them and nothing is refunded."""

    return_id: str
    order_id: str
    item: str
    refund: Money
    return_until: date | None


@dataclass(frozen=True, kw_only=True)
class ReturnCancelled:
    """The return is off. `return_until` is set when a new one can still be opened."""

    return_id: str
    order_id: str
    item: str
    return_until: date | None


@tool(verified=True, refusals=("no_returns", "return_not_found", "return_cancelled"), options={"return_id": recent_returns})
async def refund_status(ctx: ToolContext, return_id: ReturnId | None = None) -> RefundState:
    """Tell where a refund is; without a return id, the latest one, or that of a cancelled order."""
    if return_id:
        return await _refund(ctx, await own_return(ctx, return_id))
    cases = [case for case in await own_returns(ctx) if case.status != "cancelled" and case.kind != "exchange" and case.refund.amount]
    cancelled = [order for order in await own_orders(ctx) if order.cancelled_at and order.charges]
    if cancelled and (not cases or (cancelled[0].cancelled_at or ctx.now) > cases[0].opened_at):
        return await _refund_of_cancelled(ctx, cancelled[0])
    if not cases:
        raise ToolRefused("no_returns")
    return await _refund(ctx, cases[0])


@tool(verified=True, refusals=("no_returns", "return_not_found"), options={"return_id": recent_returns})
async def return_status(ctx: ToolContext, return_id: ReturnId | None = None) -> ReturnState:
    """Tell whether a return parcel has arrived and what happens next; without a return id, the latest one."""
    cases = await own_returns(ctx)
    if not cases:
        raise ToolRefused("no_returns")
    case = await own_return(ctx, return_id) if return_id else next((case for case in cases if case.status != "cancelled"), cases[0])
    received = local(ctx, case.received_at) if case.received_at else None
    return ReturnState(
        outcome=_RETURN_OUTCOMES[case.status],
        return_id=case.id,
        order_id=case.order_id,
        item=item_name(ctx, case.product_id, await products_of(ctx)),
        opened_on=local(ctx, case.opened_at),
        send_by=case.send_by if case.status == "open" else None,
        received_on=received,
        refund=case.refund,
        expected_by=refund_due(ctx, received) if received and case.refund.amount else None,
        refunded_on=local(ctx, case.refunded_at) if case.refunded_at else None,
    )


@tool(
    effect=True,
    verified=True,
    refusals=("no_open_return", "return_not_found", "already_on_its_way", "already_received", "return_cancelled"),
    options={"return_id": returns_to_send},
)
async def send_label(ctx: ToolContext, return_id: ReturnId, format: LabelFormat = LabelFormat.PRINTED) -> LabelSent:
    """Send the label of an open return again, to print or as a QR code."""
    case = await _to_send(ctx, return_id)
    request = ServiceRequest(
        id="", customer_id=ctx.verified.shop_id, kind="label", subject=case.id, at=ctx.now, details={"format": format.value}
    )
    await ctx.connector(Customers).file_request(request, key=ctx.effect_key)
    return LabelSent(
        outcome=format.value,
        return_id=case.id,
        item=item_name(ctx, case.product_id, await products_of(ctx)),
        email=ctx.verified.email,
        send_by=case.send_by or today(ctx),
    )


@tool(
    effect=True,
    verified=True,
    confirm=True,
    refusals=("no_open_return", "return_not_found", "already_on_its_way", "already_received", "return_cancelled"),
    options={"return_id": returns_to_send},
)
async def cancel_return(ctx: ToolContext, return_id: ReturnId) -> ReturnCancelled:
    """Call off a return that has not been sent, so that the customer keeps the item."""
    case = await _to_send(ctx, return_id)
    await ctx.connector(Returns).cancel_return(ctx.verified.shop_id, case.id, key=ctx.effect_key)
    item = item_name(ctx, case.product_id, await products_of(ctx))
    return ReturnCancelled(return_id=case.id, order_id=case.order_id, item=item, return_until=await _return_until(ctx, case))


@cancel_return.preview
async def cancel_return_preview(ctx: ToolContext, return_id: ReturnId) -> KeepPreview:
    """The item that stays, and the refund that falls away."""
    case = await _to_send(ctx, return_id)
    item = item_name(ctx, case.product_id, await products_of(ctx))
    until = await _return_until(ctx, case)
    return KeepPreview(return_id=case.id, order_id=case.order_id, item=item, refund=case.refund, return_until=until)


_RETURN_OUTCOMES: Mapping[ReturnStatus, ReturnOutcome] = {
    "open": "not_sent",
    "in_transit": "on_its_way",
    "received": "received",
    "refunded": "refunded",
    "replaced": "replaced",
    "cancelled": "cancelled",
}


async def _refund(ctx: ToolContext, case: ReturnCase) -> RefundState:
    item = item_name(ctx, case.product_id, await products_of(ctx))
    if case.status == "cancelled":
        raise ToolRefused("return_cancelled", return_id=case.id, item=item)
    received = local(ctx, case.received_at) if case.received_at else None
    # Nothing comes back for an item that was missing, so its refund counts from the day of the claim.
    due_from = received or (local(ctx, case.opened_at) if case.send_by is None else None)
    expected = refund_due(ctx, due_from) if due_from else None
    return RefundState(
        outcome=_refund_outcome(ctx, case, expected),
        return_id=case.id,
        order_id=case.order_id,
        item=item,
        refund=case.refund,
        payment=payment_name(ctx, case.payment),
        send_by=case.send_by if case.status == "open" else None,
        received_on=received,
        expected_by=expected,
        refunded_on=local(ctx, case.refunded_at) if case.refunded_at else None,
        refund_days=ctx.policy.number("returns.refund_business_days"),
    )


def _refund_outcome(ctx: ToolContext, case: ReturnCase, expected: date | None) -> RefundOutcome:
    if case.kind == "exchange" or not case.refund.amount:
        return "exchange"
    if case.status == "refunded":
        return "refunded"
    if case.status == "in_transit":
        return "on_its_way"
    if expected is None:
        return "not_sent"
    return "overdue" if today(ctx) > expected else "at_warehouse"


async def _refund_of_cancelled(ctx: ToolContext, order: Order) -> RefundState:
    item, _ = await main_item(ctx, order)
    cancelled = local(ctx, order.cancelled_at or ctx.now)
    expected = refund_due(ctx, cancelled)
    return RefundState(
        outcome="cancelled_order",
        return_id="",
        order_id=order.id,
        item=item,
        refund=money(sum(order.charges, Decimal()), order.currency),
        payment=payment_name(ctx, order.payment),
        send_by=None,
        received_on=None,
        expected_by=expected,
        refunded_on=expected if today(ctx) >= expected else None,
        refund_days=ctx.policy.number("returns.refund_business_days"),
    )


async def _to_send(ctx: ToolContext, return_id: str) -> ReturnCase:
    """A return whose parcel is still with the customer, or the refusal that says where it is."""
    case = await own_return(ctx, return_id)
    facts = {"return_id": case.id, "item": item_name(ctx, case.product_id, await products_of(ctx))}
    if case.status == "cancelled":
        raise ToolRefused("return_cancelled", **facts)
    if case.status == "in_transit":
        raise ToolRefused("already_on_its_way", **facts)
    if case.status != "open":
        received = local(ctx, case.received_at or case.opened_at)
        raise ToolRefused("already_received", **facts, received_on=received, refund=case.refund, expected_by=refund_due(ctx, received))
    if case.send_by is None:
        raise ToolRefused("no_open_return")
    return case


async def _return_until(ctx: ToolContext, case: ReturnCase) -> date | None:
    """The last day on which a new return can be opened; None when it has passed."""
    order = await ctx.connector(Orders).order(ctx.verified.shop_id, case.order_id)
    product = (await products_of(ctx)).get(case.product_id)
    if order is None or order.delivered_at is None or product is None:
        return None
    days = ctx.policy.number("returns.bedding_trial_nights" if "trial" in product.marks else "returns.window_days")
    until = local(ctx, order.delivered_at) + timedelta(days=days)
    return until if until >= today(ctx) else None


refund_status.lets_say("refund", "return", "later:refund")
return_status.lets_say("return", "refund", "later:refund")
send_label.lets_say("message")
cancel_return.lets_say("cancel")
