"""Several requests in one message are all answered, in order."""

import pytest

from .journey import Journey

pytestmark = pytest.mark.anyio
KNIFE = "I want to return the chef's knife, I changed my mind."
WARRANTY = "How long is the warranty on pans?"


async def test_two_questions_are_answered_one_after_the_other(james: Journey) -> None:
    seen = await james.says(f"{WARRANTY} Also, please send me the invoice of order A-20459.")
    assert (seen.calls, seen.escalated) == (("send_invoice",), "")
    assert any("warranty" in url for url in seen.cites)
    replies = [message for message in await james.messages() if message.role == "agent"]
    assert [reply.agent for reply in replies] == ["support", "support"]
    assert "10 years" in replies[0].text
    assert "F-20459" in replies[1].text


async def test_what_comes_after_a_form_waits_until_the_form_is_done(james: Journey) -> None:
    first = await james.says(f"{KNIFE} {WARRANTY}")
    assert (first.asks, first.cites) == ("confirmation", ())
    assert (await james.state()).queued == (WARRANTY,)
    done = await james.says("yes")
    assert done.calls == ("open_return",)
    assert any("warranty" in url for url in done.cites)
    assert (await james.state()).queued == ()


async def test_what_waits_is_answered_after_a_cancelled_form_too(james: Journey) -> None:
    await james.says(f"{KNIFE} {WARRANTY}")
    seen = await james.says("no")
    assert seen.calls == ()
    assert any("warranty" in url for url in seen.cites)


async def test_a_human_who_takes_over_takes_what_waits_too(james: Journey) -> None:
    await james.says(f"{KNIFE} {WARRANTY}")
    await james.says("I want to talk to a human")
    assert (await james.state()).queued == ()
