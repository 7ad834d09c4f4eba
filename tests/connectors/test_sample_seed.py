from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.connectors.sample.goods_files import Goods
from orchestrator.connectors.sample.seed import Sample, make_sample

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
REGIONS = {"CH": 90, "FR": 50, "DE": 50, "IT": 35, "ES": 30, "BR": 20, "US": 15, "GB": 10}


@pytest.fixture(scope="module")
def sample(goods: Goods) -> Sample:
    return make_sample(goods, NOW, 20417)


def test_the_same_seed_and_clock_make_the_same_shop(goods: Goods, sample: Sample) -> None:
    assert make_sample(goods, NOW, 20417) == sample
    assert make_sample(goods, NOW, 1) != sample


def test_it_holds_300_customers_in_8_regions_800_orders_and_25_baskets(sample: Sample) -> None:
    assert Counter(customer.region for customer in sample.customers) == REGIONS
    assert len(sample.orders) == len({order.id for order in sample.orders}) == 800
    assert len(sample.carts) == len({cart.customer_id for cart in sample.carts}) == 25


def test_people_live_at_example_addresses_of_their_own(sample: Sample) -> None:
    emails = [customer.email for customer in sample.customers]
    assert len(set(emails)) == 300
    assert all(email.partition("@")[2].startswith("example.") for email in emails)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=2, hours=14), timedelta(days=5, hours=9)])
def test_orders_and_returns_of_every_state_are_there_on_any_day(goods: Goods, later: timedelta) -> None:
    sample = make_sample(goods, NOW + later, 20417)
    assert {order.status for order in sample.orders} == {
        "placed",
        "confirmed",
        "packed",
        "shipped",
        "out_for_delivery",
        "delivered",
        "cancelled",
    }
    assert {case.status for case in sample.returns} >= {"open", "in_transit", "received", "refunded", "replaced"}


def test_nothing_that_has_happened_lies_in_the_future(sample: Sample) -> None:
    for order in sample.orders:
        assert all(at <= NOW for at in (order.placed_at, order.shipped_at, order.delivered_at, order.cancelled_at) if at), order.id
        assert order.placed_at >= NOW - timedelta(days=121)
    for case in sample.returns:
        assert all(at <= NOW for at in (case.opened_at, case.received_at, case.refunded_at) if at), case.id


def test_refunds_never_exceed_what_was_paid(sample: Sample) -> None:
    totals = {order.id: order.total for order in sample.orders}
    for case in sample.returns:
        assert case.refund.amount <= totals[case.order_id].amount
        assert case.refund.currency == totals[case.order_id].currency


def test_lea_has_her_kettle_since_14_days(sample: Sample) -> None:
    order = next(order for order in sample.orders if order.id == "A-20417")
    customer = next(customer for customer in sample.customers if customer.id == order.customer_id)
    assert (customer.name, customer.email, customer.address.postcode) == ("Léa Rochat", "lea.rochat@example.ch", "1800")
    assert [line.product_id for line in order.lines] == ["alba-kettle", "monte-frying-pan-28"]
    assert order.delivered_at is not None
    assert (NOW.date() - order.delivered_at.date()).days == 14
