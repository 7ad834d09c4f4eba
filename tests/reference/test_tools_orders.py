from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agents.tools.billing import BillingProblem, BillingReported, InvoiceSent, report_billing, send_invoice
from agents.tools.delivery_changes import (
    AddressChange,
    Reschedule,
    change_address,
    change_address_preview,
    reschedule_delivery,
    reschedule_delivery_preview,
)
from agents.tools.orders import CancelPreview, OrderCancelled, OrderState, cancel_order, cancel_order_preview, order_status
from agents.tools.parcels import DelayPreview, DelayReported, Tracking, report_delay, report_delay_preview, track_parcel
from orchestrator import Money, ToolError, ToolRefused
from orchestrator.connectors.sample import SampleShop

from .conftest import NOW, Asker

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("who", "order_id", "outcome"),
    [
        ("lea", "A-20417", "delivered"),
        ("jonas", "A-20525", "out_for_delivery"),
        ("marie", "A-20456", "late"),
        ("ana", "A-20536", "confirmed"),
        ("james", "A-20459", "delivered"),
        ("lukas", "A-20532", "packed"),
        ("lucia", "A-20538", "placed"),
    ],
)
async def test_the_latest_order_is_found_without_its_number(asks: Asker, who: str, order_id: str, outcome: str) -> None:
    state = await order_status(asks(who))
    assert isinstance(state, OrderState)
    assert (state.order_id, state.outcome) == (order_id, outcome)


async def test_a_status_names_the_things_in_the_customers_language(asks: Asker) -> None:
    state = await order_status(asks("lea"))
    assert isinstance(state, OrderState)
    assert (state.item, state.more_items) == ("poêle Monte 28 cm", 1)
    assert state.total == Money(amount=Decimal("139.80"), currency="CHF")
    assert (state.delivered_on, state.return_until) == (date(2026, 11, 9), date(2026, 12, 9))


