"""Makes the whole sample shop: customers, orders, returns, baskets and stock, the same ones for the same seed and clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from orchestrator.connectors.business_days import add_business_days, subtract_business_days
from orchestrator.connectors.goods import Product, StockLevel
from orchestrator.connectors.purchases import Cart, Order, ReturnCase, ReturnKind, ShopCustomer
from orchestrator.connectors.sample.goods_files import Goods
from orchestrator.connectors.sample.orders import make_orders, story_order
from orchestrator.connectors.sample.people import make_customers
from orchestrator.connectors.sample.stories import Story, StoryOrder, stories
from orchestrator.conversation import Money

ORDERS = 800
CARTS = 25
FIRST_ORDER = 19739
FIRST_RETURN = 30041
FIRST_EXCHANGE = 1101


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a new sample shop holds."""

    customers: Sequence[ShopCustomer]
    orders: Sequence[Order]
    returns: Sequence[ReturnCase]
    carts: Sequence[Cart]
    stock: Mapping[str, StockLevel]


def make_sample(goods: Goods, now: datetime, seed: int) -> Sample:
    """A shop as it stands at `now`."""
    rng = Random(seed)  # noqa: S311 - made-up customers, not a secret
    known = tuple(story.customer(now.date()) for story in stories())
    customers = make_customers(rng, now.date(), known)
    told = [(story, customer, order) for story, customer in zip(stories(), known, strict=True) for order in story.orders]
    reserved = {order.id for _, _, order in told}
    numbers = [n for n in range(FIRST_ORDER, FIRST_ORDER + ORDERS) if f"A-{n}" not in reserved]
    numbers = numbers[: ORDERS - len(told)]
    sellable = {id: product for id, product in goods.products.items() if "gift_card" not in product.marks}
    orders = make_orders(rng, now, customers[len(known) :], sellable, numbers)
    story_orders = [story_order(order, customer, goods.products, now) for _, customer, order in told]
    returns = _make_returns(rng, now, orders)
    returns += [_story_return(story, order, now) for (_, _, story), order in zip(told, story_orders, strict=True) if story.return_id]
    return Sample(
        customers=customers,
        orders=[*orders, *story_orders],
        returns=returns,
        carts=_make_carts(rng, now, customers[len(known) :], sellable),
        stock=_make_stock(rng, now, goods),
    )


def _make_returns(rng: Random, now: datetime, orders: Sequence[Order]) -> list[ReturnCase]:
    made: list[ReturnCase] = []
    counts = {"R": FIRST_RETURN, "E": FIRST_EXCHANGE}
    for order in orders:
        if order.delivered_at is None:
            continue
        # Recent orders come back more often, so that returns and refunds of every state are there.
        if rng.random() > (0.3 if order.delivered_at > now - timedelta(days=16) else 0.08):
            continue
        opened_at = order.delivered_at + timedelta(days=rng.uniform(1, 10))
        if opened_at >= now:
            continue
        kind: ReturnKind = rng.choices(("return", "exchange", "damaged", "wrong_item"), weights=(65, 15, 13, 7))[0]
        letter = "E" if kind == "exchange" else "R"
        made.append(_return(rng, now, order, (f"{letter}-{counts[letter]}", kind, opened_at)))
        counts[letter] += 1
    return made


def _return(rng: Random, now: datetime, order: Order, opening: tuple[str, ReturnKind, datetime]) -> ReturnCase:
    id, kind, opened_at = opening
    line = rng.choice(order.lines)
    sent_at = opened_at + timedelta(days=rng.uniform(0.5, 5))
    received_at = sent_at + timedelta(days=rng.uniform(1.5, 4))
    due = add_business_days(received_at.date(), 5)
    settled_at = (
        received_at.replace(hour=12, minute=0, second=0, microsecond=0) + (due - received_at.date()) - timedelta(hours=rng.randrange(1, 30))
    )
    case = ReturnCase(
        id=id,
        customer_id=order.customer_id,
        order_id=order.id,
        product_id=line.product_id,
        kind=kind,
        status="open",
        reason={"return": rng.choice(("changed_mind", "not_as_expected", "wrong_size")), "exchange": "wrong_size"}.get(kind, kind),
        refund=Money(amount=Decimal() if kind == "exchange" else line.amount, currency=order.currency),
        label_fee=Money(amount=Decimal(), currency=order.currency),
        payment=order.payment,
        opened_at=opened_at,
        send_by=(opened_at + timedelta(days=14)).date(),
        wanted=line.product_id if kind == "exchange" else "",
        ships_on=add_business_days(opened_at.date(), 1) if kind == "exchange" else None,
    )
    if settled_at <= now:
        done = replace(case, received_at=received_at, refunded_at=settled_at)
        return replace(done, status="replaced") if kind == "exchange" else replace(done, status="refunded")
    if received_at <= now:
        return replace(case, status="received", received_at=received_at)
    return replace(case, status="in_transit" if sent_at <= now else "open")


def _story_return(story: StoryOrder, order: Order, now: datetime) -> ReturnCase:
    line = order.line(story.returned) or order.lines[0]
    received_at = datetime.combine(subtract_business_days(now.date(), 2), time(10), now.tzinfo)
    return ReturnCase(
        id=story.return_id,
        customer_id=order.customer_id,
        order_id=order.id,
        product_id=line.product_id,
        kind="return",
        status="received",
        reason="not_as_expected",
        refund=Money(amount=line.amount, currency=order.currency),
        label_fee=Money(amount=Decimal(), currency=order.currency),
        payment=order.payment,
        opened_at=received_at - timedelta(days=5),
        send_by=(received_at + timedelta(days=9)).date(),
        received_at=received_at,
    )


def _make_carts(rng: Random, now: datetime, customers: Sequence[ShopCustomer], products: Mapping[str, Product]) -> list[Cart]:
    known = [_story_cart(story, now) for story in stories() if story.cart]
    chosen = rng.sample(list(customers), CARTS - len(known))
    ids = sorted(products)
    return known + [
        Cart(
            customer_id=customer.id,
            items={id: rng.choices((1, 2), weights=(9, 1))[0] for id in rng.sample(ids, rng.randrange(1, 4))},
            left_at=now - timedelta(hours=rng.uniform(2, 200)),
        )
        for customer in chosen
    ]


def _story_cart(story: Story, now: datetime) -> Cart:
    return Cart(customer_id=story.id, items=dict.fromkeys(story.cart, 1), left_at=now - timedelta(days=1))


def _make_stock(rng: Random, now: datetime, goods: Goods) -> dict[str, StockLevel]:
    told = {item for story in stories() for order in story.orders for item in order.items} | {
        item for story in stories() for item in story.cart
    }
    return {id: _level(rng, now, product, goods, always=id in told) for id, product in sorted(goods.products.items())}


def _level(rng: Random, now: datetime, product: Product, goods: Goods, *, always: bool) -> StockLevel:
    sold_out = rng.random() < 0.08 and not always and "gift_card" not in product.marks
    few = rng.random() < 0.15
    online = 0 if sold_out else rng.randrange(1, 6) if few else rng.randrange(12, 240)
    zone = ZoneInfo("Europe/Zurich")
    return StockLevel(
        online=online,
        stores={
            store: 0 if "bulky" in product.marks and rng.random() < 0.6 else max(0, rng.randrange(-3, 14)) for store in sorted(goods.stores)
        },
        back_on=add_business_days(now.astimezone(zone).date(), rng.randrange(3, 25)) if sold_out else None,
    )
