from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agents.tools.claims import (
    ClaimOpened,
    ClaimPreview,
    Remedy,
    report_damage,
    report_damage_preview,
    report_missing,
    report_wrong_item_preview,
)
from agents.tools.exchanges import ExchangeOpened, ExchangePreview, exchange_item, exchange_item_preview
from agents.tools.return_progress import RefundState, refund_status
from agents.tools.warranty import WarrantyClaimOpened, open_warranty_claim
from orchestrator import ToolRefused
from orchestrator.connectors.goods import StockLevel
from orchestrator.connectors.sample import SampleShop
from orchestrator.connectors.sample.database import ShopDatabase
from orchestrator.connectors.sample.goods_files import Goods

from .conftest import NOW, Asker

pytestmark = pytest.mark.anyio
KETTLE = {"order_id": "A-20417", "item": "alba-kettle"}


class Stocked(SampleShop):
    """A shop with so many pieces of everything."""

    def __init__(self, goods: Goods, file: Path, pieces: int) -> None:
        super().__init__(goods, ShopDatabase(file))
        self._pieces = pieces

    async def stock(self, product_ids: Sequence[str]) -> Mapping[str, StockLevel]:
        return {id: StockLevel(online=self._pieces, stores={}) for id in product_ids}


async def test_the_same_again_costs_nothing_and_leaves_on_the_next_business_day(asks: Asker) -> None:
    preview = await exchange_item_preview(asks("lea"), **KETTLE, wanted="alba-kettle")
    assert isinstance(preview, ExchangePreview)
    assert (preview.direction, preview.difference.amount, preview.ships_on) == ("even", 0, date(2026, 11, 24))
    assert (preview.street, preview.city) == ("4 Rue du Lac", "Vevey")
    done = await exchange_item(asks("lea"), **KETTLE, wanted="alba-kettle")
    assert isinstance(done, ExchangeOpened)
    assert done.exchange_id == "E-1182"
    with pytest.raises(ToolRefused) as refused:
        await exchange_item(asks("lea", key="b"), **KETTLE, wanted="alba-kettle")
    assert refused.value.code == "already_exchanged"


@pytest.mark.parametrize(
    ("wanted", "direction", "difference"),
    [("alba-kettle:black", "even", "0"), ("alba-glass-kettle", "to_pay", "10.00"), ("alba-travel-kettle", "to_refund", "20.00")],
)
async def test_a_dearer_model_is_paid_and_a_cheaper_one_refunded(
    asks: Asker, goods: Goods, shop_file: Path, wanted: str, direction: str, difference: str
) -> None:
    preview = await exchange_item_preview(replace(asks("lea"), connectors=(Stocked(goods, shop_file, 9),)), **KETTLE, wanted=wanted)
    assert isinstance(preview, ExchangePreview)
    assert (preview.direction, preview.difference.amount) == (direction, Decimal(difference))


async def test_a_sold_out_model_is_refused_and_a_sold_out_replacement_refunded(asks: Asker, goods: Goods, shop_file: Path) -> None:
    ask = replace(asks("lea"), connectors=(Stocked(goods, shop_file, 0),))
    with pytest.raises(ToolRefused) as refused:
        await exchange_item_preview(ask, **KETTLE, wanted="alba-glass-kettle")
    assert refused.value.code == "out_of_stock"
    assert refused.value.facts["wanted"] == "bouilloire en verre Alba"
    preview = await report_damage_preview(ask, **KETTLE, remedy=Remedy.REPLACEMENT)
    assert isinstance(preview, ClaimPreview)
    assert (preview.remedy, preview.sold_out, preview.refund.amount) == (Remedy.REFUND, True, Decimal("59.90"))


@pytest.mark.parametrize("wanted", ["nido-mattress-160-200", "alba-kettle:purple", "nonsense", ""])
async def test_only_other_products_of_the_kind_are_exchanged_for(asks: Asker, wanted: str) -> None:
    with pytest.raises(ToolRefused) as refused:
        await exchange_item(asks("lea"), **KETTLE, wanted=wanted)
    assert refused.value.code == "choice_unknown"


async def test_damage_is_replaced_at_once_and_the_old_one_comes_back_free(asks: Asker) -> None:
    claim = await report_damage(asks("lea"), **KETTLE, remedy=Remedy.REPLACEMENT)
    assert isinstance(claim, ClaimOpened)
    assert (claim.outcome, claim.ships_on, claim.refund.amount) == ("replacement", date(2026, 11, 24), 0)
    assert claim.send_back


async def test_what_was_missing_need_not_come_back(asks: Asker) -> None:
    claim = await report_missing(asks("lea"), **KETTLE, remedy=Remedy.REFUND)
    assert isinstance(claim, ClaimOpened)
    assert (claim.outcome, claim.send_back, claim.send_by) == ("refund", False, None)
    assert claim.refund.amount == Decimal("59.90")
    assert claim.refund_by == date(2026, 11, 30)
    state = await refund_status(asks("lea"))
    assert isinstance(state, RefundState)
    assert state.outcome == "at_warehouse"


@pytest.mark.parametrize(("days", "code"), [(0, ""), (1, "warranty_instead")])
async def test_damage_is_reported_within_14_days(asks: Asker, days: int, code: str) -> None:
    ask = asks("lea", now=NOW + timedelta(days=days))
    if not code:
        assert isinstance(await report_damage_preview(ask, **KETTLE, remedy=Remedy.REFUND), ClaimPreview)
        return
    with pytest.raises(ToolRefused) as refused:
        await report_damage_preview(ask, **KETTLE, remedy=Remedy.REFUND)
    assert refused.value.code == code


async def test_a_wrong_item_is_too_late_after_14_days(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await report_wrong_item_preview(asks("lea", now=NOW + timedelta(days=1)), **KETTLE, remedy=Remedy.REFUND)
    assert refused.value.code == "too_late"


async def test_a_warranty_claim_is_open_once_per_item(asks: Asker) -> None:
    claim = await open_warranty_claim(asks("james"), order_id="A-20139", item="brezza-humidifier", problem="no mist  any more")
    assert isinstance(claim, WarrantyClaimOpened)
    assert claim.covered_until == date(2031, 10, 2)
    with pytest.raises(ToolRefused) as refused:
        await open_warranty_claim(asks("james", key="b"), order_id="A-20139", item="brezza-humidifier", problem="still none")
    assert refused.value.code == "already_claimed"
    assert refused.value.facts["claim_id"] == claim.claim_id


async def test_the_warranty_of_a_cushion_ends_after_two_years(asks: Asker) -> None:
    with pytest.raises(ToolRefused) as refused:
        await open_warranty_claim(
            asks("giulia", now=NOW + timedelta(days=800)), order_id="A-20405", item="sera-cushion", problem="seam open"
        )
    assert refused.value.code == "out_of_warranty"
    assert refused.value.facts["covered_until"] == date(2028, 11, 10)
