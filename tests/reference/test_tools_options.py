from collections.abc import Sequence

import pytest

from agents.returns import returns
from agents.sales import sales
from agents.support import support
from agents.tools.exchanges import exchange_item
from agents.tools.orders import cancel_order, order_status
from agents.tools.parcels import report_delay
from agents.tools.products import compare_products, product_details
from agents.tools.return_progress import cancel_return, refund_status
from agents.tools.returns import open_return
from agents.tools.stores import store_hours
from orchestrator import Option, Tool, ToolContext
from orchestrator.conversation import LANGUAGES, Language

from .conftest import Asker

pytestmark = pytest.mark.anyio


async def options(tool: Tool, slot: str, ctx: ToolContext, **filled: str) -> Sequence[Option]:
    return await tool.options[slot](ctx, filled)


async def test_an_order_reads_as_number_item_and_day(asks: Asker) -> None:
    (only,) = await options(open_return, "order_id", asks("lea"))
    assert (only.value, only.label) == ("A-20417", "A-20417 · poêle Monte 28 cm +1 · 9 nov.")
    assert {"bouilloire", "bouilloire Alba", "Alba kettle", "poêle"} <= set(only.aliases)
    assert "toaster" not in only.aliases


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "9 Nov"), ("fr", "9 nov."), ("de", "9. Nov."), ("it", "9 nov"), ("pt", "9 de nov."), ("es", "9 nov")],
)
async def test_days_read_as_the_language_writes_them(asks: Asker, language: Language, label: str) -> None:
    (only,) = await options(open_return, "order_id", asks("lea", language=language))
    assert only.label.rpartition(" · ")[2] == label


async def test_the_eligible_order_stands_alone(asks: Asker) -> None:
    assert [one.value for one in await options(open_return, "order_id", asks("james"))] == ["A-20459"]
    assert [one.value for one in await options(order_status, "order_id", asks("james"))] == ["A-20459", "A-20139"]


async def test_the_item_named_finds_its_order(asks: Asker) -> None:
    assert [one.value for one in await options(open_return, "order_id", asks("james"), item="brezza-humidifier")] == ["A-20139"]
    items = [one.value for one in await options(open_return, "item", asks("james"))]
    assert items == ["pico-chef-knife", "pico-board", "brezza-humidifier"]


async def test_an_order_that_does_not_fit_is_offered_when_it_is_the_only_one(asks: Asker) -> None:
    assert [one.value for one in await options(cancel_order, "order_id", asks("lukas"))] == ["A-20532"]
    assert [one.value for one in await options(report_delay, "order_id", asks("ana"))] == ["A-20536"]


async def test_items_that_went_back_are_not_offered(asks: Asker) -> None:
    lines = await options(open_return, "item", asks("giulia"), order_id="A-20405")
    assert [one.value for one in lines if one.offered] == ["sera-cushion"]


@pytest.mark.parametrize("order_id", ["A-20417", "A-99999"])
async def test_items_of_a_foreign_order_look_like_those_of_a_missing_one(asks: Asker, order_id: str) -> None:
    (only,) = await options(open_return, "item", asks("marie"), order_id=order_id)
    assert (only.value, only.label, only.aliases) == (order_id, order_id, ())


async def test_an_exchange_offers_the_same_colours_and_other_models(asks: Asker) -> None:
    offered = await options(exchange_item, "wanted", asks("lea"), order_id="A-20417", item="alba-kettle")
    assert offered[0].value == "alba-kettle"
    assert {"alba-kettle:white", "alba-kettle:black"} <= {one.value for one in offered}
    assert any(one.value.startswith("alba-") and ":" not in one.value for one in offered[1:])
    (only,) = await options(exchange_item, "wanted", asks("marie"), order_id="A-20417", item="alba-kettle")
    assert only.value == "none"


async def test_returns_to_send_are_those_still_with_the_customer(asks: Asker) -> None:
    assert [one.value for one in await options(cancel_return, "return_id", asks("giulia"))] == ["R-30112"]
    assert [one.label for one in await options(refund_status, "return_id", asks("giulia"))] == ["R-30112 · plaid Nido · 14 nov"]
    assert await options(cancel_return, "return_id", asks("lea")) == []


async def test_the_nearest_store_comes_first(asks: Asker) -> None:
    assert [one.value for one in await options(store_hours, "store", asks("jonas"))][:2] == ["zuerich", "lausanne"]
    assert (await options(store_hours, "store", asks("james")))[0].value == "london"
    assert len(await options(store_hours, "store", asks())) == 12


async def test_similar_products_come_first_in_a_comparison(asks: Asker) -> None:
    offered = [one.value for one in await options(compare_products, "other", asks(), product="alba-kettle")]
    assert set(offered[:2]) == {"alba-glass-kettle", "alba-travel-kettle"}
    assert "alba-kettle" not in offered


@pytest.mark.parametrize("product", ["alba-kettle", "monte-frying-pan-28", "lumo-string-lights", "alba-grinder", ""])
async def test_no_two_properties_answer_to_the_same_word(asks: Asker, product: str) -> None:
    offered = await options(product_details, "aspect", asks(), **({"product": product} if product else {}))
    words = [word.casefold() for one in offered for word in (one.label, *one.aliases)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_property_has_a_label_in_the_language(asks: Asker, language: Language) -> None:
    assert all(one.label for one in await options(product_details, "aspect", asks(language=language)))


def test_the_agents_know_52_intents_and_every_action_is_sound() -> None:
    intents = [intent for agent in (sales, support, returns) for intent in agent.intents]
    assert len({intent.name for intent in intents}) == len(intents) == 52
    for intent in intents:
        assert intent.action or intent.topics, intent.name
        if intent.action:
            assert intent.action.problems == (), intent.name
            assert not intent.action.confirm or intent.action.preview_function, intent.name
            assert not intent.action.effect or intent.action.verified, intent.name


def test_the_first_refusal_of_a_tool_says_that_there_is_nothing_to_choose() -> None:
    for agent in (sales, support, returns):
        for intent in agent.intents:
            if intent.action and intent.action.verified and intent.action.options:
                assert intent.action.refusals[0] in ("no_orders", "no_returns", "no_open_return"), intent.name
