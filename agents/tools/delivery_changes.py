"""Changes to a delivery under way: another day, another address."""

from dataclasses import dataclass
from datetime import date, timedelta

from orchestrator import Day, OrderId, Postcode, Text, ToolContext, ToolRefused, tool
from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.commerce import Orders
from orchestrator.connectors.purchases import Address, Order

from .lookups import delivered_on, main_item, own_order, refuse_cancelled, today
from .options import open_orders, reschedulable_orders
from .orders import refuse_packed
from .postcodes import is_postcode_of, region_of_postcode
from .wording import country_name

_RESCHEDULE_REFUSALS = (
    "no_orders",
    "order_not_found",
    "order_cancelled",
    "out_for_delivery",
    "already_delivered",
    "day_too_soon",
    "day_too_far",
    "no_delivery_that_day",
)
_ADDRESS_REFUSALS = (
    "no_orders",
    "order_not_found",
    "order_cancelled",
    "already_packed",
    "already_delivered",
    "other_country",
    "postcode_unknown",
)

_SUNDAY = 6


@dataclass(frozen=True, kw_only=True)
class Reschedule:
    """A delivery on another day; confirmed and done share these facts."""

    order_id: str
    item: str
    more_items: int
    promised: date
    day: date
    street: str
    postcode: str
    city: str


@dataclass(frozen=True, kw_only=True)
class AddressChange:
    """A delivery to another address; confirmed and done share these facts. `promised` stays as it was."""

    order_id: str
    item: str
    more_items: int
    old_street: str
    old_city: str
    street: str
    postcode: str
    city: str
    promised: date


@tool(effect=True, verified=True, confirm=True, refusals=_RESCHEDULE_REFUSALS, options={"order_id": reschedulable_orders})
async def reschedule_delivery(ctx: ToolContext, order_id: OrderId, day: Day) -> Reschedule:
    """Have an order delivered on another day, as long as it is not out for delivery."""
    plan = await _reschedule(ctx, order_id, day)
    await ctx.connector(Orders).reschedule_order(ctx.verified.shop_id, order_id, day, key=ctx.effect_key)
    return plan


@reschedule_delivery.preview
async def reschedule_delivery_preview(ctx: ToolContext, order_id: OrderId, day: Day) -> Reschedule:
    """The new day and the address."""
    return await _reschedule(ctx, order_id, day)


@tool(effect=True, verified=True, confirm=True, refusals=_ADDRESS_REFUSALS, options={"order_id": open_orders})
async def change_address(ctx: ToolContext, order_id: OrderId, street: Text, postcode: Postcode, city: Text) -> AddressChange:
    """Send an order to another address in the same country, until it is packed. `street` includes the house number."""
    change = await _change(ctx, order_id, street, postcode, city)
    order = await own_order(ctx, order_id)
    address = Address(
        name=order.address.name, street=change.street, postcode=change.postcode, city=change.city, region=order.address.region
    )
    await ctx.connector(Orders).readdress_order(ctx.verified.shop_id, order_id, address, key=ctx.effect_key)
    return change


@change_address.check
async def change_address_check(ctx: ToolContext, order_id: OrderId) -> None:
    """Whether the order may still change."""
    await refuse_packed(ctx, await own_order(ctx, order_id))


@change_address.preview
async def change_address_preview(ctx: ToolContext, order_id: OrderId, street: Text, postcode: Postcode, city: Text) -> AddressChange:
    """The old and the new address."""
    return await _change(ctx, order_id, street, postcode, city)


@reschedule_delivery.check
async def reschedule_delivery_check(ctx: ToolContext, order_id: OrderId) -> None:
    """Whether the parcel may still be moved."""
    await _refuse_immovable(ctx, await own_order(ctx, order_id))


async def _refuse_immovable(ctx: ToolContext, order: Order) -> None:
    item, _ = await main_item(ctx, order)
    refuse_cancelled(ctx, order, item)
    delivered = delivered_on(ctx, order)
    if delivered:
        until = delivered + timedelta(days=ctx.policy.number("returns.window_days"))
        raise ToolRefused("already_delivered", order_id=order.id, item=item, delivered_on=delivered, return_until=until)
    if order.status == "out_for_delivery":
        facts = {"order_id": order.id, "item": item, "window": order.window, "carrier": order.carrier}
        raise ToolRefused("out_for_delivery", **facts, tracking_number=order.tracking_number)


async def _reschedule(ctx: ToolContext, order_id: str, day: date) -> Reschedule:
    order = await own_order(ctx, order_id)
    await _refuse_immovable(ctx, order)
    item, more = await main_item(ctx, order)
    shipped = order.status == "shipped"
    earliest = add_business_days(today(ctx) if shipped else max(order.ships_on, today(ctx)), 1)
    days = ctx.policy.number("delivery.reschedule_days")
    latest = max(order.promised, today(ctx)) + timedelta(days=days)
    if day < earliest:
        raise ToolRefused("day_too_soon", order_id=order.id, day=day, earliest=earliest)
    if day > latest:
        raise ToolRefused("day_too_far", order_id=order.id, day=day, latest=latest, days=days)
    if day.weekday() == _SUNDAY:
        raise ToolRefused("no_delivery_that_day", order_id=order.id, day=day, next_day=day + timedelta(days=1))
    place = order.address
    return Reschedule(
        order_id=order.id,
        item=item,
        more_items=more,
        promised=order.promised,
        day=day,
        street=place.street,
        postcode=place.postcode,
        city=place.city,
    )


async def _change(ctx: ToolContext, order_id: str, street: str, postcode: str, city: str) -> AddressChange:
    order = await own_order(ctx, order_id)
    await refuse_packed(ctx, order)
    item, more = await main_item(ctx, order)
    region = order.address.region
    if not is_postcode_of(postcode, region):
        elsewhere = region_of_postcode(postcode, region, tuple(ctx.policy.regions))
        code = "other_country" if elsewhere else "postcode_unknown"
        raise ToolRefused(code, order_id=order.id, postcode=postcode, country=country_name(ctx, region))
    return AddressChange(
        order_id=order.id,
        item=item,
        more_items=more,
        old_street=order.address.street,
        old_city=order.address.city,
        street=" ".join(street.split()),
        postcode=postcode.strip().upper(),
        city=" ".join(city.split()),
        promised=order.promised,
    )


reschedule_delivery.lets_say("reschedule", "later:delivery")
change_address.lets_say("address", "later:delivery")