@pytest.mark.parametrize("order_id", ["A-20417", "A-99999"])
@pytest.mark.parametrize("tool", [order_status, track_parcel, cancel_order_preview, report_delay_preview, send_invoice])
async def test_a_foreign_order_is_refused_like_a_missing_one(asks: Asker, tool: Callable[..., Awaitable[object]], order_id: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await tool(asks("marie"), order_id=order_id)
    assert refused.value.code == "order_not_found"
    assert refused.value.facts == {"order_id": order_id}


async def test_nobody_sees_orders_without_proof_of_who_they_are(asks: Asker) -> None:
    with pytest.raises(ToolError, match="not verified"):
        await order_status(asks(""), order_id="A-20417")


async def test_an_order_that_is_not_packed_is_cancelled_once(asks: Asker, shop: SampleShop) -> None:
    preview = await cancel_order_preview(asks("ana"), order_id="A-20536")
    assert isinstance(preview, CancelPreview)
    assert preview.refund == Money(amount=Decimal("3048.00"), currency="BRL")
    assert (preview.payment, preview.refund_by) == ("Pix", date(2026, 11, 30))
    done = await cancel_order(asks("ana"), order_id="A-20536")
    assert isinstance(done, OrderCancelled)
    assert done.outcome == "refund_due"
    with pytest.raises(ToolRefused) as refused:
        await cancel_order(asks("ana", key="other"), order_id="A-20536")
    assert refused.value.code == "order_cancelled"
    order = await shop.order("c-0005", "A-20536")
    assert order is not None
    assert order.status == "cancelled"


async def test_cancelling_before_payment_refunds_nothing(asks: Asker) -> None:
    done = await cancel_order(asks("lucia"), order_id="A-20538")
    assert isinstance(done, OrderCancelled)
    assert (done.outcome, done.refund.amount, done.payment) == ("nothing_paid", 0, "")


@pytest.mark.parametrize(
    ("who", "order_id", "code", "shipped"),
    [
        ("lukas", "A-20532", "already_packed", False),
        ("jonas", "A-20525", "already_packed", True),
        ("lea", "A-20417", "already_delivered", None),
    ],
)
async def test_what_is_packed_or_delivered_is_neither_cancelled_nor_readdressed(
    asks: Asker, who: str, order_id: str, code: str, shipped: bool | None
) -> None:
    with pytest.raises(ToolRefused) as refused:
        await cancel_order(asks(who), order_id=order_id)
    assert refused.value.code == code
    assert refused.value.facts.get("shipped") == shipped
    with pytest.raises(ToolRefused) as refused:
        await change_address(asks(who), order_id=order_id, street="Seestrasse 1", postcode="8002", city="Zürich")
    assert refused.value.code == code


async def test_an_order_goes_to_another_address_in_the_country(asks: Asker, shop: SampleShop) -> None:
    done = await change_address(asks("ana"), order_id="A-20536", street=" Rua  Oscar Freire 9", postcode="01426-001", city="São Paulo")
    assert isinstance(done, AddressChange)
    assert (done.old_street, done.street) == ("Rua Augusta 1508", "Rua Oscar Freire 9")
    order = await shop.order("c-0005", "A-20536")
    assert order is not None
    assert order.address.postcode == "01426-001"


@pytest.mark.parametrize(("postcode", "code"), [("8004", "other_country"), ("12", "postcode_unknown"), ("W1U 4PA", "other_country")])
async def test_a_postcode_of_another_country_is_refused(asks: Asker, postcode: str, code: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await change_address_preview(asks("ana"), order_id="A-20536", street="Rua 1", postcode=postcode, city="X")
    assert refused.value.code == code
    assert refused.value.facts["country"] == "Brasil"


async def test_a_delivery_moves_to_another_day(asks: Asker) -> None:
    done = await reschedule_delivery(asks("lukas"), order_id="A-20532", day=date(2026, 12, 2))
    assert isinstance(done, Reschedule)
    assert (done.promised, done.day, done.city) == (date(2026, 11, 29), date(2026, 12, 2), "München")
    state = await order_status(asks("lukas"))
    assert isinstance(state, OrderState)
    assert state.promised == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 23), "day_too_soon"),
        (date(2020, 1, 1), "day_too_soon"),
        (date(2026, 12, 7), "day_too_far"),
        (date(2026, 11, 29), "no_delivery_that_day"),
    ],
)
async def test_days_that_the_carrier_cannot_do_are_refused(asks: Asker, day: date, code: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await reschedule_delivery_preview(asks("lukas"), order_id="A-20532", day=day)
    assert refused.value.code == code


async def test_a_parcel_on_the_van_is_not_rescheduled(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await reschedule_delivery(asks("jonas"), order_id="A-20525", day=date(2026, 11, 25))
    assert refused.value.code == "out_for_delivery"
    assert refused.value.facts["window"] == "14:00–16:00"


@pytest.mark.parametrize(
    ("who", "order_id", "outcome"),
    [
        ("jonas", "A-20525", "out_for_delivery"),
        ("marie", "A-20456", "late"),
        ("lukas", "A-20532", "not_shipped"),
        ("lea", "A-20417", "delivered"),
    ],
)
async def test_a_parcel_is_where_it_is(asks: Asker, who: str, order_id: str, outcome: str) -> None:
    tracking = await track_parcel(asks(who), order_id=order_id)
    assert isinstance(tracking, Tracking)
    assert tracking.outcome == outcome
    assert bool(tracking.tracking_number) == (outcome != "not_shipped")


async def test_a_late_parcel_is_searched_once(asks: Asker, shop: SampleShop) -> None:
    preview = await report_delay_preview(asks("marie"), order_id="A-20456")
    assert isinstance(preview, DelayPreview)
    assert (preview.promised, preview.answer_by, preview.says_delivered) == (date(2026, 11, 16), date(2026, 11, 26), False)
    first = await report_delay(asks("marie"), order_id="A-20456")
    again = await report_delay(asks("marie", key="other", now=NOW + timedelta(days=1)), order_id="A-20456")
    assert isinstance(first, DelayReported)
    assert isinstance(again, DelayReported)
    assert (first.outcome, again.outcome) == ("opened", "already_running")
    assert (first.reference, first.answer_by) == (again.reference, again.answer_by)
    assert len(await shop.requests("c-0003", "trace")) == 1


async def test_a_parcel_that_is_not_late_yet_says_from_when(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await report_delay(asks("jonas"), order_id="A-20525")
    assert refused.value.code == "not_late_yet"
    assert refused.value.facts["trace_from"] == date(2026, 11, 25)


async def test_a_parcel_that_has_not_left_is_not_searched(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await report_delay(asks("lukas"), order_id="A-20532")
    assert refused.value.code == "not_shipped"


@pytest.mark.parametrize(("days", "refused"), [(0, False), (1, True)])
async def test_delivered_but_not_there_is_searched_for_14_days(asks: Asker, days: int, refused: bool) -> None:
    ask = asks("lea", now=NOW + timedelta(days=days))
    if refused:
        with pytest.raises(ToolRefused, match="too_late"):
            await report_delay_preview(ask, order_id="A-20417")
        return
    preview = await report_delay_preview(ask, order_id="A-20417")
    assert isinstance(preview, DelayPreview)
    assert preview.says_delivered


async def test_an_invoice_goes_to_the_proven_address(asks: Asker) -> None:
    sent = await send_invoice(asks("lea"), order_id="A-20417")
    assert isinstance(sent, InvoiceSent)
    assert (sent.invoice_id, sent.email) == ("F-20417", "lea.rochat@example.ch")
    with pytest.raises(ToolRefused) as refused:
        await send_invoice(asks("lucia"), order_id="A-20538")
    assert refused.value.code == "not_paid_yet"


async def test_a_double_charge_is_found_and_refunded(asks: Asker) -> None:
    report = await report_billing(asks("emily"), order_id="A-20479", problem=BillingProblem.CHARGED_TWICE)
    assert isinstance(report, BillingReported)
    assert (report.outcome, report.refund) == ("duplicate_found", Money(amount=Decimal("139.00"), currency="USD"))
    again = await report_billing(asks("emily", key="b"), order_id="A-20479", problem=BillingProblem.CHARGED_TWICE)
    assert isinstance(again, BillingReported)
    assert (again.outcome, again.reference) == ("already_reported", report.reference)


async def test_a_single_charge_is_checked_by_a_colleague(asks: Asker) -> None:
    report = await report_billing(asks("lea"), order_id="A-20417", problem=BillingProblem.CHARGED_TWICE)
    assert isinstance(report, BillingReported)
    assert (report.outcome, report.refund.amount, report.answer_by) == ("one_charge", 0, date(2026, 11, 24))
