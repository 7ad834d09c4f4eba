import pytest

from orchestrator.retrieval.markdown import plain_text, units
from orchestrator.retrieval.sentences import split_sentences


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "It costs CHF 4.90. We pay you back, e.g. to your card. Done!", 3),
        ("en", "Open until 18:00. See www.arvine.ch for more.", 2),
        ("fr", "Il coûte 4,90 €. L’étiquette est gratuite, p.ex. en cas de casse. « Vraiment ? » Oui.", 4),
        ("de", "Ihr Paket kommt am 3. Mai, z. B. mit der Post. Danke.", 2),
        ("es", "¿Cuánto cuesta? Cuesta 5 €. Gracias, Sra. López.", 3),
        ("it", "Lo chieda al Sig. Rossi. Grazie.", 2),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(language: str, text: str, count: int):
    found = split_sentences(text, language)
    assert len(found) == count
    assert " ".join(found) == text


def test_plain_text_has_no_markup():
    assert plain_text("**Order** the [kettle](https://x.ch) `A-1` \n- now ![Alba](/a.png)") == "Order the kettle A-1 now Alba"


def test_units_are_sentences_items_and_rows():
    blocks = ("Two ways:", "- By *post*\n- In a store.\n  Bring the receipt.", "| Land | Days |\n|---|---|\n| CH | 2–3 |")
    assert [(unit.kind, unit.text) for unit in units(blocks, "en")] == [
        ("sentence", "Two ways:"), ("item", "By post"), ("item", "In a store. Bring the receipt."), ("row", "CH: 2–3"),
    ]  # fmt: skip
