import pytest

from orchestrator.channels.keypad import LONGEST, Keypad


@pytest.mark.parametrize(
    ("keys", "typed"), [("123", "123"), ("12*3", "13"), ("1**2", "2"), ("*", ""), ("1A2x", "12"), ("", ""), ("1" * 99, "1" * LONGEST)]
)
def test_digits_add_up(keys: str, typed: str) -> None:
    keypad = Keypad()
    for key in keys:
        keypad.press(key)
    assert keypad.typed == typed
    assert keypad.take() == typed
    assert keypad.typed == ""


def test_an_answer_is_complete_with_a_hash_or_when_it_is_as_long_as_any() -> None:
    keypad = Keypad()
    assert not keypad.press("#")
    assert not keypad.press("1")
    assert keypad.press("#")
    keypad.take()
    assert [keypad.press("1") for _ in range(LONGEST)] == [False] * (LONGEST - 1) + [True]
