"""Makes up the sample shop's orders: what was bought, and how far it has come by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from orchestrator.connectors.business_days import add_business_days
from orchestrator.connectors.goods import Product
from orchestrator.connectors.purchases import Order, OrderLine, OrderStatus, ShopCustomer
from orchestrator.connectors.sample.people import Trade, people_by_region
from orchestrator.connectors.sample.stories import StoryOrder

HISTORY_DAYS = 120
WINDOWS = ("08:00–10:00", "10:00–12:00", "14:00–16:00", "16:00–18:00")


@dataclass(frozen=True, kw_only=True)
class Course:
    """When the steps of an order happen, whether they lie in the past or not."""

    confirmed_at: datetime
    packed_at: datetime
    shipped_at: datetime
    out_at: datetime
    delivered_at: datetime
    cancelled_at: datetime | None = None

    def status(self, now: datetime) -> OrderStatus:
        """The last step reached by now."""
        if self.cancelled_at is not None and self.cancelled_at <= now:
            return "cancelled"
        steps: tuple[tuple[datetime, OrderStatus], ...] = (
            (self.delivered_at, "delivered"),
            (self.out_at, "out_for_delivery"),
            (self.shipped_at, "shipped"),
            (self.packed_at, "packed"),
            (self.confirmed_at, "confirmed"),
        )
        for at, status in steps:
            if at <= now:
                return status
        return "placed"


def make_orders(
    rng: Random, now: datetime, customers: Sequence[ShopCustomer], products: Mapping[str, Product], numbers: Sequence[int]
) -> list[Order]:
    """One order per number, the oldest first, spread over the last 120 days."""
    ages = sorted((rng.uniform(0.02, HISTORY_DAYS) for _ in numbers), reverse=True)
    return [_order(rng, now, rng.choice(customers), products, (f"A-{number}", age)) for number, age in zip(numbers, ages, strict=True)]


def story_order(story: StoryOrder, customer: ShopCustomer, products: Mapping[str, Product], now: datetime) -> Order:
    """The order of a known customer, in the state its story tells."""
    trade = people_by_region()[customer.region].trade
    zone = ZoneInfo(trade.timezone)
    today = now.astimezone(zone).date()
    placed_at = now + timedelta(days=story.placed)
    ships_on = (
        min(add_business_days(placed_at.date(), 1), today - timedelta(days=1))
        if _has_left(story.status)
        else add_business_days(max(placed_at.date(), today), 1)
    )
    order = replace(
        _priced(
            story.id,
            customer,
            [OrderLine(product_id=id, quantity=1, unit_price=products[id].prices[trade.currency]) for id in story.items],
            placed_at,
        ),
        status=story.status,
        payment=story.payment,
        promised=today + timedelta(days=story.promised),
        ships_on=today if story.status == "packed" else ships_on,
    )
    if story.status != "placed":
        order = replace(order, charges=(order.total.amount,) * (2 if story.charged_twice else 1))
    if _has_left(story.status):
        order = replace(order, shipped_at=_at(ships_on, 17, zone), **_parcel(story.id, trade))
    if story.status == "out_for_delivery":
        order = replace(order, window="14:00–16:00")
    if story.delivered is not None:
        order = replace(order, delivered_at=_at(today + timedelta(days=story.delivered), 11, zone))
    return order


def _has_left(status: OrderStatus) -> bool:
    return status in ("shipped", "out_for_delivery", "delivered")


def _order(rng: Random, now: datetime, customer: ShopCustomer, products: Mapping[str, Product], number: tuple[str, float]) -> Order:
    id, age = number
    trade = people_by_region()[customer.region].trade
    placed_at = now - timedelta(days=age)
    bought = _basket(rng, products)
    order = _priced(id, customer, [_line(rng, products[one], trade.currency) for one in bought], placed_at)
    bulky = any("bulky" in products[one].marks for one in bought)
    ships_on = add_business_days(placed_at.astimezone(ZoneInfo(trade.timezone)).date(), 3 if bulky else 1)
    promised = add_business_days(ships_on, trade.days[1] - 1)
    early = rng.randrange(0, trade.days[1] - trade.days[0] + 1)
    arrival = add_business_days(ships_on, max(1, trade.days[1] - 1 - early) + (rng.randrange(1, 5) if rng.random() < 0.06 else 0))
    course = _course(rng, placed_at, ships_on, arrival, ZoneInfo(trade.timezone))
    payment = rng.choice(trade.payments)
    status = course.status(now)
    left = _has_left(status)
    paid = status != "placed" and (payment != "invoice" or age > 30)
    return replace(
        order,
        status=status,
        payment=payment,
        charges=(order.total.amount,) if paid else (),
        promised=promised,
        ships_on=ships_on,
        window=WINDOWS[(course.delivered_at.hour - 8) // 3] if status == "out_for_delivery" else "",
        shipped_at=course.shipped_at if left else None,
        delivered_at=course.delivered_at if status == "delivered" else None,
        cancelled_at=course.cancelled_at if status == "cancelled" else None,
        **(_parcel(id, trade) if left else {}),
    )


def _basket(rng: Random, products: Mapping[str, Product]) -> list[str]:
    """One to four products, cheap ones more often; what follows the first is mostly of its range or kind, so that some belong together."""
    ids = sorted(products)
    first = products[_pick(rng, ids, products)]
    kin = [id for id in ids if products[id].range == first.range]
    alike = [id for id in ids if products[id].themes & first.themes] or kin
    basket = [first.id]
    for _ in range(rng.choices((0, 1, 2, 3), weights=(45, 30, 17, 8))[0]):
        pool = rng.choices((kin, alike, ids), weights=(55, 38, 7))[0]
        one = _pick(rng, pool, products)
        if one not in basket:
            basket.append(one)
    return basket


def _pick(rng: Random, ids: Sequence[str], products: Mapping[str, Product]) -> str:
    return rng.choices(ids, weights=[float(products[id].prices["CHF"]) ** -0.6 for id in ids])[0]


def _line(rng: Random, product: Product, currency: str) -> OrderLine:
    return OrderLine(
        product_id=product.id,
        quantity=rng.choices((1, 2, 4), weights=(90, 8, 2))[0],
        unit_price=product.prices[currency],
        colour=rng.choice(product.colours).id if product.colours else "",
        personalised="personalised" in product.marks,
    )


def _priced(id: str, customer: ShopCustomer, lines: Sequence[OrderLine], placed_at: datetime) -> Order:
    trade = people_by_region()[customer.region].trade
    goods = sum((line.amount for line in lines), Decimal())
    placed = placed_at.replace(second=0, microsecond=0)
    return Order(
        id=id,
        customer_id=customer.id,
        status="placed",
        lines=tuple(lines),
        currency=trade.currency,
        delivery_fee=Decimal() if goods >= trade.free_from else trade.fee,
        payment="",
        charges=(),
        address=customer.address,
        placed_at=placed,
        promised=placed.date(),
        ships_on=placed.date(),
    )


def _course(rng: Random, placed_at: datetime, ships_on: date, arrival: date, zone: ZoneInfo) -> Course:
    cancelled_at = placed_at + timedelta(hours=rng.uniform(0.3, 5)) if rng.random() < 0.03 else None
    return Course(
        confirmed_at=placed_at + timedelta(hours=1),
        packed_at=_at(ships_on, 8, zone),
        shipped_at=_at(ships_on, 17, zone),
        out_at=_at(arrival, 7, zone),
        delivered_at=_at(arrival, rng.randrange(9, 18), zone),
        cancelled_at=cancelled_at,
    )


def _parcel(order_id: str, trade: Trade) -> dict[str, str]:
    return {"carrier": trade.carrier, "tracking_number": f"99.00.{trade.currency}.{order_id[2:]}{int(order_id[2:]) * 7919 % 100000:05d}"}


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone)
