"""The help centre: the project's articles as pages, where citations lead."""

from html import escape
from importlib import resources

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from orchestrator.channels.problems import not_found
from orchestrator.channels.state import serving
from orchestrator.conversation import LANGUAGES
from orchestrator.project.project import Project
from orchestrator.retrieval import render_page

router = APIRouter(include_in_schema=False)


@router.get("/help/{language}")
async def get_contents(request: Request, language: str) -> Response:
    """All articles of a language, by topic."""
    house = serving(request).orchestrator.house
    project, day = house.project, serving(request).orchestrator.clock().date()
    articles = [article for article in house.knowledge.library.articles if article.language == language and article.is_open(day)]
    if not articles:
        return not_found()
    topics: dict[str, list[str]] = {}
    for article in articles:
        link = f'<li><a href="/help/{article.key}">{escape(article.title)}</a></li>'
        topics.setdefault(article.topic, []).append(link)
    body = "".join(
        f"<section><h2>{escape(_titled(topic))}</h2><ul>{''.join(links)}</ul></section>" for topic, links in sorted(topics.items())
    )
    return _page(project, language, project.policy.company.name, f'<div class="topics">{body}</div>')


@router.get("/help/{language}/{topic}/{slug}")
async def get_article(request: Request, language: str, topic: str, slug: str, region: str | None = None) -> Response:
    """One article; without a region, amounts are shown in all currencies."""
    house = serving(request).orchestrator.house
    project, day = house.project, serving(request).orchestrator.clock().date()
    article = house.knowledge.library.get(language, topic, slug)
    if article is None or not article.is_open(day):
        return not_found()
    known = region if region in project.policy.regions and article.serves(region) else None
    page = render_page(article, known)
    return _page(project, language, page.title, f"<article><h1>{escape(page.title)}</h1>{page.html}</article>")


def _page(project: Project, language: str, title: str, body: str) -> HTMLResponse:
    frame = resources.files("orchestrator.server").joinpath("pages", "help.html").read_text(encoding="utf-8")
    shown = frame.replace("{{language}}", escape(language)).replace("{{title}}", escape(title))
    links = "".join(f'<a href="/help/{code}" lang="{code}" hreflang="{code}">{code}</a>' for code in LANGUAGES)
    company = escape(project.policy.company.name)
    return HTMLResponse(shown.replace("{{company}}", company).replace("{{languages}}", links).replace("{{body}}", body))


def _titled(topic: str) -> str:
    return topic.replace("-", " ").capitalize()
