"""What we promise about delivery before an order: the day and the price."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator import Money, Postcode, ProductId, ToolContext, ToolRefused, tool
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.commerce import Catalogue

from .lookups import known_product, money, today
from .postcodes import region_of_postcode
from .wording import country_name


@dataclass(frozen=True, kw_only=True)
class DeliveryEstimate:
    """When an order placed now arrives, and what delivery costs. `name` is empty when no product was named."""

    outcome: Literal["standard", "express", "bulky", "sold_out"]
    name: str
    country: str
    postcode: str
    earliest: date
    latest: date
    fee: Money
    is_free: bool
    free_from: Money
    express_on: date | None
    express_fee: Money | None
    express_before: str
    back_on: date | None


@tool(refusals=("product_unknown", "not_delivered_there"))
async def delivery_estimate(ctx: ToolContext, product: ProductId | None = None, postcode: Postcode | None = None) -> DeliveryEstimate:
    """Tell when an order placed now would arrive and what delivery costs, for a product and a postcode if given."""
    region = _region(ctx, postcode)
    found = await known_product(ctx, product) if product else None
    currency = ctx.policy.region(region).currency
    back_on = await _back_on(ctx, product)
    bulky = found is not None and "bulky" in found.marks
    fee = ctx.policy.money("delivery.bulky_fee" if bulky else "delivery.standard_fee", currency) or money(Decimal(), currency)
    free_from = ctx.policy.money("delivery.free_from", currency) or money(Decimal(), currency)
    is_free = not bulky and found is not None and found.prices[currency] >= free_from.amount
    starts = back_on or today(ctx)
    first, last = ctx.policy.span("delivery.standard_days", region)
    express_on = None if bulky or back_on else _express(ctx, region)
    return DeliveryEstimate(
        outcome="sold_out" if back_on else "bulky" if bulky else "express" if express_on else "standard",
        name=found.names[ctx.language] if found else "",
        country=country_name(ctx, region),
        postcode=postcode or "",
        earliest=add_business_days(starts, first),
        latest=add_business_days(starts, last),
        fee=fee,
        is_free=is_free,
        free_from=free_from,
        express_on=express_on,
        express_fee=ctx.policy.money("delivery.express_fee", currency) if express_on else None,
        express_before=str(ctx.policy.rule("delivery.express_before")) if express_on else "",
        back_on=back_on,
    )


def _region(ctx: ToolContext, postcode: str | None) -> str:
    if not postcode:
        return ctx.region if ctx.region in ctx.policy.regions else ctx.policy.default_region
    region = region_of_postcode(postcode, ctx.region, tuple(ctx.policy.regions))
    if region is None:
        countries = tuple(country_name(ctx, one) for one in ctx.policy.regions)
        raise ToolRefused("not_delivered_there", postcode=postcode, countries=countries)
    return region


def _express(ctx: ToolContext, region: str) -> date | None:
    """The day an express parcel ordered now arrives: the next business day until the cut-off, then the one after."""
    if region not in ctx.policy.words("delivery.express_regions"):
        return None
    now = ctx.now.astimezone(ZoneInfo(ctx.policy.region(region).timezone))
    in_time = now.weekday() < 5 and now.time() < time.fromisoformat(str(ctx.policy.rule("delivery.express_before")))
    return add_business_days(now.date(), 1 if in_time else 2)


async def _back_on(ctx: ToolContext, product: str | None) -> date | None:
    """The day a sold-out product is back; None when it is there, or none was named."""
    if product is None:
        return None
    level = (await ctx.connector(Catalogue).stock([product])).get(product)
    return level.back_on if level and not level.online else None


delivery_estimate.lets_say("later:delivery", "may:delivery")
