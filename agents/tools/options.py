"""Where the possible values of order and return slots come from: the customer's own, the fitting ones first or alone.

When none fits, those that do not are offered all the same, so that the tool itself says why not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from orchestrator import Option, ToolContext
from orchestrator.connectors.commerce import Catalogue, Orders
from orchestrator.connectors.purchases import Order, OrderLine, ReturnCase

from .lookups import UNDER_WAY, delivered_on, own_orders, own_returns, products_of, today
from .wording import item_name, order_label, return_label, said_as

Test = Callable[[Order], bool]


async def recent_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001 - the signature of option sources
    """All orders, those under way first."""
    orders = await own_orders(ctx)
    return await _as_options(ctx, [o for o in orders if o.status in UNDER_WAY] + [o for o in orders if o.status not in UNDER_WAY])


async def orders_on_the_way(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """Orders with the carrier, otherwise those still with us, otherwise all."""
    return await _first_tier(ctx, lambda o: o.status in ("shipped", "out_for_delivery"), lambda o: o.status in UNDER_WAY)


async def late_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """Orders past their promised day, otherwise those under way, otherwise those delivered lately."""
    lately = today(ctx) - timedelta(days=ctx.policy.number("returns.report_missing_days"))
    return await _first_tier(
        ctx,
        lambda o: o.status in UNDER_WAY and o.promised < today(ctx),
        lambda o: o.status in UNDER_WAY,
        lambda o: (delivered_on(ctx, o) or lately) > lately,
    )


async def open_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """Orders that are not packed, otherwise those under way, otherwise all."""
    return await _first_tier(ctx, lambda o: o.status in ("placed", "confirmed"), lambda o: o.status in UNDER_WAY)


async def reschedulable_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """Orders that are not out for delivery, otherwise those under way, otherwise all."""
    return await _first_tier(ctx, lambda o: o.status in UNDER_WAY and o.status != "out_for_delivery", lambda o: o.status in UNDER_WAY)


async def paid_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """Orders that were charged, otherwise all."""
    return await _first_tier(ctx, lambda o: bool(o.charges))


async def delivered_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """Orders within their return window, otherwise delivered ones, otherwise all; those with the item named, when one is."""
    products = await products_of(ctx)
    item = filled.get("item", "")

    def is_returnable(order: Order) -> bool:
        day = delivered_on(ctx, order)
        trial = any("trial" in products[line.product_id].marks for line in order.lines if line.product_id in products)
        days = ctx.policy.number("returns.bedding_trial_nights" if trial else "returns.window_days")
        return day is not None and today(ctx) <= day + timedelta(days=days)

    return await _first_tier(
        ctx,
        lambda o: is_returnable(o) and (not item or o.line(item) is not None),
        lambda o: o.status == "delivered" and (not item or o.line(item) is not None),
        is_returnable,
        lambda o: o.status == "delivered",
    )


async def bought_orders(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """Delivered orders, however long ago, otherwise all; those with the item named, when one is."""
    item = filled.get("item", "")
    return await _first_tier(ctx, lambda o: o.status == "delivered" and (not item or o.line(item) is not None))


async def order_lines(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:
    """The items of the order, those not sent back yet first; of all delivered orders while none is chosen.

    An order that is unknown or not delivered needs no choice: the tool refuses it anyhow, so one option is enough.
    """
    if "order_id" not in filled:
        return await _lines_as_options(ctx, [line for order in await own_orders(ctx) if order.delivered_at for line in order.lines])
    order = await ctx.connector(Orders).order(ctx.verified.shop_id, filled["order_id"])
    if order is None:
        return (Option(value=filled["order_id"], label=filled["order_id"]),)
    lines = order.lines if order.delivered_at else order.lines[:1]
    returned = {case.product_id for case in await own_returns(ctx) if case.order_id == order.id and case.status != "cancelled"}
    options = await _lines_as_options(ctx, lines)
    return [replace(option, offered=option.value not in returned) for option in options]


async def recent_returns(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """All returns, exchanges and claims, the latest first."""
    return await _cases_as_options(ctx, [case for case in await own_returns(ctx) if case.kind != "missing"])


async def returns_to_send(ctx: ToolContext, filled: Mapping[str, str]) -> Sequence[Option]:  # noqa: ARG001
    """Returns whose parcel is still with the customer, otherwise those under way."""
    cases = [case for case in await own_returns(ctx) if case.send_by is not None]
    waiting = [case for case in cases if case.status == "open"]
    return await _cases_as_options(ctx, waiting or [case for case in cases if case.status in ("in_transit", "received")])


async def _first_tier(ctx: ToolContext, *tests: Test) -> Sequence[Option]:
    orders = [order for order in await own_orders(ctx) if order.placed_at > ctx.now - timedelta(days=365)]
    for test in tests:
        fitting = [order for order in orders if test(order)]
        if fitting:
            return await _as_options(ctx, fitting)
    return await _as_options(ctx, orders)


async def _as_options(ctx: ToolContext, orders: Sequence[Order]) -> Sequence[Option]:
    products = await products_of(ctx)
    categories = await ctx.connector(Catalogue).categories()
    return [
        Option(
            value=order.id,
            label=order_label(ctx, order, products),
            aliases=tuple(
                dict.fromkeys(
                    name
                    for line in order.lines
                    if line.product_id in products
                    for name in said_as(ctx, products[line.product_id], categories)
                )
            ),
        )
        for order in orders
    ]


async def _lines_as_options(ctx: ToolContext, lines: Sequence[OrderLine]) -> Sequence[Option]:
    products = await products_of(ctx)
    categories = await ctx.connector(Catalogue).categories()
    ids = dict.fromkeys(line.product_id for line in lines)
    return [
        Option(value=id, label=item_name(ctx, id, products), aliases=said_as(ctx, products[id], categories) if id in products else ())
        for id in ids
    ]


async def _cases_as_options(ctx: ToolContext, cases: Sequence[ReturnCase]) -> Sequence[Option]:
    products = await products_of(ctx)
    categories = await ctx.connector(Catalogue).categories()
    return [
        Option(
            value=case.id,
            label=return_label(ctx, case, products),
            aliases=said_as(ctx, products[case.product_id], categories) if case.product_id in products else (),
        )
        for case in cases
    ]
