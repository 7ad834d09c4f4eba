"""A form from its first message to its one effect: what it fills, what it asks, and what makes it stop."""

from dataclasses import replace

import pytest

from orchestrator.connectors.sample import SampleShop

from .journey import LUKAS, Journey

pytestmark = pytest.mark.anyio
KNIFE = "I want to return the chef's knife, I changed my mind"


async def returned(shop: SampleShop) -> list[str]:
    return [case.product_id for case in await shop.returns("c-0006") if case.order_id == "A-20459"]


async def test_a_message_that_says_everything_is_only_confirmed(james: Journey, shop: SampleShop) -> None:
    seen = await james.says(KNIFE)
    form = await james.form()
    assert (seen.asks, seen.calls, await returned(shop)) == ("confirmation", (), [])
    assert form is not None
    assert dict(form.values) == {"order_id": "A-20459", "item": "pico-chef-knife", "reason": "changed_mind"}


async def test_one_thing_is_asked_at_a_time_with_the_choices_there_are(james: Journey) -> None:
    first = await james.says("I want to send something back")
    assert (first.asks, first.choices) == ("item", ("Pico chef's knife", "Pico cutting board"))
    assert first.text.count("?") == 1
    second = await james.says("the second one")
    assert second.asks == "reason"
    assert len(second.choices) > 1
    third = await james.says("I don't need it after all")
    assert third.asks == "confirmation"
    assert "cutting board" in third.text


@pytest.mark.parametrize("answer", ["Pico cutting board", "the board", "the cuting bord", "2"])
async def test_a_choice_is_understood_however_it_is_named(james: Journey, answer: str) -> None:
    await james.says("I want to send something back")
    assert (await james.says(answer)).asks == "reason"
    form = await james.form()
    assert form is not None
    assert form.values["item"] == "pico-board"


async def test_nothing_happens_before_a_yes_and_exactly_one_thing_after_it(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    done = await james.says("yes please")
    assert done.calls == ("open_return",)
    assert james.calls[0].effect
    assert await returned(shop) == ["pico-chef-knife"]
    assert (await james.says("yes")).calls == ()
    assert await returned(shop) == ["pico-chef-knife"]


async def test_yes_but_is_not_a_yes(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    seen = await james.says("yes but I would like to keep it until tomorrow")
    assert (seen.asks, seen.calls, await returned(shop)) == ("confirmation", (), [])


async def test_no_leaves_everything_as_it_was(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    seen = await james.says("no")
    assert (seen.asks, seen.calls, await returned(shop), await james.form()) == ("", (), [], None)


async def test_no_the_other_one_corrects_what_was_about_to_happen(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    corrected = await james.says("no, the other one")
    assert (corrected.asks, corrected.calls) == ("confirmation", ())
    assert "cutting board" in corrected.text
    await james.says("yes")
    assert await returned(shop) == ["pico-board"]


async def test_another_value_at_the_confirmation_changes_it_and_is_confirmed_anew(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    form = await james.form()
    assert form is not None
    changed = await james.says("actually it arrived faulty")
    after = await james.form()
    assert (changed.asks, changed.calls, await returned(shop)) == ("confirmation", (), [])
    assert after is not None
    assert (form.values["reason"], after.values["reason"]) == ("changed_mind", "faulty")


async def test_a_question_in_between_is_answered_and_the_form_comes_back(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    seen = await james.says("How long is the warranty on pans?")
    assert (seen.agent, seen.asks) == ("support", "confirmation")
    assert any("warranty" in url for url in seen.cites)
    assert "chef's knife" in seen.text
    assert (await james.says("yes")).calls == ("open_return",)
    assert await returned(shop) == ["pico-chef-knife"]


async def test_another_task_in_between_is_finished_first(james: Journey) -> None:
    await james.says("I want to send something back")
    seen = await james.says("Please send me the invoice of order A-20459")
    assert (seen.calls, seen.asks) == (("send_invoice",), "item")
    state = await james.state()
    assert state.form is not None
    assert (state.form.tool, state.suspended) == ("open_return", ())


async def test_cancelling_drops_the_form(james: Journey, shop: SampleShop) -> None:
    await james.says("I want to send something back")
    seen = await james.says("forget it")
    assert (seen.asks, seen.calls, await james.form(), await returned(shop)) == ("", (), None, [])


async def test_the_same_question_is_asked_a_limited_number_of_times_and_then_a_human_takes_over(james: Journey) -> None:
    await james.says("I want to send something back")
    seen = [await james.says("qwertz uiop") for _ in range(3)]
    assert [one.asks for one in seen] == ["item", "item", ""]
    assert [one.escalated for one in seen] == ["", "", "repeated_failure"]
    packet = (await james.ticket()).packet
    assert packet.open_forms == ("open_return: order_id=A-20459",)


async def test_a_plain_answer_is_asked_for_a_limited_number_of_times(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    seen = [await james.says("qwertz uiop") for _ in range(3)]
    assert [one.asks for one in seen] == ["confirmation", "confirmation", ""]
    assert (seen[-1].escalated, await returned(shop)) == ("repeated_failure", [])


async def test_a_confirmation_is_good_for_ten_minutes(james: Journey, shop: SampleShop) -> None:
    await james.says(KNIFE)
    james.clock.forward(minutes=10, seconds=1)
    late = await james.says("yes")
    assert (late.asks, late.calls, await returned(shop)) == ("confirmation", (), [])
    james.clock.forward(minutes=10)
    assert (await james.says("yes")).calls == ("open_return",)


async def test_what_a_rule_forbids_is_refused_before_it_is_confirmed(james: Journey) -> None:
    seen = await james.says("I want to return order A-20139, I changed my mind")
    assert (seen.asks, seen.calls, seen.escalated, await james.form()) == ("", (), "", None)
    assert "30 days" in seen.text


async def test_what_a_rule_leaves_to_people_goes_to_a_human_with_the_rules_words(james: Journey) -> None:
    lukas = replace(james, customer=LUKAS)
    seen = await lukas.says("I want to return the espresso machine, I changed my mind")
    assert (seen.escalated, seen.calls) == ("policy_limit", ())
    assert {"439", "300"} <= set(seen.text.replace("€", " ").split())
    packet = (await lukas.ticket()).packet
    assert packet.next_step.startswith("decide:")
    assert packet.open_forms
    assert "order_id=A-20470" in packet.open_forms[0]


async def test_what_memory_knows_is_never_asked(james: Journey) -> None:
    assert (await james.says("Please send me an invoice")).asks == "order_id"
    await james.says("forget it")
    await james.says("Where is order A-20139?")
    seen = await james.says("Please send me an invoice")
    assert (seen.asks, seen.calls) == ("", ("send_invoice",))
    assert ("order_id", "A-20139") in james.calls[0].arguments


async def test_what_was_told_in_one_conversation_is_known_in_the_next(james: Journey) -> None:
    await james.says("Where is order A-20139?")
    later = james.elsewhere("c2")
    assert (await later.says("Please send me an invoice")).calls == ("send_invoice",)
    assert ("order_id", "A-20139") in later.calls[0].arguments
