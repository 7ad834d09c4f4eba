"""The keys of a telephone: digits add up to one answer; `#` sends it, `*` takes the last one back, and 0 alone asks for a person."""

DIGITS = frozenset("0123456789")
LONGEST = 32
HUMAN = "0"


class Keypad:
    """What the caller has typed so far."""

    def __init__(self) -> None:
        self._typed = ""

    @property
    def typed(self) -> str:
        """The digits that wait."""
        return self._typed

    def press(self, key: str) -> bool:
        """Takes a key and says whether the answer is complete by it. Keys that no telephone has are passed over."""
        if key in DIGITS and len(self._typed) < LONGEST:
            self._typed += key
        elif key == "*":
            self._typed = self._typed[:-1]
        return bool(self._typed) and (key == "#" or len(self._typed) == LONGEST)

    def take(self) -> str:
        """What was typed, which is then forgotten."""
        typed, self._typed = self._typed, ""
        return typed
