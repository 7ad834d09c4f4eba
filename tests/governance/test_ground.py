"""What the evidence has may be said in any spelling; what it lacks, or only the customer said, is missing."""

import json
from datetime import date

import pytest

from orchestrator.conversation import Language
from orchestrator.governance.evidence import Evidence, EvidenceKind, Ground

TODAY = date(2026, 11, 23)
RESULT = json.dumps({
    "outcome": "label_free", "return_id": "R-30112", "order_id": "A-20417", "item": "alba-kettle",
    "refund": {"amount": "59.90", "currency": "CHF"},
    "label_fee": None, "refund_days": 5, "send_by": "2026-12-07", "opens": "2026-11-24T14:00:00+01:00", "discount_percent": 10,
    "left": 17, "quantity": 42,
})  # fmt: skip
PASSAGE = (
    "Returns are open for 30 days. Faults are covered for 2 years. The label costs CHF 4.90. Shops open Monday to Saturday. Wash at 40 °C."
)


def ground(*pieces: tuple[str, EvidenceKind]) -> Ground:
    return Ground([Evidence(text=text, kind=kind) for text, kind in pieces], today=TODAY)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "CHF 59.90 goes back within 5 working days."), ("fr", "59,90 francs reviennent sous cinq jours ouvrables."),
        ("de", "Sie bekommen Fr. 59.90 in fünf Werktagen."), ("it", "Rimborsiamo 59.90 CHF in 5 giorni lavorativi."),
        ("en", "Please send it by Monday 7 December."), ("fr", "Envoyez-le avant le 7 décembre 2026."),
        ("de", "Bitte bis am 07.12.2026 senden."),
        ("pt", "Envie até 7 de dezembro."), ("es", "Envíelo antes del lunes 7 de diciembre."),
        ("it", "Lo spedisca entro lunedì 7 dicembre."),
        ("en", "It is return R-30112 of order A-20417."), ("fr", "Retour R30112, commande A-20417."), ("en", "It is about order 20417."),
        ("en", "We open tomorrow at 2 pm."), ("fr", "Nous ouvrons demain à 14 h."), ("de", "Morgen ab 14 Uhr."),
        ("en", "That is ten percent."),
        ("en", "You have 30 days, and two years for faults."), ("fr", "Vous avez trente jours, et deux ans pour les défauts."),
        ("de", "Die Garantie gilt 24 Monate."), ("en", "The label is CHF 4.90."), ("en", "Wash it at 40 degrees."),
        ("en", "Open on Saturday."),
        ("en", "You have 2 items and 3 choices, we are there 24/7."), ("en", "It must be sent in December."),
        ("en", "On the 7th at the latest."),
        ("en", "There are 17 left, and 42 were sold."), ("en", "Today is 23 November 2026."),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_in_the_evidence(language: Language, sentence: str) -> None:
    assert ground((RESULT, "tool"), (PASSAGE, "passage")).missing(sentence, language) == ()


@pytest.mark.parametrize(
    ("language", "sentence", "kind"),
    [
        ("en", "CHF 60 goes back.", "amount"), ("en", "EUR 59.90 goes back.", "amount"), ("fr", "59,90 € reviennent.", "amount"),
        ("en", "It takes 5 days.", ""), ("en", "It takes 6 working days.", "duration"), ("de", "Das dauert sieben Werktage.", "duration"),
        ("fr", "Vous avez un mois.", "duration"), ("fr", "Vous avez un délai d’un mois.", "duration"),
        ("it", "Entro due settimane.", "duration"),
        ("en", "Send it by 8 December.", "date"), ("en", "We are open on Sunday.", "date"),
        ("de", "Bis 07.12.2027.", "date"), ("es", "Antes de pasado mañana.", "date"), ("en", "We open at 3 pm.", "date"),
        ("en", "It is order A-20418.", "code"), ("en", "Use the code CERCLE10.", "code"), ("en", "That is 15 %.", "percentage"),
        ("pt", "São 15 por cento.", "percentage"), ("en", "Write to desk@evil.example.", "contact"),
        ("en", "Call +41 44 123 45 67.", "contact"),
        ("en", "There are 18 left.", "number"), ("en", "It costs 42 francs.", "amount"), ("en", "It takes 42 days.", "duration"),
        ("en", "It holds 2 litres.", "number"),
    ],
)  # fmt: skip
def test_what_the_evidence_lacks_is_missing(language: Language, sentence: str, kind: str) -> None:
    reading = {"hour": "date", "measure": "number"}
    missing = [
        reading.get(figure.kind, figure.kind) for figure in ground((RESULT, "tool"), (PASSAGE, "passage")).missing(sentence, language)
    ]
    assert missing == ([kind] if kind else [])


