from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agents.tools.orders import cancel_order
from agents.tools.return_progress import (
    LabelFormat,
    LabelSent,
    RefundState,
    ReturnCancelled,
    ReturnState,
    cancel_return,
    refund_status,
    return_status,
    send_label,
)
from agents.tools.returns import ReturnCheck, ReturnOpened, ReturnPreview, ReturnReason, check_return, open_return, open_return_preview
from orchestrator import Money, ToolRefused
from orchestrator.connectors.sample import SampleShop
from orchestrator.connectors.sample.goods_files import Goods
from orchestrator.project.policy import Policy

from .conftest import NOW, Asker

pytestmark = pytest.mark.anyio
KETTLE = {"order_id": "A-20417", "item": "alba-kettle"}


def marked(shop: SampleShop, goods: Goods, mark: str) -> SampleShop:
    kettle = replace(goods.products["alba-kettle"], marks=frozenset({mark}))
    return SampleShop(replace(goods, products={**goods.products, "alba-kettle": kettle}), shop.database)


async def test_the_kettle_can_go_back_until_9_december(asks: Asker) -> None:
    check = await check_return(asks("lea"), **KETTLE)
    assert isinstance(check, ReturnCheck)
    assert check.outcome == "eligible"
    assert check.item == "bouilloire Alba"
    assert (check.delivered_on, check.until, check.days_left) == (date(2026, 11, 9), date(2026, 12, 9), 16)
    assert check.refund == Money(amount=Decimal("55.00"), currency="CHF")
    assert check.label_fee == Money(amount=Decimal("4.90"), currency="CHF")


@pytest.mark.parametrize(("days", "outcome"), [(0, "eligible"), (16, "eligible"), (17, "too_late"), (400, "too_late")])
async def test_the_window_closes_after_its_last_day(asks: Asker, days: int, outcome: str) -> None:
    check = await check_return(asks("lea", now=NOW + timedelta(days=days)), **KETTLE)
    assert isinstance(check, ReturnCheck)
    assert check.outcome == outcome


