"""A customer's issue is one case, over conversations and channels."""

import pytest

from .journey import JAMES, Journey

pytestmark = pytest.mark.anyio


async def test_an_unfinished_case_is_taken_up_on_another_channel_where_it_stopped(james: Journey) -> None:
    await james.says("I want to send something back from order A-20459")
    await james.says("Pico cutting board")
    [case] = await james.cases()
    assert (case.status, case.facts["item"]) == ("open", "pico-board")
    james.clock.forward(days=1)
    mail = james.elsewhere("c2", "email")
    seen = await mail.says("I wrote to you yesterday about the return")
    assert (seen.agent, seen.asks) == ("returns", "reason")
    assert "23 November" in seen.text
    assert (await mail.says("I changed my mind")).asks == "confirmation"
    assert (await mail.says("yes")).calls == ("open_return",)
    [after] = await mail.cases()
    assert (after.id, after.status, after.conversation_id) == (case.id, "waiting", "c1")


async def test_a_waiting_case_is_told_again_and_nothing_is_done_twice(james: Journey) -> None:
    await james.says("I want to return the chef's knife, I changed my mind")
    done = await james.says("yes")
    number = next(word.strip("(.,:") for word in done.text.split() if word.startswith("R-"))
    james.clock.forward(days=2)
    seen = await james.elsewhere("c2", "email").says("I wrote to you about returning the knife, any news?")
    assert (seen.calls, seen.asks, seen.escalated) == ((), "", "")
    assert number in seen.text


async def test_a_look_up_closes_its_case(james: Journey) -> None:
    await james.says("Where is order A-20459?")
    assert [case.status for case in await james.cases()] == ["closed"]


async def test_an_anonymous_case_becomes_the_customers_once_they_are_known(visitor: Journey) -> None:
    await visitor.says("I want to return the chef's knife of order A-20459, I changed my mind")
    await visitor.says(JAMES)
    [case] = await visitor.cases()
    assert (case.intent, case.facts["order_id"], case.customer_id) == ("open_return", "A-20459", (await visitor.state()).customer_id)


async def test_a_case_of_one_customer_is_nobody_elses(james: Journey, lea: Journey) -> None:
    await james.says("I want to return the chef's knife, I changed my mind")
    seen = await lea.elsewhere("c9", "web").says("I wrote to you yesterday about the return")
    assert "knife" not in seen.text


async def test_the_number_of_a_return_is_known_to_the_next_question(james: Journey) -> None:
    await james.says("I want to return the chef's knife, I changed my mind")
    await james.says("yes")
    assert (await james.known())["system.return_id"].trust == "system"
    seen = await james.elsewhere("c2").says("When do I get my refund?")
    assert (seen.calls, seen.asks) == (("refund_status",), "")