@pytest.mark.parametrize(
    "said", ["You promised me CHF 500 and 20 % off for 90 days", json.dumps({"note": "CHF 500, 20 % off for 90 days", "amount": 500})]
)
def test_the_customers_own_amounts_shares_and_spans_prove_nothing(said: str) -> None:
    stated = ground((said, "customer"))
    assert [figure.kind for figure in stated.missing("CHF 500 back, 20 % off, for 90 days.", "en")] == ["amount", "percentage", "duration"]


def test_the_customers_own_dates_codes_and_contacts_may_be_said_again() -> None:
    stated = ground(("my order A-20417 of 3 November, write to lea@example.ch", "customer"))
    assert stated.missing("Your order A-20417 of 03.11.2026: we write to lea@example.ch.", "en") == ()


def test_what_is_learnt_during_the_turn_counts_from_then_on() -> None:
    known = ground()
    assert known.missing("It costs CHF 59.90.", "en")
    known.add(Evidence(text='{"price": "59.90", "currency": "CHF"}', kind="tool"))
    assert known.missing("It costs CHF 59.90.", "en") == ()


def test_the_weekday_must_fit_the_date() -> None:
    known = ground(("2026-12-09", "tool"))
    assert known.missing("By Wednesday 9 December.", "en") == ()
    assert [figure.text for figure in known.missing("By Thursday 9 December.", "en")] == ["Thursday"]


def test_a_date_without_its_year_supports_the_date_of_any_year_and_the_other_way_round() -> None:
    assert ground(("until 9 December", "passage")).missing("Until 9 December 2026.", "en") == ()
    assert ground(("2026-12-09", "tool")).missing("Until 9 December.", "en") == ()


def test_no_json_is_too_broken_to_be_read_as_a_text() -> None:
    assert ground(('{"amount": 59.90, "cur', "tool")).missing("It is 59.90.", "en") == ()


PRODUCTS = {
    "alba-kettle": ["Alba kettle", "bouilloire Alba", "Wasserkocher Alba", "bollitore Alba", "chaleira Alba", "hervidor Alba"],
    "alba-glass-kettle": ["Alba glass kettle", "bouilloire en verre Alba", "Glas-Wasserkocher Alba", "bollitore in vetro Alba"],
    "sera-rug": ["Sera rug", "tapis Sera", "Teppich Sera", "tappeto Sera"],
    "sera-apron": ["Sera apron", "tablier Sera", "Schürze Sera", "grembiule Sera"],
}


@pytest.mark.parametrize(
    ("language", "sentence", "missing"),
    [
        ("en", "Your Alba kettle leaks.", 0), ("fr", "Votre bouilloire Alba fuit.", 0), ("de", "Ihr Wasserkocher Alba leckt.", 0),
        ("en", "Your Alba leaks.", 0),
        ("en", "The Alba glass kettle is nicer.", 1), ("fr", "La bouilloire en verre Alba est plus jolie.", 1),
        ("en", "Take the Sera rug.", 1),
        ("it", "Buona sera a Lei.", 0), ("en", "Which kettle is it?", 0),
    ],
)  # fmt: skip
def test_a_product_may_be_named_when_it_is_in_the_evidence(language: Language, sentence: str, missing: int) -> None:
    known = Ground([Evidence(text='{"item": "alba-kettle"}', kind="tool")], products=PRODUCTS)
    assert [figure.kind for figure in known.missing(sentence, language)] == ["product"] * missing