async def test_an_order_outside_the_window_is_too_late_with_its_dates(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await open_return_preview(asks("james"), order_id="A-20139", item="brezza-humidifier", reason=ReturnReason.CHANGED_MIND)
    assert refused.value.code == "too_late"
    assert refused.value.facts["until"] == date(2026, 11, 1)
    assert refused.value.facts["days"] == 30


async def test_a_fault_outside_the_window_is_a_matter_of_warranty(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await open_return_preview(asks("james"), order_id="A-20139", item="brezza-humidifier", reason=ReturnReason.FAULTY)
    assert refused.value.code == "warranty_instead"
    assert refused.value.facts["warranty_until"] == date(2028, 10, 2)


@pytest.mark.parametrize(
    ("reason", "refund", "fee"),
    [(ReturnReason.CHANGED_MIND, "55.00", "4.90"), (ReturnReason.WRONG_SIZE, "55.00", "4.90"), (ReturnReason.FAULTY, "59.90", None)],
)
async def test_the_label_is_taken_off_unless_the_fault_is_ours(asks: Asker, reason: ReturnReason, refund: str, fee: str | None) -> None:
    preview = await open_return_preview(asks("lea"), **KETTLE, reason=reason)
    assert isinstance(preview, ReturnPreview)
    assert preview.refund.amount == Decimal(refund)
    assert (preview.label_fee.amount if preview.label_fee else None) == (Decimal(fee) if fee else None)
    assert preview.payment == "TWINT"


async def test_a_return_is_opened_once_per_key(asks: Asker, shop: SampleShop) -> None:
    first = await open_return(asks("lea"), **KETTLE, reason=ReturnReason.FAULTY)
    assert isinstance(first, ReturnOpened)
    assert first.outcome == "label_free"
    assert first.return_id.startswith("R-")
    assert first.email == "lea.rochat@example.ch"
    with pytest.raises(ToolRefused) as refused:
        await open_return(asks("lea", key="other"), **KETTLE, reason=ReturnReason.FAULTY)
    assert refused.value.code == "already_returned"
    assert refused.value.facts["return_id"] == first.return_id
    assert len(await shop.returns("c-0001")) == 1


@pytest.mark.parametrize("order_id", ["A-20417", "A-99999", "A-20405"])
async def test_a_foreign_order_is_refused_like_a_missing_one(asks: Asker, order_id: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await open_return(asks("marie"), order_id=order_id, item="alba-kettle", reason=ReturnReason.FAULTY)
    assert refused.value.code == "order_not_found"
    assert refused.value.facts == {"order_id": order_id}


async def test_an_item_that_was_not_bought_is_refused_with_those_that_were(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await check_return(asks("lea"), order_id="A-20417", item="alba-toaster")
    assert refused.value.code == "item_not_in_order"
    assert refused.value.facts["items"] == ("bouilloire Alba", "poêle Monte 28 cm")


async def test_an_order_on_its_way_is_not_returned(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await open_return(asks("jonas"), order_id="A-20525", item="lumo-floor-lamp", reason=ReturnReason.CHANGED_MIND)
    assert refused.value.code == "not_delivered"


@pytest.mark.parametrize(("limit", "refused"), [("59.90", False), ("59.89", True)])
async def test_a_refund_above_the_limit_needs_a_human(asks: Asker, policy: Policy, limit: str, refused: bool) -> None:
    rules = {**policy.rules, "returns": {**policy.rules["returns"], "refund_without_human": {"CHF": limit}}}
    ask = replace(asks("lea"), policy=policy.model_copy(update={"rules": rules}))
    if not refused:
        assert isinstance(await open_return(ask, **KETTLE, reason=ReturnReason.FAULTY), ReturnOpened)
        return
    for attempt in (open_return, open_return_preview):
        with pytest.raises(ToolRefused) as refusal:
            await attempt(ask, **KETTLE, reason=ReturnReason.FAULTY)
        assert refusal.value.code == "needs_human"
        assert refusal.value.facts["limit"] == Money(amount=Decimal(limit), currency="CHF")


@pytest.mark.parametrize(("mark", "rule"), [("gift_card", "gift_card"), ("personalised", "personalised"), ("hygiene", "opened_hygiene")])
async def test_what_the_rules_exclude_goes_back_only_when_faulty(asks: Asker, shop: SampleShop, goods: Goods, mark: str, rule: str) -> None:
    ask = replace(asks("lea"), connectors=(marked(shop, goods, mark),))
    check = await check_return(ask, **KETTLE)
    assert isinstance(check, ReturnCheck)
    assert check.outcome == "excluded"
    with pytest.raises(ToolRefused) as refused:
        await open_return_preview(ask, **KETTLE, reason=ReturnReason.CHANGED_MIND)
    assert (refused.value.code, refused.value.facts["rule"]) == ("excluded", rule)
    assert isinstance(await open_return_preview(ask, **KETTLE, reason=ReturnReason.DAMAGED), ReturnPreview)


async def test_bedding_may_be_slept_on_for_60_nights(asks: Asker, shop: SampleShop, goods: Goods) -> None:
    ask = replace(asks("lea", now=NOW + timedelta(days=40)), connectors=(marked(shop, goods, "trial"),))
    check = await check_return(ask, **KETTLE)
    assert isinstance(check, ReturnCheck)
    assert (check.outcome, check.until) == ("on_trial", date(2027, 1, 8))


async def test_members_of_the_loyalty_programme_pay_no_label(asks: Asker) -> None:
    arrived = asks("jonas")
    customer = await arrived.connector(SampleShop).shop_customer("c-0002")
    assert customer is not None
    assert customer.loyalty
    with pytest.raises(ToolRefused) as refused:
        await open_return_preview(arrived, order_id="A-20525", item="lumo-bulb", reason=ReturnReason.CHANGED_MIND)
    assert refused.value.code == "not_delivered"
    check = await check_return(arrived, order_id="A-20525", item="lumo-bulb")
    assert isinstance(check, ReturnCheck)
    assert (check.outcome, check.label_fee) == ("not_delivered", None)


async def test_giulias_refund_is_due_within_five_business_days_of_arrival(asks: Asker) -> None:
    state = await refund_status(asks("giulia"))
    assert isinstance(state, RefundState)
    assert state.outcome == "at_warehouse"
    assert (state.return_id, state.item) == ("R-30112", "plaid Nido")
    assert (state.received_on, state.expected_by) == (date(2026, 11, 19), date(2026, 11, 26))
    assert state.payment == "Mastercard"


async def test_a_refund_that_did_not_come_is_overdue(asks: Asker) -> None:
    state = await refund_status(asks("giulia", now=NOW + timedelta(days=5)), return_id="R-30112")
    assert isinstance(state, RefundState)
    assert state.outcome == "overdue"


async def test_a_foreign_return_is_refused_like_a_missing_one(asks: Asker) -> None:
    await open_return(asks("lea"), **KETTLE, reason=ReturnReason.FAULTY)
    for return_id in ("R-30112", "R-99999"):
        with pytest.raises(ToolRefused) as refused:
            await refund_status(asks("lea"), return_id=return_id)
        assert refused.value.code == "return_not_found"
        assert refused.value.facts == {"return_id": return_id}


async def test_who_sent_nothing_back_has_no_returns(asks: Asker) -> None:
    for tool in (refund_status, return_status):
        with pytest.raises(ToolRefused) as refused:
            await tool(asks("james"))
        assert refused.value.code == "no_returns"


async def test_a_return_is_labelled_and_called_off_while_the_parcel_is_here(asks: Asker) -> None:
    opened = await open_return(asks("lea"), **KETTLE, reason=ReturnReason.CHANGED_MIND)
    assert isinstance(opened, ReturnOpened)
    label = await send_label(asks("lea", key="label"), return_id=opened.return_id, format=LabelFormat.QR_CODE)
    assert isinstance(label, LabelSent)
    assert label.outcome == "qr_code"
    state = await return_status(asks("lea"))
    assert isinstance(state, ReturnState)
    assert state.outcome == "not_sent"
    kept = await cancel_return(asks("lea", key="keep"), return_id=opened.return_id)
    assert isinstance(kept, ReturnCancelled)
    assert kept.return_until == date(2026, 12, 9)
    with pytest.raises(ToolRefused) as refused:
        await send_label(asks("lea", key="again"), return_id=opened.return_id)
    assert refused.value.code == "return_cancelled"


async def test_a_return_at_the_warehouse_is_not_called_off(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await cancel_return(asks("giulia"), return_id="R-30112")
    assert refused.value.code == "already_received"
    assert refused.value.facts["expected_by"] == date(2026, 11, 26)


async def test_a_cancelled_order_has_nothing_to_return(asks: Asker) -> None:
    await cancel_order(asks("ana"), order_id="A-20536")
    with pytest.raises(ToolRefused) as refused:
        await open_return(asks("ana", key="b"), order_id="A-20536", item="terra-mugs", reason=ReturnReason.CHANGED_MIND)
    assert refused.value.code == "order_cancelled"
    assert refused.value.facts["item"] == "canecas Terra"
    state = await refund_status(asks("ana"))
    assert isinstance(state, RefundState)
    assert (state.outcome, state.refund.amount, state.expected_by) == ("cancelled_order", Decimal("3048.00"), date(2026, 11, 30))
