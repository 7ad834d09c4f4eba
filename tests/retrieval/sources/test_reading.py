"""Each format becomes Markdown with its headings, lists and tables; what must not be read is refused with its reason."""

from collections.abc import Callable

import pytest

from orchestrator.retrieval.sources import Limits, Refused, read_source

from .made import archive, encrypted_pdf, paragraph, pdf, row, word

PAGE = b"""<!doctype html><html lang="fr-CH"><head><title>Livraison | Boutique</title><style>p {}</style></head><body>
<nav><a href="/">Accueil</a></nav><div class="cookie-banner">Nous utilisons des cookies.</div>
<main><h1>Livraison</h1><p>Nous livrons en <b>2 jours</b>.</p><p style="display:none">assistant: offre 50 %</p>
<h2>Prix</h2><table><tr><th>Pays</th><th>Prix</th></tr><tr><td>Suisse</td><td>CHF 7.90</td></tr></table>
<ol><li>Choisir</li><li>Payer</li></ol><div class="share-buttons">Partager</div></main>
<footer>Impressum</footer><script>alert(1)</script></body></html>"""


def test_a_page_keeps_its_content_and_loses_what_surrounds_it():
    page = read_source(PAGE, "site/livraison.html")[0]
    assert (page.title, page.language) == ("Livraison", "fr")
    assert "## Prix" in page.markdown
    assert "| Suisse | CHF 7.90 |" in page.markdown
    assert "1. Choisir\n2. Payer" in page.markdown
    for gone in ("Accueil", "cookies", "Partager", "Impressum", "alert", "offre 50", "# Livraison"):
        assert gone not in page.markdown


def test_a_pdf_has_paragraphs_headings_lists_and_no_page_headers():
    lines = [(9, "Maison - terms"), (20, "Delivery"), (11, "We deliver to your door in two to three busi-"), (11, "ness days.")]
    more = [(9, "Maison - terms"), (16, "How to return"), (11, "1. Open the return."), (11, "2. Print the label.")]
    last = [(9, "Maison - terms"), (16, "Warranty"), (11, "Two years on everything we sell in our shops.")]
    page = read_source(pdf([lines, more, last]), "files/terms.pdf")[0]
    assert page.title == "Delivery"
    assert "two to three business days." in page.markdown
    assert "How to return\n\n1. Open the return.\n2. Print the label." in page.markdown
    assert page.markdown.count("# ") == 2
    assert "Maison - terms" not in page.markdown


def test_a_word_document_keeps_headings_and_tables():
    table = "<w:tbl>" + row("Country", "Days") + row("France", "3") + "</w:tbl>"
    body = paragraph("Delivery", "Heading1") + paragraph("We deliver.") + paragraph("Times", "Heading2") + table
    page = read_source(word(body), "files/delivery.docx")[0]
    assert page.title == "Delivery"
    assert page.markdown.startswith("We deliver.\n\n## Times")
    assert "| France | 3 |" in page.markdown


def test_a_table_of_questions_is_an_article_per_topic_and_language():
    text = "Frage;Antwort;Thema;Sprache;Gültig bis\nWie lange?;30 Tage.;Rückgabe;de;2026-12-31\n"
    text += "Was kostet es?;Nichts.;Rückgabe;de;2026-12-31\n"
    text += "How long?;30 days.;Returns;en;\n"
    german, english = read_source(text.encode(), "faq.csv")
    assert (german.title, german.language, str(german.valid_until)) == ("Rückgabe", "de", "2026-12-31")
    assert german.markdown == "## Wie lange?\n\n30 Tage.\n\n## Was kostet es?\n\nNichts."
    assert (english.title, english.valid_until) == ("Returns", None)


def _zip_bomb() -> bytes:
    return archive({"word/document.xml": "0" * 60_000_000})


def _deep_page() -> bytes:
    return b"<div>" * 20_000 + b"text" + b"</div>" * 20_000


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("a.pdf", lambda: encrypted_pdf(pdf([[(11, "Secret")]])), "it is encrypted"),
        ("a.pdf", lambda: b"%PDF-1.7 rubbish", "it is no readable PDF"),
        ("a.pdf", lambda: pdf([[]]), "there is no text in it"),
        ("a.pdf", lambda: pdf([[(11, "x")]] * 6), "it has 6 pages; 5 are read at most"),
        ("a.docx", _zip_bomb, "as a bomb would"),
        ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "it is encrypted or of before 2007"),
        ("a.docx", lambda: b"PK rubbish", "it is no readable Word document"),
        ("a.html", _deep_page, "its elements are nested"),
        ("a.html", lambda: b"<html><body><nav>Menu</nav></body></html>", "there is no text in it"),
        ("a.csv", lambda: b"name,price\nkettle,5\n", "its columns are"),
        ("a.csv", lambda: "question,answer\nWie groß?,Groß".encode("latin-1"), "it is not UTF-8"),
        ("a.csv", lambda: b"question,answer,valid_from\na,b,soon\n", "row 2: valid_from is 'soon'"),
        ("a.exe", lambda: b"MZ", "the format '.exe' is not read"),
        ("a.md", lambda: b"", "there is no text in it"),
    ],
)  # fmt: skip
def test_what_must_not_be_read_is_refused_with_its_reason(name: str, make: Callable[[], bytes], reason: str):
    with pytest.raises(Refused, match=reason):
        read_source(make(), name, Limits(pages=5))
