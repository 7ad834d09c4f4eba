"""Articles as pages of the help centre: safe HTML fragments whose anchors are those that citations point to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import nh3

from orchestrator.project.articles import Article
from orchestrator.retrieval.markdown import Anchors, inline_text, parser

TAGS = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "a", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "br", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "img",
}  # fmt: skip
ATTRIBUTES = {
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "th": {"style"}, "td": {"style"},
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Heading:
    """One line of a page's table of contents."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """An article as HTML without a frame; the title is not in it."""

    title: str
    html: str
    headings: tuple[Heading, ...]


def render_page(article: Article, region: str | None) -> Page:
    """The article as the region reads it. Scripts, styles, foreign protocols and images from elsewhere are left out."""
    markdown = parser()
    tokens = markdown.parse(article.render(region))
    anchors, headings = Anchors(), list[Heading]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            text = inline_text(tokens[place + 1])
            heading = Heading(level=int(token.tag[1]), text=text, anchor=anchors.take(text))
            token.attrSet("id", heading.anchor)
            headings.append(heading)
    html = _cleaner().clean(markdown.renderer.render(tokens, markdown.options, {}))
    return Page(title=article.title, html=html, headings=tuple(headings))


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "mailto", "tel"}, link_rel="noopener noreferrer",
        filter_style_properties={"text-align"}, attribute_filter=_own_images,
    )  # fmt: skip


def _own_images(_tag: str, attribute: str, value: str) -> str | None:
    elsewhere = value.startswith("//") or (attribute == "src" and not value.startswith("/"))
    return None if elsewhere and attribute in {"src", "href"} else value
