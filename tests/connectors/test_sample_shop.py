from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from orchestrator.connectors.commerce import Catalogue, Customers, Orders, Returns
from orchestrator.connectors.purchases import Address, NewReturn, ReturnCase, ServiceRequest
from orchestrator.connectors.sample import SampleShop, open_sample_shop
from orchestrator.errors import ToolError

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LEA, MARIE, GIULIA, ANA, LUKAS = "c-0001", "c-0003", "c-0004", "c-0005", "c-0008"
KETTLE = NewReturn(
    order_id="A-20417",
    product_id="alba-kettle",
    kind="return",
    reason="changed_mind",
    refund=Decimal("55.00"),
    label_fee=Decimal("4.90"),
    send_by=date(2026, 12, 7),
)


def test_it_offers_all_four_protocols(shop: SampleShop) -> None:
    assert isinstance(shop, Catalogue)
    assert isinstance(shop, Customers)
    assert isinstance(shop, Orders)
    assert isinstance(shop, Returns)


async def test_foreign_and_missing_orders_look_alike(shop: SampleShop) -> None:
    assert await shop.order(LEA, "A-20417") is not None
    assert await shop.order(MARIE, "A-20417") is None
    assert await shop.order(MARIE, "A-99999") is None


async def test_a_customer_sees_only_their_own_orders_and_returns(shop: SampleShop) -> None:
    assert {order.id for order in await shop.orders(LEA)} == {"A-20417"}
    assert [case.id for case in await shop.returns(GIULIA)] == ["R-30112"]
    assert await shop.returns(LEA) == []


async def test_an_address_is_found_in_any_case(shop: SampleShop) -> None:
    customer = await shop.customer_by_email(" Lea.Rochat@Example.CH ")
    assert customer is not None
    assert customer.id == LEA
    assert await shop.customer_by_email("nobody@example.ch") is None


async def test_cancelling_is_done_once_per_key(shop: SampleShop) -> None:
    first = await shop.cancel_order(ANA, "A-20536", at=NOW, key="k")
    again = await shop.cancel_order(ANA, "A-20536", at=datetime(2027, 1, 1, tzinfo=UTC), key="k")
    assert first == again
    assert first.status == "cancelled"
    with pytest.raises(ToolError, match="cannot be changed"):
        await shop.cancel_order(ANA, "A-20536", at=NOW, key="another")


@pytest.mark.parametrize(("customer", "order"), [(LUKAS, "A-20532"), (LEA, "A-20417"), (LEA, "A-20536"), (LEA, "A-99999")])
async def test_packed_delivered_foreign_and_missing_orders_are_not_cancelled(shop: SampleShop, customer: str, order: str) -> None:
    with pytest.raises(ToolError, match="cannot be changed"):
        await shop.cancel_order(customer, order, at=NOW, key="k")


async def test_a_key_serves_one_request_only(shop: SampleShop) -> None:
    await shop.reschedule_order(LUKAS, "A-20532", date(2026, 12, 1), key="k")
    with pytest.raises(ToolError, match="used for another request"):
        await shop.reschedule_order(LUKAS, "A-20532", date(2026, 12, 2), key="k")
    with pytest.raises(ToolError, match="needs an idempotency key"):
        await shop.reschedule_order(LUKAS, "A-20532", date(2026, 12, 2), key="")


async def test_an_order_goes_to_its_new_address(shop: SampleShop) -> None:
    address = Address(name="Ana Souza", street="Rua Oscar Freire 9", postcode="01426-001", city="São Paulo", region="BR")
    await shop.readdress_order(ANA, "A-20536", address, key="k")
    order = await shop.order(ANA, "A-20536")
    assert order is not None
    assert order.address == address


async def test_a_return_is_opened_once_even_when_asked_at_the_same_time(shop: SampleShop) -> None:
    opened: list[ReturnCase] = []

    async def ask() -> None:
        opened.append(await shop.open_return(LEA, KETTLE, at=NOW, key="k"))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(ask)
    assert len({case.id for case in opened}) == 1
    assert len(await shop.returns(LEA)) == 1


async def test_an_item_has_one_live_return(shop: SampleShop) -> None:
    first = await shop.open_return(LEA, KETTLE, at=NOW, key="a")
    with pytest.raises(ToolError, match="the shop refuses"):
        await shop.open_return(LEA, KETTLE, at=NOW, key="b")
    await shop.cancel_return(LEA, first.id, key="c")
    second = await shop.open_return(LEA, KETTLE, at=NOW, key="d")
    assert second.id != first.id


async def test_refunds_of_an_order_stay_within_what_was_paid(shop: SampleShop) -> None:
    await shop.open_return(LEA, KETTLE, at=NOW, key="a")
    with pytest.raises(ToolError, match="may not exceed what was paid"):
        await shop.open_return(LEA, replace(KETTLE, product_id="monte-frying-pan-28", refund=Decimal("90.00")), at=NOW, key="b")
    assert len(await shop.returns(LEA)) == 1


async def test_nobody_opens_or_cancels_a_return_of_somebody_else(shop: SampleShop) -> None:
    with pytest.raises(ToolError, match="no such line"):
        await shop.open_return(MARIE, KETTLE, at=NOW, key="a")
    with pytest.raises(ToolError, match="cannot be called off"):
        await shop.cancel_return(MARIE, "R-30112", key="b")


async def test_requests_are_numbered_by_kind_and_invoices_by_their_order(shop: SampleShop) -> None:
    trace = ServiceRequest(id="", customer_id=MARIE, kind="trace", subject="A-20456", at=NOW)
    invoice = replace(trace, kind="invoice")
    assert (await shop.file_request(trace, key="a")).id == "N-5001"
    assert (await shop.file_request(trace, key="a")).id == "N-5001"
    assert (await shop.file_request(invoice, key="b")).id == "F-20456"
    assert (await shop.file_request(invoice, key="c")).id == "F-20456"
    assert len(await shop.requests(MARIE, "trace")) == 1
    assert await shop.requests(LEA, "trace") == []


async def test_what_was_done_survives_opening_the_file_again(tmp_path: Path) -> None:
    agents = Path(__file__).parents[2] / "agents"
    shop = await open_sample_shop(tmp_path / "deep" / "shop.sqlite", agents=agents, now=NOW)
    await shop.cancel_order(ANA, "A-20536", at=NOW, key="k")
    shop.close()
    later = await open_sample_shop(tmp_path / "deep" / "shop.sqlite", agents=agents, now=datetime(2027, 1, 1, tzinfo=UTC))
    order = await later.order(ANA, "A-20536")
    later.close()
    assert order is not None
    assert order.status == "cancelled"


async def test_things_bought_together_share_a_range_or_a_taste(shop: SampleShop) -> None:
    products = await shop.products()
    together = await shop.bought_together("alba-kettle")
    assert len(together) >= 3
    assert sum(products[id].range == "Alba" or "tea_and_coffee" in products[id].themes for id in together[:5]) >= 3


async def test_unknown_products_have_no_stock(shop: SampleShop) -> None:
    stock = await shop.stock(["alba-kettle", "nonsense"])
    assert set(stock) == {"alba-kettle"}
    assert stock["alba-kettle"].online > 0
