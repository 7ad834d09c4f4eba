"""Web pages as Markdown: the content without what every page repeats around it, headings and tables kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

AROUND = (
    "nav", "header", "footer", "aside", "form", "script", "style", "noscript", "template", "iframe", "svg", "button", "dialog",
    "input", "select", "canvas", "video", "audio", "object", "img", "picture",
)  # fmt: skip
ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"})
REPEATED = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|menu|breadcrumbs?|cookies?|consent|banner|sidebar|footer|header|social|share|related|newsletter|subscribe|"
    r"pagination|skip|advert\w*|promo|popup|modal|feedback|helpful|rating|toc)(?:$|[-_ ])",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:[;\s]|$)", re.IGNORECASE)
CONTENT = ("main", "[role=main]", "article", "#content", "#main", ".article-body", ".entry-content", ".content")
ENOUGH = 0.4
"""From this share of the page's words, an element that calls itself the content is taken at its word."""
NESTING = re.compile(
    rb"<(/?)(?:div|span|section|article|main|ul|ol|dl|table|blockquote|b|i|u|em|strong|font|center|small|big|a|form|h[1-6])\b",
    re.IGNORECASE,
)
DEPTH = 150
"""Levels of elements; deeper ones are made to break readers."""


def read_page(data: bytes, source: str, limits: Limits) -> SourceDocument:
    """A page as a document; its title is the first heading, else the page's.

    Raises:
        Refused: There is no text, or the page is made to break readers.
    """
    from bs4 import BeautifulSoup

    if data.count(b"<") > limits.characters // 4:
        raise Refused("the page has too many elements. Split it.")
    if _depth(data) > DEPTH:
        raise Refused(f"its elements are nested more than {DEPTH} deep, which no page needs. Mend the page.")
    return _document(BeautifulSoup(data, "html.parser"), source, limits)


def _depth(data: bytes) -> int:
    """How deep the elements are nested that must be closed; at most one more than `DEPTH` is counted."""
    depth = deepest = 0
    for match in NESTING.finditer(data):
        depth = max(0, depth + (-1 if match.group(1) else 1))
        deepest = max(deepest, depth)
        if deepest > DEPTH:
            break
    return deepest


def _document(page: BeautifulSoup, source: str, limits: Limits) -> SourceDocument:
    root = page.find("html")
    language = str(root.get("lang") or "") if root else ""
    name = page.title.get_text(" ", strip=True) if page.title else ""
    _clear(page)
    content = _content(page)
    heading = content.find("h1") or page.find("h1")
    title = heading.get_text(" ", strip=True) if heading else name
    if heading:
        heading.decompose()
    markdown = limits.check_text(to_markdown(content))
    return SourceDocument(source=source, title=title or name, markdown=markdown, language=language[:2].lower())


def to_markdown(content: Tag) -> str:
    """An element as Markdown with `#` headings and tables; links keep their words alone."""
    from markdownify import MarkdownConverter

    for link in content.find_all("a"):
        link.unwrap()
    converter = MarkdownConverter(heading_style="ATX", bullets="-", table_infer_header=True, escape_misc=False, wrap=False)
    text = converter.convert_soup(content)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text.replace("\xa0", " "))).strip()


def _clear(page: BeautifulSoup) -> None:
    """Takes away what surrounds the content and what no reader sees."""
    from bs4 import Comment

    for note in page.find_all(string=lambda text: isinstance(text, Comment)):
        note.extract()
    for element in page.find_all(AROUND):
        if not (element.name == "header" and element.find_parent(["article", "main"])):
            element.decompose()
    for element in page.find_all(True):
        if not element.decomposed and element.name not in {"html", "body", "main", "article"} and _is_aside(element):
            element.decompose()


def _is_aside(element: Tag) -> bool:
    if element.has_attr("hidden") or element.get("aria-hidden") == "true" or HIDDEN.search(str(element.get("style") or "")):
        return True
    names = element.get("class") or ""
    marks = f"{names if isinstance(names, str) else ' '.join(names)} {element.get('id') or ''}"
    return str(element.get("role") or "") in ROLES or bool(REPEATED.search(marks))


def _content(page: BeautifulSoup) -> Tag:
    whole = page.body or page
    words = len(whole.get_text(" ").split())
    for choice in CONTENT:
        found = page.select(choice)
        if len(found) == 1 and len(found[0].get_text(" ").split()) >= ENOUGH * words:
            return found[0]
    return whole
