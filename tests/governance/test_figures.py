"""A figure is the same in six languages and every notation, and what only looks like one is left alone."""

import pytest

from orchestrator.conversation import Language
from orchestrator.governance.figures import figures_of


def values(text: str, language: Language = "en") -> list[str]:
    return [figure.values[0] for figure in figures_of(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "CHF 1'250.50", "amount:CHF 1250.5"), ("de", "1.250,50 CHF", "amount:CHF 1250.5"),
        ("fr", "1250.5 francs", "amount:CHF 1250.5"),
        ("fr", "1\u202f250,50\u00a0CHF", "amount:CHF 1250.5"), ("de", "Fr. 1'250.50", "amount:CHF 1250.5"),
        ("de", "20 Franken", "amount:CHF 20"),
        ("en", "twelve francs fifty", "amount:CHF 12.5"), ("fr", "douze francs cinquante", "amount:CHF 12.5"),
        ("de", "zwölf Franken fünfzig", "amount:CHF 12.5"), ("it", "dodici franchi e cinquanta centesimi", "amount:CHF 12.5"),
        ("en", "five pounds and twenty pence", "amount:GBP 5.2"), ("en", "CHF 80.–", "amount:CHF 80"), ("en", "R$59,90", "amount:BRL 59.9"),
        ("en", "$1,299.00", "amount:USD 1299"), ("en", "US$ 20", "amount:USD 20"), ("de", "1.299 €", "amount:EUR 1299"),
        ("pt", "mil reais", "amount:BRL 1000"), ("es", "treinta y cinco euros", "amount:EUR 35"),
        ("de", "zweihundertfünfzig Euro", "amount:EUR 250"), ("en", "five hundred francs", "amount:CHF 500"),
        ("en", "two thousand five hundred and twenty dollars", "amount:USD 2520"), ("fr", "deux cent cinquante francs", "amount:CHF 250"),
        ("fr", "cinq cents francs", "amount:CHF 500"), ("it", "cinquecento euro", "amount:EUR 500"),
        ("pt", "quinhentos reais", "amount:BRL 500"),
        ("es", "quinientos euros", "amount:EUR 500"), ("es", "ciento veinte euros", "amount:EUR 120"),
        ("en", "５００ CHF", "amount:CHF 500"),
        ("de", "500.–", "amount:CHF 500"), ("en", "It is 59.90", "amount:CHF 59.9"),
        ("de", "Es kostet CHF 4.10. Dann", "amount:CHF 4.1"), ("fr", "4,90 €", "amount:EUR 4.9"), ("it", "4,90 euro", "amount:EUR 4.9"),
        ("en", "10 %", "percentage:10"), ("en", "10%", "percentage:10"), ("en", "ten percent", "percentage:10"),
        ("en", "ten per cent", "percentage:10"),
        ("fr", "dix pour cent", "percentage:10"), ("de", "zehn Prozent", "percentage:10"), ("it", "dieci per cento", "percentage:10"),
        ("pt", "dez por cento", "percentage:10"), ("es", "diez por ciento", "percentage:10"), ("fr", "12,5 %", "percentage:12.5"),
    ],
)  # fmt: skip
def test_money_and_shares(language: Language, text: str, value: str) -> None:
    assert values(text, language) == ([value] if value else [])


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "3 Nov", "date:--11-03"), ("en", "November 3rd", "date:--11-03"), ("en", "the 3rd of November", "date:--11-03"),
        ("fr", "le 3 novembre", "date:--11-03"), ("fr", "le 1er mars 2027", "date:2027-03-01"), ("de", "am 3. November", "date:--11-03"),
        ("it", "il 3 novembre", "date:--11-03"), ("pt", "3 de novembro de 2026", "date:2026-11-03"),
        ("es", "el 3 de noviembre", "date:--11-03"),
        ("de", "03.11.2026", "date:2026-11-03"), ("de", "3.11.26", "date:2026-11-03"), ("de", "am 3.11. kommt", "date:--11-03"),
        ("en", "2026-11-03", "date:2026-11-03"), ("en", "3/11/2026", "date:2026-11-03"), ("en", "11/24/2026", "date:2026-11-24"),
        ("en", "November 24, 2026", "date:2026-11-24"), ("en", "March 2028", "date:2028-03"), ("en", "in May", "date:--05"),
        ("en", "on Monday", "date:w1"), ("fr", "mardi", "date:w2"), ("de", "Mittwochs", "date:w3"), ("it", "giovedì", "date:w4"),
        ("pt", "sexta-feira", "date:w5"), ("pt", "na terça", "date:w2"), ("es", "el sábado", "date:w6"), ("en", "tomorrow", "date:+1"),
        ("de", "morgen", "date:+1"), ("fr", "après-demain", "date:+2"), ("es", "mañana", "date:+1"), ("it", "ieri", "date:-1"),
        ("en", "at 14:00", "hour:14:00"), ("en", "2 pm", "hour:14:00"), ("en", "2 p.m.", "hour:14:00"), ("en", "9:30 pm", "hour:21:30"),
        ("de", "14 Uhr", "hour:14:00"), ("de", "9.30 Uhr", "hour:09:30"), ("fr", "14h30", "hour:14:30"), ("en", "12 am", "hour:00:00"),
    ],
)  # fmt: skip
def test_days_and_hours(language: Language, text: str, value: str) -> None:
    assert values(text, language) == [value]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "30 days", "duration:30 day"), ("fr", "trente jours", "duration:30 day"), ("de", "dreissig Tage", "duration:30 day"),
        ("de", "dreißig Tage", "duration:30 day"), ("de", "30-tägig", "duration:30 day"), ("de", "zweijährige", "duration:24 month"),
        ("it", "trentuno giorni", "duration:31 day"), ("es", "treinta y cinco días", "duration:35 day"),
        ("pt", "vinte e um dias", "duration:21 day"),
        ("fr", "quatre-vingt-dix jours", "duration:90 day"), ("fr", "nonante jours", "duration:90 day"),
        ("fr", "soixante-dix-sept jours", "duration:77 day"),
        ("en", "60-night trial", "duration:60 day"), ("en", "two weeks", "duration:14 day"), ("en", "a fortnight", ""),
        ("en", "within a month", "duration:1 month"),
        ("fr", "dans un mois", "duration:1 month"), ("de", "innerhalb eines Monats", "duration:1 month"),
        ("en", "2 years", "duration:24 month"),
        ("en", "5 business days", "duration:5 workday"), ("fr", "5 jours ouvrables", "duration:5 workday"),
        ("de", "5 Werktage", "duration:5 workday"),
        ("it", "5 giorni lavorativi", "duration:5 workday"), ("pt", "5 dias úteis", "duration:5 workday"),
        ("es", "5 días hábiles", "duration:5 workday"),
        ("en", "48 hours", "duration:2880 minute"), ("de", "48 Stunden", "duration:2880 minute"), ("fr", "48 h", "duration:2880 minute"),
        ("en", "1.7 l", "measure:1700 ml"), ("fr", "1,7 litre", "measure:1700 ml"), ("en", "2.5kg", "measure:2500 g"),
        ("de", "2200 W", "measure:2200 W"),
        ("en", "order A-20417", "code:A20417"), ("en", "r-30112", "code:R30112"), ("en", "code CERCLE10", "code:CERCLE10"),
        ("en", "lea@example.ch", "contact:lea@example.ch"), ("en", "+41 21 555 01 23", "contact:215550123"),
        ("fr", "021 555 01 23", "contact:215550123"),
    ],
)  # fmt: skip
def test_spans_measures_codes_and_contacts(language: Language, text: str, value: str) -> None:
    assert values(text, language) == ([value] if value else [])


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "14, 30 or 60 days", ["duration:14 day", "duration:30 day", "duration:60 day"]),
        ("en", "two to three working days", ["duration:2 workday", "duration:3 workday"]),
        ("fr", "deux à trois semaines", ["duration:14 day", "duration:21 day"]),
        ("en", "CHF 20 to 30", ["amount:CHF 20", "amount:CHF 30"]),
        ("en", "10–15 %", ["percentage:10", "percentage:15"]),
        ("en", "180 x 200 cm", ["measure:1800 mm", "measure:2000 mm"]),
        ("de", "3. bis 5. November", ["date:--11-05"]),
        ("en", "between 3 and 5 November", ["date:--11-03", "date:--11-05"]),
    ],
)
def test_one_unit_serves_the_numbers_before_it(language: Language, text: str, expected: list[str]) -> None:
    assert [value for value in values(text, language) if not value.startswith("number:")] == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "we are there 24/7"), ("en", "you may send it"), ("en", "three items"), ("en", "one moment"), ("en", "in a minute"),
        ("en", "half, or 1/2"),
        ("en", "print it on A4"), ("en", "have a nice Sunday"), ("de", "guten Morgen"), ("de", "heute Morgen"), ("es", "por la mañana"),
        ("de", "einen schönen Samstag"), ("fr", "bon dimanche"), ("fr", "un jour"), ("it", "una cosa"), ("pt", "uma vez"),
        ("de", "ein Paket"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_figure_is_none(language: Language, text: str) -> None:
    assert values(text, language) == []


def test_a_month_is_not_thirty_days_and_a_working_day_is_no_day() -> None:
    assert values("a month of 30 days")[-1] != values("within one month")[-1]
    assert values("5 days") != values("5 working days")
