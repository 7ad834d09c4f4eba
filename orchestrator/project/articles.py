"""Articles of `knowledge/<language>/<topic>/<slug>.md`: reading, checking and rendering them."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

import yaml
from jinja2 import TemplateError, TemplateSyntaxError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.errors import Mistake
from orchestrator.project.article_template import HEADING_WITH_VALUE, TemplateValueError, Words, article_environment

if TYPE_CHECKING:
    from jinja2 import Environment, Template

    from orchestrator.project.policy import Policy

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)?---[ \t]*\n", re.DOTALL)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Audience = Literal["public", "staff"]
"""Whom an article is for: customers and everyone, or colleagues alone."""
Stamp = tuple[int, int]
"""When a file was changed last (nanoseconds) and its size: the same stamp, the same file."""


class FrontMatter(BaseModel):
    """What stands above an article's body.

    `valid_from` and `valid_until` are days, both included. Of two articles that answer a question differently, the one of higher
    `authority` is right. `source` and `version` say which document an imported article was made of.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: str = Field(min_length=1)
    intents: list[str] = Field(default_factory=list)
    regions: list[str] = Field(default_factory=list)
    updated: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    audience: Audience = "public"
    authority: int = 0
    source: str = ""
    version: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self


@dataclass(frozen=True, kw_only=True)
class Article:
    """One page of the help centre in one language; `line` is where its body starts."""

    language: Language
    topic: str
    slug: str
    title: str
    intents: tuple[str, ...]
    regions: tuple[str, ...]
    updated: date | None
    path: Path
    line: int
    valid_from: date | None = None
    valid_until: date | None = None
    audience: Audience = "public"
    authority: int = 0
    source: str = ""
    version: str = ""
    stamp: Stamp = field(default=(0, 0), repr=False, compare=False)
    template: Template = field(repr=False, compare=False)

    @property
    def key(self) -> str:
        """`<language>/<topic>/<slug>`."""
        return f"{self.language}/{self.topic}/{self.slug}"

    def serves(self, region: str | None) -> bool:
        """Whether the article is for that region; without a region, whether it is for everyone."""
        return not self.regions or region in self.regions

    def is_open(self, day: date, audience: Audience = "public") -> bool:
        """Whether that audience may read the article on that day; colleagues read everything."""
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_until is not None and self.valid_until < day
        return begun and not ended and (audience == "staff" or self.audience == "public")

    def render(self, region: str | None) -> str:
        """The body in Markdown with the policy's values; without a region, amounts are listed in all currencies.

        Raises:
            TemplateValueError: A value cannot be written for this region; `read_articles` has reported it.
        """
        return self.template.render(region=region, language=self.language)


@dataclass(frozen=True, kw_only=True)
class Library:
    """All readable articles by language, topic and slug, and what is wrong with the others."""

    articles: tuple[Article, ...]
    mistakes: tuple[Mistake, ...]
    reader: Reader | None = field(default=None, repr=False, compare=False)

    def reread(self) -> Library:
        """The library as its folder is now; itself when nothing changed. An article that became wrong stays as it was."""
        return self.reader.read_all(self) if self.reader else self

    @property
    def topics(self) -> frozenset[str]:
        """The folders that hold an article in any language."""
        return frozenset(article.topic for article in self.articles)

    def get(self, language: str, topic: str, slug: str) -> Article | None:
        """That article, or None."""
        key = f"{language}/{topic}/{slug}"
        return next((article for article in self.articles if article.key == key), None)


def read_articles(folder: Path, policy: Policy, words: Words | None = None) -> Library:
    """The articles under a knowledge folder; each is rendered once for every region it serves, so that mistakes show now."""
    return Reader(folder, policy, words or {}).read_all()


