from collections.abc import Callable
from pathlib import Path

from orchestrator.project.articles import Library, read_articles
from orchestrator.project.policy import Policy
from orchestrator.retrieval import Page, render_page
from orchestrator.retrieval.passages import split_article


def page(write: Callable[[str, str], Path], policy: Policy, body: str) -> Page:
    return render_page(read_articles(write("en/care/page.md", "---\ntitle: T\n---\n" + body), policy).articles[0], "CH")


def test_every_citation_finds_its_heading_on_the_page(library: Library):
    for article in library.articles:
        html = render_page(article, "CH").html
        for passage in split_article(article, "CH"):
            assert passage.anchor == "top" or f'id="{passage.anchor}"' in html


def test_headings_make_a_table_of_contents(library: Library):
    article = library.get("en", "care", "alba-kettle")
    assert article is not None
    assert [(h.level, h.text, h.anchor) for h in render_page(article, None).headings] == [
        (2, "Descaling", "descaling"), (2, "It does not switch on", "it-does-not-switch-on"),
    ]  # fmt: skip


def test_nothing_that_runs_or_calls_home_gets_through(write: Callable[[str, str], Path], policy: Policy):
    html = page(
        write, policy,
        "<script>alert(1)</script>\n\n<b onclick=x>hi</b> [a](javascript:alert(1)) [b](//evil.example) ![c](https://evil.example/p.png)\n\n"
        "[d](data:text/html,x) [ok](https://arvine.example/x) [own](/help/en/care/page) ![own](/img/a.png)",
    ).html  # fmt: skip
    assert "<script" not in html
    assert "<b" not in html
    assert 'evil.example"' not in html
    assert "evil.example/" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="https://arvine.example/x"' in html
    assert 'href="/help/en/care/page"' in html
    assert 'src="/img/a.png"' in html


def test_tables_and_lists_are_html(write: Callable[[str, str], Path], policy: Policy):
    html = page(write, policy, "| a | b |\n|---|--:|\n| 1 | 2 |\n\n3. three\n4. four\n").html
    assert "<table>" in html
    assert "text-align:right" in html.replace(" ", "")
    assert '<ol start="3">' in html
