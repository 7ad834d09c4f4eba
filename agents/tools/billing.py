"""Invoices, and charges that look wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from orchestrator import Money, OrderId, ToolContext, ToolRefused, tool
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.commerce import Customers
from orchestrator.connectors.purchases import Order, RequestKind, ServiceRequest

from .lookups import local, main_item, money, own_order, refuse_cancelled
from .options import paid_orders
from .wording import payment_name


class BillingProblem(StrEnum):
    """What looks wrong on the statement."""

    CHARGED_TWICE = "charged_twice"
    WRONG_AMOUNT = "wrong_amount"


@dataclass(frozen=True, kw_only=True)
class InvoiceSent:
    """The invoice of an order is on its way by e-mail."""

    invoice_id: str
    order_id: str
    item: str
    more_items: int
    total: Money
    email: str


@dataclass(frozen=True, kw_only=True)
class BillingReported:
    """What our records show. `duplicate_found`: `refund` goes back by `refund_by`. `one_charge`: a colleague checks by `answer_by`."""

    outcome: Literal["duplicate_found", "one_charge", "already_reported"]
    reference: str
    order_id: str
    item: str
    total: Money
    payment: str
    charged_on: date
    refund: Money
    refund_by: date
    answer_by: date
    email: str


@tool(
    effect=True,
    verified=True,
    refusals=("no_orders", "order_not_found", "not_paid_yet", "order_cancelled"),
    options={"order_id": paid_orders},
)
async def send_invoice(ctx: ToolContext, order_id: OrderId) -> InvoiceSent:
    """Send the invoice of an order to the customer's e-mail address."""
    order = await own_order(ctx, order_id)
    item, more = await main_item(ctx, order)
    refuse_cancelled(ctx, order, item)
    if order.status == "placed":
        raise _not_paid(ctx, order, item)
    invoice = await ctx.connector(Customers).file_request(_request(ctx, order, "invoice"), key=ctx.effect_key)
    return InvoiceSent(invoice_id=invoice.id, order_id=order.id, item=item, more_items=more, total=order.total, email=ctx.verified.email)


@tool(effect=True, verified=True, refusals=("no_orders", "order_not_found", "not_paid_yet"), options={"order_id": paid_orders})
async def report_billing(ctx: ToolContext, order_id: OrderId, problem: BillingProblem) -> BillingReported:
    """Report that an order was charged twice or with a wrong amount, and check the charges on record."""
    order = await own_order(ctx, order_id)
    item, _ = await main_item(ctx, order)
    if not order.charges:
        raise _not_paid(ctx, order, item)
    customers = ctx.connector(Customers)
    earlier = [one for one in await customers.requests(ctx.verified.shop_id, "billing") if one.subject == order.id]
    request = _request(ctx, order, "billing", {"problem": problem.value})
    report = earlier[0] if earlier else await customers.file_request(request, key=ctx.effect_key)
    excess = max(Decimal(), sum(order.charges, Decimal()) - order.total.amount)
    started = local(ctx, report.at)
    return BillingReported(
        outcome="already_reported" if earlier else "duplicate_found" if excess else "one_charge",
        reference=report.id,
        order_id=order.id,
        item=item,
        total=order.total,
        payment=payment_name(ctx, order.payment),
        charged_on=local(ctx, order.placed_at),
        refund=money(excess, order.currency),
        refund_by=add_business_days(started, ctx.policy.number("returns.refund_business_days")),
        answer_by=add_business_days(started, 1),
        email=ctx.verified.email,
    )


def _request(ctx: ToolContext, order: Order, kind: RequestKind, details: Mapping[str, str] | None = None) -> ServiceRequest:
    return ServiceRequest(id="", customer_id=ctx.verified.shop_id, kind=kind, subject=order.id, at=ctx.now, details=details or {})


def _not_paid(ctx: ToolContext, order: Order, item: str) -> ToolRefused:
    payment = payment_name(ctx, order.payment)
    return ToolRefused("not_paid_yet", order_id=order.id, item=item, payment=payment, invoice_on=order.ships_on)


send_invoice.lets_say("invoice", "message")
report_billing.lets_say("claim", "ticket", "later:ticket")
