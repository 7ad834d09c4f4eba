"""The customer's own orders, lines and returns. What belongs to somebody else is refused exactly like what does not exist."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from orchestrator import Money, ToolContext, ToolError, ToolRefused
from orchestrator.connectors.commerce import Catalogue, Customers, Orders, Returns
from orchestrator.connectors.goods import Product
from orchestrator.connectors.purchases import Order, OrderLine, ReturnCase, ShopCustomer

from .wording import headline, item_name

LEFT = ("shipped", "out_for_delivery", "delivered")
UNDER_WAY = ("placed", "confirmed", "packed", "shipped", "out_for_delivery")


def today(ctx: ToolContext) -> date:
    """The date where the customer is."""
    return local(ctx, ctx.now)


def local(ctx: ToolContext, moment: datetime) -> date:
    """The date of a moment where the customer is."""
    return moment.astimezone(ZoneInfo(ctx.policy.region(ctx.region).timezone)).date()


def money(amount: Decimal, currency: str) -> Money:
    """An amount in a currency."""
    return Money(amount=amount, currency=currency)


async def products_of(ctx: ToolContext) -> Mapping[str, Product]:
    """All products by id."""
    return await ctx.connector(Catalogue).products()


async def known_product(ctx: ToolContext, product_id: str) -> Product:
    """That product, or the refusal `product_unknown`."""
    product = (await products_of(ctx)).get(product_id)
    if product is None:
        raise ToolRefused("product_unknown")
    return product


async def shopper(ctx: ToolContext) -> ShopCustomer:
    """The verified customer as the shop knows them.

    Raises:
        ToolError: The shop does not know them, although they are verified.
    """
    customer = await ctx.connector(Customers).shop_customer(ctx.verified.shop_id)
    if customer is None:
        raise ToolError("the verified customer is not in the shop")
    return customer


async def own_orders(ctx: ToolContext) -> Sequence[Order]:
    """The customer's orders, the latest first."""
    return await ctx.connector(Orders).orders(ctx.verified.shop_id)


async def own_returns(ctx: ToolContext) -> Sequence[ReturnCase]:
    """The customer's returns, exchanges and claims, the latest first."""
    return await ctx.connector(Returns).returns(ctx.verified.shop_id)


async def own_order(ctx: ToolContext, order_id: str) -> Order:
    """That order of the customer's, or the refusal `order_not_found`."""
    order = await ctx.connector(Orders).order(ctx.verified.shop_id, order_id)
    if order is None:
        raise ToolRefused("order_not_found", order_id=order_id)
    return order


async def own_return(ctx: ToolContext, return_id: str) -> ReturnCase:
    """That return of the customer's, or the refusal `return_not_found`."""
    for case in await own_returns(ctx):
        if case.id == return_id:
            return case
    raise ToolRefused("return_not_found", return_id=return_id)


async def own_line(ctx: ToolContext, order: Order, item: str) -> tuple[OrderLine, str]:
    """The line of that product and its name, or the refusal `item_not_in_order`."""
    products = await products_of(ctx)
    line = order.line(item)
    if line is None:
        names = tuple(item_name(ctx, other.product_id, products) for other in order.lines)
        raise ToolRefused("item_not_in_order", order_id=order.id, items=names)
    return line, item_name(ctx, item, products)


async def main_item(ctx: ToolContext, order: Order) -> tuple[str, int]:
    """The name of the order's main product, and how many others there are."""
    return headline(ctx, order, await products_of(ctx))


def delivered_on(ctx: ToolContext, order: Order) -> date | None:
    """The day the order arrived."""
    return None if order.delivered_at is None else local(ctx, order.delivered_at)


def is_late(ctx: ToolContext, order: Order) -> bool:
    """The promised day has passed and the order is not there."""
    return order.status in UNDER_WAY and order.promised < today(ctx)


def refuse_cancelled(ctx: ToolContext, order: Order, item: str) -> None:
    """The refusal `order_cancelled`, when it is."""
    if order.status == "cancelled":
        on = local(ctx, order.cancelled_at or order.placed_at)
        raise ToolRefused("order_cancelled", order_id=order.id, item=item, cancelled_on=on)
