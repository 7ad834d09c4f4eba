"""Foreign links, markup, our own names and the prompt are found in every disguise; ordinary text is left alone."""

import pytest

from orchestrator.governance.leaks import foreign_addresses, markup, plumbing, quotes_prompt

ALLOWED = ("/help/", "https://shop.example/", "https://www.shop.example")


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/a", "see HTTP://EVIL.EXAMPLE", "//evil.example/a", "www.evil.example", "evil.com",
        "pay at evil.co.uk/x now", "[here](https://evil.example)",
        "[here](javascript:alert(1))", "javascript:alert(1)", "data:text/html,x", "mailto:a@evil.example", "![x](/help/a.png)",
        "![x](https://shop.example/x.png)",
        "![x][1]", "[1]: https://evil.example", "https://shop.example.evil.example/", "https://www.shop.example.evil.com/",
        "[x](/admin)", "ftp://evil.example",
        "https://shop.example@evil.example/", "go to bit.ly/abc", "[a](//evil.example)",
    ],
)  # fmt: skip
def test_a_foreign_address_is_found(text: str) -> None:
    assert foreign_addresses(text, ALLOWED)


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/help", "[help](/help/en/returns)", "shop.example/help", "See www.shop.example.", "either/or", "24/7",
        "1.5.", "e.g. this", "lea@example.ch",
        "km/h", "and/or", "CHF 4.90.Then", "It is done.Next", "https://www.shop.example/x",
    ],
)  # fmt: skip
def test_an_address_of_ours_or_none_is_not(text: str) -> None:
    assert foreign_addresses(text, ALLOWED) == ()


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "<script",
        "<img src=x>",
        "&#x3c;",
        "&lt;",
        "```json",
        "<|im_start|>",
        "a\u200bb",
        "\u202eabc",
        "\U000e0041",
        "</div>",
        "<!-- x -->",
    ],
)
def test_markup_and_hidden_characters_are_found(text: str) -> None:
    assert markup(text)


@pytest.mark.parametrize(
    "text", ["a < b", "<3", "5 > 4", "AT&T", "R&D; more", "*bold* and _soft_", "- item", "👨‍👩‍👧 family", "Müller & Co.;", "“quoted”"]
)
def test_ordinary_signs_are_no_markup(text: str) -> None:
    assert markup(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I call open_return now",
        "order_id is missing",
        '{"order": 1}',
        "{{ name }}",
        "3f2b8c1e-aaaa-bbbb-cccc-0123456789ab",
        "see Switchboard",
        "deadbeef" * 4,
    ],
)
def test_names_of_our_own_parts_are_found(text: str) -> None:
    assert plumbing(text, {"Switchboard"})


@pytest.mark.parametrize("text", ["Open a return", "A-20417", "snake case", "{a}", "the switchboards", "e_", "100_000 times"])
def test_ordinary_words_are_no_names_of_ours(text: str) -> None:
    assert plumbing(text, {"Switchboard"}) == ()


PROMPT = (
    "Never say that something was done unless a tool's result in this conversation says so. Give no legal or medical advice to anybody."
)


def test_a_recital_of_the_prompt_is_found_in_other_case_and_dress() -> None:
    assert quotes_prompt("My rules: **never say** that SOMETHING was done unless a tool’s result in it.", PROMPT)
    assert not quotes_prompt("I never say that something is done when it is not.", PROMPT)
    assert not quotes_prompt("Never say that something was done unless a tool's result", "")


def test_what_may_be_shown_is_no_recital() -> None:
    text = "Give no legal or medical advice to anybody, never say"
    assert quotes_prompt(text, PROMPT + " never say") == "give no legal or medical advice to anybody never"
    assert not quotes_prompt(text, PROMPT + " never say", (text,))