class Reader:
    """Reads the articles of one folder; what it has to say about them is in the library's mistakes."""

    def __init__(self, folder: Path, policy: Policy, words: Words) -> None:
        self._folder = folder
        self._regions = tuple(policy.regions)
        self._environment: Environment = article_environment(policy, words)
        self._slugs: dict[tuple[str, str], Path] = {}
        self.mistakes: list[Mistake] = []

    def read_all(self, before: Library | None = None) -> Library:
        """All articles; those of `before` whose file has not changed are the same objects, and if all are, so is the library."""
        known = {article.path: article for article in before.articles} if before else {}
        self._slugs.clear()
        self.mistakes.clear()
        articles, same = list[Article](), True
        for path in sorted(self._folder.rglob("*.md")):
            old = known.pop(path, None)
            if old is not None and old.stamp == _stamp(path):
                self._slugs[(old.language, old.slug)] = path
                articles.append(old)
            elif article := self._read(path) or old:
                articles.append(article)
                same = same and article is old
        if before is not None and same and not known and tuple(sorted(self.mistakes)) == before.mistakes:
            return before
        return Library(
            articles=tuple(sorted(articles, key=lambda article: article.key)), mistakes=tuple(sorted(self.mistakes)), reader=self
        )

    def _read(self, path: Path) -> Article | None:
        place = path.relative_to(self._folder).parts
        if path.name == "README.md" or any(part.startswith(".") for part in place):
            return None
        before, stamp = len(self.mistakes), _stamp(path)
        language = self._placed(path, place)
        text = self._text(path)
        if language is None or text is None:
            return None
        matter, body, line = self._parts(path, text)
        template = self._compiled(path, body, line)
        if matter is None or template is None:
            return None
        article = Article(
            language=language, topic=place[1], slug=path.stem, title=matter.title.strip(), intents=tuple(matter.intents),
            regions=tuple(matter.regions), updated=matter.updated, path=path, line=line, template=template,
            valid_from=matter.valid_from, valid_until=matter.valid_until, audience=matter.audience, authority=matter.authority,
            source=matter.source, version=matter.version, stamp=stamp,
        )  # fmt: skip
        self._check(article, body)
        return article if len(self.mistakes) == before else None

    def _placed(self, path: Path, place: tuple[str, ...]) -> Language | None:
        language: Language | None = next((known for known in LANGUAGES if known == place[0]), None)
        if len(place) != 3 or language is None:
            self._add(path, 1, f"an article lives at <language>/<topic>/<slug>.md, language one of {', '.join(LANGUAGES)}. Move it there.")
            return None
        if not SLUG.fullmatch(path.stem) or not SLUG.fullmatch(place[1]):
            self._add(path, 1, f"topic {place[1]!r} and slug {path.stem!r} become an address. Use lower-case letters, digits and hyphens.")
            return None
        twin = self._slugs.setdefault((language, path.stem), path)
        if twin != path:
            self._add(path, 1, f"slug {path.stem!r} is already used by {twin.relative_to(self._folder)}. Rename one of them.")
            return None
        return language

    def _text(self, path: Path) -> str | None:
        if not path.resolve().is_relative_to(self._folder.resolve()):
            self._add(path, 1, "the file is a link to a place outside the knowledge folder. Copy the article here.")
            return None
        try:
            return path.read_text("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            self._add(path, 1, f"cannot be read: {error}. Save it as UTF-8 text.")
            return None

    def _parts(self, path: Path, text: str) -> tuple[FrontMatter | None, str, int]:
        found = FRONT_MATTER.match(text)
        if not found:
            self._add(path, 1, "there is no front matter. Start the file with `---`, `title: …`, `---`.")
            return None, text, 1
        body, line = text[found.end() :], found.group().count("\n") + 1
        if not body.strip():
            self._add(path, line, "the article has no body. Write it, or delete the file.")
        return self._front_matter(path, found.group(1) or ""), body, line

    def _front_matter(self, path: Path, text: str) -> FrontMatter | None:
        try:
            loaded: object = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = 2 + (cast("int", mark.line) if mark else 0)
            problem = cast("str", getattr(error, "problem", None) or "cannot be parsed")
            self._add(path, line, f"the front matter is not YAML: {problem}. Quote values that contain a colon.")
            return None
        if not isinstance(loaded, Mapping):
            loaded = {}
        try:
            return FrontMatter.model_validate(loaded)
        except ValidationError as error:
            for item in error.errors():
                name = str(item["loc"][0]) if item["loc"] else "valid_until"
                line = next((n for n, row in enumerate(text.splitlines(), 2) if row.startswith(f"{name}:")), 1)
                known = ", ".join(FrontMatter.model_fields)
                self._add(path, line, f"{name!r}: {item['msg'].lower()}. The front matter has {known}; only title is required.")
            return None

    def _compiled(self, path: Path, body: str, line: int) -> Template | None:
        try:
            return self._environment.from_string(body)
        except TemplateSyntaxError as error:
            self._add(path, line + error.lineno - 1, f"the template cannot be read: {error.message}. Mend the braces there.")
            return None

    def _check(self, article: Article, body: str) -> None:
        unknown = [region for region in article.regions if region not in self._regions]
        for region in unknown:
            self._add(article.path, 1, f"unknown region {region!r}. The policy knows {', '.join(self._regions)}.")
        for found in HEADING_WITH_VALUE.finditer(body):
            line = article.line + body.count("\n", 0, found.start())
            self._add(article.path, line, "a heading with a policy value changes its address. Move the value into the text.")
        if unknown:
            return
        served = [region for region in self._regions if article.serves(region)]
        for text, line in dict.fromkeys(self._failures(article, served)):
            self._add(article.path, line, text)

    def _failures(self, article: Article, regions: list[str]) -> Iterator[tuple[str, int]]:
        everyone: list[str | None] = [] if article.regions else [None]
        for region in everyone + list(regions):
            try:
                article.render(region)
            except (TemplateError, TemplateValueError, TypeError, ValueError, ArithmeticError) as error:
                frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
                yield _sentence(str(error)), article.line + (frames[-1] or 1) - 1 if frames else article.line

    def _add(self, path: Path, line: int, text: str) -> None:
        self.mistakes.append(Mistake(path=path, line=line, text=text))


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}. Use a name of agents/policy.yaml, `region` or `language`."
