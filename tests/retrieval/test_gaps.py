import pytest

from orchestrator.retrieval.gaps import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jana.roth@example.ch please", "write to [email] please"),
        ("call me: +41 79 123 45 67", "call me: [phone]"),
        ("my number is 079 123 45 67.", "my number is [phone]."),
        ("where is A-20417 and R-30112?", "where is [id] and [id]?"),
        ("card 4111 1111 1111 1111 was charged", "card [number] was charged"),
        ("IBAN CH93 0076 2011 6238 5295 7", "IBAN [iban]"),
        ("see https://example.com/o/12?mail=x", "see [link]"),
        ("customer 20417", "customer [number]"),
        ("does the  Alba hold\n1.7 litres at 2200 watts for 30 days?", "does the Alba hold 1.7 litres at 2200 watts for 30 days?"),
        ("open on 24 December from 08:00 to 18:00?", "open on 24 December from 08:00 to 18:00?"),
    ],
)
def test_what_points_to_a_person_is_replaced_and_the_rest_stays(text: str, expected: str):
    assert redact(text) == expected
