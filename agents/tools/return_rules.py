"""The rules of returns: windows, exclusions, what the label costs, and when a person has to decide."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from orchestrator import Money, ToolContext, ToolRefused
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.goods import Product
from orchestrator.connectors.purchases import Order, OrderLine, ReturnCase

from .lookups import delivered_on, known_product, local, money, own_line, own_order, own_returns, refuse_cancelled, shopper, today

_LEGAL_DAYS_TO_SEND = 14


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One line of a customer's order, with what rules ask about it. `until` and `warranty_until` are None before delivery."""

    order: Order
    line: OrderLine
    product: Product
    item: str
    delivered_on: date | None
    days: int
    until: date | None
    warranty_until: date | None
    earlier: ReturnCase | None

    @property
    def amount(self) -> Money:
        """What the line cost."""
        return money(self.line.amount, self.order.currency)


async def purchase_of(ctx: ToolContext, order_id: str, item: str) -> Purchase:
    """One line of the customer's order.

    Raises:
        ToolRefused: `order_not_found`, `item_not_in_order` or `order_cancelled`.
    """
    order = await own_order(ctx, order_id)
    line, name = await own_line(ctx, order, item)
    refuse_cancelled(ctx, order, name)
    product = await known_product(ctx, item)
    delivered = delivered_on(ctx, order)
    days = ctx.policy.number("returns.bedding_trial_nights" if "trial" in product.marks else "returns.window_days")
    cases = await own_returns(ctx)
    return Purchase(
        order=order,
        line=line,
        product=product,
        item=name,
        delivered_on=delivered,
        days=days,
        until=None if delivered is None else delivered + timedelta(days=days),
        warranty_until=None if delivered is None else years_after(delivered, ctx.policy.number("warranty.years")),
        earlier=next((case for case in cases if (case.order_id, case.product_id) == (order.id, item) and case.status != "cancelled"), None),
    )


def years_after(day: date, years: int) -> date:
    """The same day some years later (28 February for a leap day)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def refuse_undelivered(purchase: Purchase) -> date:
    """The day of delivery, or the refusal `not_delivered`."""
    if purchase.delivered_on is None:
        order = purchase.order
        can_cancel = order.status in ("placed", "confirmed")
        raise ToolRefused("not_delivered", order_id=order.id, item=purchase.item, promised=order.promised, can_cancel=can_cancel)
    return purchase.delivered_on


def refuse_returned(ctx: ToolContext, purchase: Purchase) -> None:
    """The refusal `already_returned` (`already_exchanged` after an exchange), when the item has been sent back or claimed."""
    case = purchase.earlier
    if case is None:
        return
    facts = {"order_id": purchase.order.id, "item": purchase.item}
    opened = local(ctx, case.opened_at)
    if case.kind == "exchange":
        raise ToolRefused("already_exchanged", **facts, exchange_id=case.id, exchanged_on=opened)
    raise ToolRefused("already_returned", **facts, return_id=case.id, opened_on=opened)


def refuse_late(ctx: ToolContext, purchase: Purchase, days: int, *, faulty: bool) -> None:
    """The refusal `too_late` when more than `days` have passed since delivery; for a fault under warranty `warranty_instead`."""
    delivered = refuse_undelivered(purchase)
    until = delivered + timedelta(days=days)
    if today(ctx) <= until:
        return
    covered = purchase.warranty_until if purchase.warranty_until and today(ctx) <= purchase.warranty_until else None
    facts = {"order_id": purchase.order.id, "item": purchase.item, "delivered_on": delivered, "until": until, "days": days}
    if faulty and covered:
        raise ToolRefused("warranty_instead", **facts, warranty_until=covered)
    raise ToolRefused("too_late", **facts, warranty_until=covered)


def exclusion(ctx: ToolContext, purchase: Purchase) -> str:
    """The rule that keeps the item from being returned for a change of mind, or ''."""
    excluded = ctx.policy.words("returns.excluded")
    marks = purchase.product.marks
    if "gift_card" in marks and "gift_card" in excluded:
        return "gift_card"
    if (purchase.line.personalised or "personalised" in marks) and "personalised" in excluded:
        return "personalised"
    return "opened_hygiene" if "hygiene" in marks and "opened_hygiene" in excluded else ""


def refuse_excluded(ctx: ToolContext, purchase: Purchase) -> None:
    """The refusal `excluded`, when a rule excludes the item."""
    rule = exclusion(ctx, purchase)
    if rule:
        raise ToolRefused("excluded", order_id=purchase.order.id, item=purchase.item, rule=rule)


def refuse_above_limit(ctx: ToolContext, purchase: Purchase) -> None:
    """The refusal `needs_human`, when the refund is more than agents may give."""
    limit = ctx.policy.money("returns.refund_without_human", purchase.order.currency)
    if limit and purchase.line.amount > limit.amount:
        raise ToolRefused("needs_human", order_id=purchase.order.id, item=purchase.item, amount=purchase.amount, limit=limit)


async def label_fee(ctx: ToolContext, purchase: Purchase, reason: str) -> Money | None:
    """What the label costs; None when it is free."""
    free_for = ctx.policy.words("returns.label_free_for")
    if reason in free_for or ("loyalty_member" in free_for and (await shopper(ctx)).loyalty):
        return None
    return ctx.policy.money("returns.label_fee", purchase.order.currency)


def refund_after(purchase: Purchase, fee: Money | None) -> Money:
    """What goes back for the item, the label taken off; never less than nothing."""
    return money(max(Decimal(), purchase.line.amount - (fee.amount if fee else Decimal())), purchase.order.currency)


def send_by(ctx: ToolContext) -> date:
    """The last day to hand in the parcel: `returns.send_days`, otherwise the law's term (Directive 2011/83/EU, art. 14)."""
    try:
        days = ctx.policy.number("returns.send_days")
    except KeyError:
        days = _LEGAL_DAYS_TO_SEND
    return today(ctx) + timedelta(days=days)


def refund_due(ctx: ToolContext, received: date) -> date:
    """The day a refund is due, counted from the arrival of the parcel (or from today, when nothing comes back)."""
    return add_business_days(received, ctx.policy.number("returns.refund_business_days"))


def next_shipping_day(ctx: ToolContext) -> date:
    """The day a replacement ordered now leaves the warehouse."""
    return add_business_days(today(ctx), 1)
