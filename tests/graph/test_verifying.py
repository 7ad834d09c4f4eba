"""Who is writing: proof by order and address, or by a code; and not a word more to anybody else."""

import pytest

from .journey import JAMES, Journey

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("address", [JAMES, JAMES.upper(), "N1 8HQ", "n18hq"])
async def test_an_order_with_its_address_proves_who_is_writing(visitor: Journey, address: str) -> None:
    asked = await visitor.says("Where is order A-20459?")
    assert (asked.asks, asked.calls) == ("identity", ())
    seen = await visitor.says(address)
    assert (seen.asks, seen.calls) == ("", ("order_status",))
    assert (await visitor.state()).customer_id


async def test_proof_in_the_first_message_asks_nothing(visitor: Journey) -> None:
    assert (await visitor.says(f"Where is order A-20459? My e-mail is {JAMES}")).calls == ("order_status",)


async def test_proof_is_asked_once_for_the_whole_conversation(visitor: Journey) -> None:
    await visitor.says(f"Where is order A-20459? My e-mail is {JAMES}")
    assert (await visitor.says("Please send me the invoice of order A-20459")).calls == ("send_invoice",)


async def test_what_was_asked_before_the_proof_is_not_asked_again(visitor: Journey) -> None:
    await visitor.says("I want to return the chef's knife of order A-20459, I changed my mind")
    assert (await visitor.says(JAMES)).asks == "confirmation"
    form = await visitor.form()
    assert form is not None
    assert dict(form.values) == {"order_id": "A-20459", "item": "pico-chef-knife", "reason": "changed_mind"}


async def test_the_order_that_proved_it_is_the_one_that_is_meant(visitor: Journey) -> None:
    await visitor.says("Where is order A-99999?")
    seen = await visitor.says(f"sorry, it is A-20459, {JAMES}")
    assert seen.calls == ("order_status",)
    assert ("order_id", "A-20459") in visitor.calls[0].arguments


async def test_foreign_and_missing_orders_are_answered_with_the_same_words(visitor: Journey) -> None:
    foreign, missing = visitor.elsewhere("foreign", "web"), visitor.elsewhere("missing", "web")
    seen = [
        await one.says(f"Where is order {order}? My e-mail is mallory@example.com")
        for one, order in ((foreign, "A-20459"), (missing, "A-99999"))
    ]
    assert seen[0].text == seen[1].text
    assert [one.asks for one in seen] == ["identity", "identity"]


async def test_after_three_wrong_tries_a_human_takes_over(visitor: Journey) -> None:
    seen = [
        await visitor.says(text)
        for text in ("Where is order A-20459?", "mallory@example.com", "A-20459, postcode 9999", "A-20459, m@example.org")
    ]
    assert [one.escalated for one in seen] == ["", "", "", "repeated_failure"]
    assert not any(one.calls for one in seen)
    assert (await visitor.state()).customer_id == ""


async def test_a_code_by_e_mail_proves_it_and_the_request_goes_on(visitor: Journey) -> None:
    await visitor.says("Where is my order?")
    sent = await visitor.says(JAMES)
    assert sent.asks == "identity"
    assert JAMES not in sent.text
    [(address, code)] = visitor.mailbox.codes
    assert address == JAMES
    assert (await visitor.says(f"it is {code}")).calls == ("order_status",)


async def test_a_wrong_code_opens_nothing_and_the_right_one_still_does(visitor: Journey) -> None:
    await visitor.says("Where is my order?")
    await visitor.says(JAMES)
    code = visitor.mailbox.codes[0][1]
    wrong = await visitor.says("111111" if code != "111111" else "222222")
    assert (wrong.asks, wrong.calls) == ("identity", ())
    assert (await visitor.says(code)).calls == ("order_status",)


async def test_an_expired_code_opens_nothing(visitor: Journey) -> None:
    await visitor.says("Where is my order?")
    await visitor.says(JAMES)
    visitor.clock.forward(minutes=10)
    late = await visitor.says(visitor.mailbox.codes[0][1])
    assert (late.asks, late.calls) == ("identity", ())


async def test_known_and_unknown_e_mail_addresses_are_answered_alike(visitor: Journey) -> None:
    known, unknown = visitor.elsewhere("known", "web"), visitor.elsewhere("unknown", "web")
    for one, address in ((known, JAMES), (unknown, "jacques@example.co.uk")):
        await one.says("Where is my order?")
        await one.says(address)
    assert [address for address, _ in visitor.mailbox.codes] == [JAMES]
    texts = [(await one.messages())[-1].text for one in (known, unknown)]
    assert texts[0] == texts[1]
    wrong = [(await one.says("000001")).text for one in (known, unknown)]
    assert wrong[0] == wrong[1]


async def test_used_up_tries_sound_like_a_code_that_was_sent(visitor: Journey) -> None:
    for number in range(3):
        one = visitor.elsewhere(f"c{number}", "web")
        await one.says("Where is my order?")
        await one.says(JAMES)
        for _ in range(2):
            await one.says("000001" if visitor.mailbox.codes[-1][1] != "000001" else "000002")
    codes = len(visitor.mailbox.codes)
    last = visitor.elsewhere("last", "web")
    await last.says("Where is my order?")
    seen = await last.says(JAMES)
    assert (seen.asks, seen.escalated, len(visitor.mailbox.codes)) == ("identity", "", codes)
    assert "j…@example.co.uk" in seen.text


async def test_an_order_of_somebody_else_looks_like_a_missing_one_to_a_signed_in_customer(james: Journey) -> None:
    foreign, missing = james.elsewhere("foreign", "web"), james.elsewhere("missing", "web")
    seen = [await one.says(f"Where is order {order}?") for one, order in ((foreign, "A-20525"), (missing, "A-99999"))]
    assert seen[0].text.replace("A-20525", "A-99999") == seen[1].text
