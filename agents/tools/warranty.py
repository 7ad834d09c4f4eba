"""Warranty claims: repair or replacement of what broke in use."""

from dataclasses import dataclass
from datetime import date

from orchestrator import OptionId, OrderId, Text, ToolContext, ToolRefused, tool
from orchestrator.connectors.commerce import Customers
from orchestrator.connectors.purchases import ServiceRequest

from .lookups import local, today
from .options import bought_orders, order_lines
from .return_rules import Purchase, purchase_of, refuse_returned, refuse_undelivered, years_after

_REFUSALS = (
    "no_orders",
    "order_not_found",
    "item_not_in_order",
    "not_delivered",
    "order_cancelled",
    "out_of_warranty",
    "already_claimed",
    "already_returned",
    "already_exchanged",
)


@dataclass(frozen=True, kw_only=True)
class WarrantyPreview:
    """What the customer confirms. `problem` is in their own words."""

    order_id: str
    item: str
    problem: str
    delivered_on: date
    covered_until: date
    repair_days: int
    email: str


@dataclass(frozen=True, kw_only=True)
class WarrantyClaimOpened:
    """The claim is open; a free label comes by e-mail. `repair_days` are business days from the arrival in the workshop."""

    claim_id: str
    order_id: str
    item: str
    covered_until: date
    repair_days: int
    email: str


@tool(effect=True, verified=True, confirm=True, refusals=_REFUSALS, options={"order_id": bought_orders, "item": order_lines})
async def open_warranty_claim(ctx: ToolContext, order_id: OrderId, item: OptionId, problem: Text) -> WarrantyClaimOpened:
    """Open a warranty claim for an item that broke in use. `problem` says in a few words what is wrong."""
    plan = await _plan(ctx, order_id, item, problem)
    request = ServiceRequest(
        id="",
        customer_id=ctx.verified.shop_id,
        kind="warranty",
        subject=f"{order_id} {item}",
        at=ctx.now,
        details={"problem": plan.problem},
    )
    claim = await ctx.connector(Customers).file_request(request, key=ctx.effect_key)
    return WarrantyClaimOpened(
        claim_id=claim.id,
        order_id=order_id,
        item=plan.item,
        covered_until=plan.covered_until,
        repair_days=plan.repair_days,
        email=plan.email,
    )


@open_warranty_claim.preview
async def open_warranty_claim_preview(ctx: ToolContext, order_id: OrderId, item: OptionId, problem: Text) -> WarrantyPreview:
    """The item, the problem and the cover."""
    return await _plan(ctx, order_id, item, problem)


def _years(ctx: ToolContext, purchase: Purchase) -> int:
    """How long the item is covered: cookware and motors longer than the rest."""
    if "cookware" in purchase.product.marks:
        return ctx.policy.number("warranty.cookware_years")
    return ctx.policy.number("warranty.motor_years" if "motor" in purchase.product.marks else "warranty.years")


async def _plan(ctx: ToolContext, order_id: str, item: str, problem: str) -> WarrantyPreview:
    purchase = await purchase_of(ctx, order_id, item)
    delivered = refuse_undelivered(purchase)
    if purchase.earlier and purchase.earlier.status == "refunded":
        refuse_returned(ctx, purchase)
    years = _years(ctx, purchase)
    until = years_after(delivered, years)
    facts = {"order_id": order_id, "item": purchase.item}
    if today(ctx) > until:
        spare = ctx.policy.number("warranty.spare_parts_years")
        raise ToolRefused("out_of_warranty", **facts, delivered_on=delivered, covered_until=until, years=years, spare_parts_years=spare)
    claims = await ctx.connector(Customers).requests(ctx.verified.shop_id, "warranty")
    earlier = next((claim for claim in claims if claim.subject == f"{order_id} {item}"), None)
    if earlier:
        raise ToolRefused("already_claimed", **facts, claim_id=earlier.id, opened_on=local(ctx, earlier.at))
    return WarrantyPreview(
        order_id=order_id,
        item=purchase.item,
        problem=" ".join(problem.split()),
        delivered_on=delivered,
        covered_until=until,
        repair_days=ctx.policy.number("warranty.repair_business_days"),
        email=ctx.verified.email,
    )


open_warranty_claim.lets_say("claim", "message", "later:ticket", "later:replace")
