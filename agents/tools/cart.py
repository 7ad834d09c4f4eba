"""The basket left open, and the courtesy discount."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from orchestrator import Money, ProductId, ToolContext, ToolRefused, tool
from orchestrator.connectors.commerce import Catalogue, Customers
from orchestrator.connectors.purchases import ServiceRequest

from .lookups import known_product, local, money, products_of, today


@dataclass(frozen=True, kw_only=True)
class CartLine:
    """One line of a basket."""

    name: str
    quantity: int
    price: Money
    in_stock: bool


@dataclass(frozen=True, kw_only=True)
class CartShown:
    """The basket the customer left; `sold_out` names what is no longer to be had."""

    outcome: Literal["ready", "partly_sold_out", "sold_out"]
    lines: tuple[CartLine, ...]
    total: Money
    left_on: date
    sold_out: tuple[str, ...]
    delivery_fee: Money
    free_delivery: bool


@dataclass(frozen=True, kw_only=True)
class DiscountGiven:
    """A courtesy code; `name` and `price` are set when it is for one product, `price` being the reduced one."""

    outcome: Literal["for_product", "for_order"]
    code: str
    percent: int
    valid_until: date
    name: str
    price: Money | None
    was: Money | None


@tool(verified=True, refusals=("no_cart",))
async def show_cart(ctx: ToolContext) -> CartShown:
    """Show the basket the customer left open, with today's prices and stock."""
    cart = await ctx.connector(Customers).cart(ctx.verified.shop_id)
    products = await products_of(ctx)
    items = {id: quantity for id, quantity in cart.items.items() if id in products} if cart else {}
    if cart is None or not items:
        raise ToolRefused("no_cart")
    stock = await ctx.connector(Catalogue).stock(list(items))
    lines = tuple(
        CartLine(
            name=products[id].names[ctx.language],
            quantity=quantity,
            price=money(products[id].prices[ctx.currency] * quantity, ctx.currency),
            in_stock=id in stock and stock[id].online >= quantity,
        )
        for id, quantity in items.items()
    )
    sold_out = tuple(line.name for line in lines if not line.in_stock)
    total = sum((line.price.amount for line in lines if line.in_stock), Decimal())
    fee, is_free = _delivery(ctx, total)
    return CartShown(
        outcome="ready" if not sold_out else "sold_out" if len(sold_out) == len(lines) else "partly_sold_out",
        lines=lines,
        total=money(total, ctx.currency),
        left_on=local(ctx, cart.left_at),
        sold_out=sold_out,
        delivery_fee=fee,
        free_delivery=is_free,
    )


@tool(effect=True, verified=True, refusals=("already_given", "product_unknown", "already_reduced"))
async def request_discount(ctx: ToolContext, product: ProductId | None = None) -> DiscountGiven:
    """Give the courtesy discount that a customer may have once in a while, as a code for the next order."""
    found = await known_product(ctx, product) if product else None
    if found and found.was:
        was = found.price_before(ctx.currency)
        raise ToolRefused("already_reduced", name=found.names[ctx.language], price=found.price(ctx.currency), was=was)
    days = ctx.policy.number("discounts.courtesy_days")
    given = await ctx.connector(Customers).requests(ctx.verified.shop_id, "discount")
    if given and today(ctx) < local(ctx, given[0].at) + timedelta(days=days):
        raise _given(ctx, given[0], days)
    percent = ctx.policy.number("discounts.courtesy_percent")
    request = ServiceRequest(id="", customer_id=ctx.verified.shop_id, kind="discount", subject=product or "order", at=ctx.now)
    filed = await ctx.connector(Customers).file_request(request, key=ctx.effect_key)
    price = found.prices[ctx.currency] * (100 - percent) / 100 if found else None
    return DiscountGiven(
        outcome="for_product" if found else "for_order",
        code=_code(filed),
        percent=percent,
        valid_until=today(ctx) + timedelta(days=days),
        name=found.names[ctx.language] if found else "",
        price=None if price is None else money(price.quantize(Decimal("0.01"), ROUND_HALF_UP), ctx.currency),
        was=found.price(ctx.currency) if found else None,
    )


def _given(ctx: ToolContext, earlier: ServiceRequest, days: int) -> ToolRefused:
    given_on = local(ctx, earlier.at)
    refusal = ToolRefused(
        "already_given",
        given_on=given_on,
        again_from=given_on + timedelta(days=days),
        bundle_percent=ctx.policy.number("discounts.bundle_percent"),
    )
    # Set afterwards, because the refusal's own code has that name in the call.
    refusal.facts["code"] = _code(earlier)
    return refusal


def _code(request: ServiceRequest) -> str:
    return f"MERCI-{request.id.partition('-')[2]}"


def _delivery(ctx: ToolContext, total: Decimal) -> tuple[Money, bool]:
    fee = ctx.policy.money("delivery.standard_fee", ctx.currency) or money(Decimal(), ctx.currency)
    free_from = ctx.policy.money("delivery.free_from", ctx.currency)
    return fee, free_from is not None and total >= free_from.amount


request_discount.lets_say("discount")
