import pytest

from orchestrator.understanding.phrases import PhraseBook, matching_form


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("talk to (a|the) human", "Can I TALK to the human?", True),
        ("talk to (a|the) human", "can I talk to humans", False),
        ("stop [now] please", "stop, please", False),
        ("stop [.] please", "stop, please", True),
        ("stop [now] please", "stop now please", True),
        ("lost ~ parcel", "I lost my very old parcel", True),
        ("lost ~ parcel", "I lost it. My parcel", False),
        ("refund*", "refunded", True),
        ("^ back $", "back!", True),
        ("^ back $", "bring it back", False),
        ("my late husband {parcel}", "my late husband", True),
        ("call me {back}", "call me back", False),
        ("don't call", "dont call", True),
        ("don't call", "don’t call", True),
        ("für mich", "fuer mich", True),
        ("für mich", "fur mich", True),
    ],
)
def test_a_phrase_is_found_as_its_notation_says(phrase: str, text: str, found: bool) -> None:
    assert bool(PhraseBook({"it": [phrase]}).labels(matching_form(text))) is found


@pytest.mark.parametrize("phrase", ["(a|b (c|d)) word", "open (a|b", "close a) word", "[maybe]", "~"])
def test_a_miswritten_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        PhraseBook({"it": [phrase]})


def test_the_longer_phrase_comes_first_where_two_start_together() -> None:
    found = PhraseBook({"short": ["not"], "long": ["not yet"]}).find(matching_form("not yet"))
    assert [one.label for one in found] == ["long", "short"]
