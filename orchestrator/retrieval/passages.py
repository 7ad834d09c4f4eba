"""Articles cut into passages: one per heading, or several where a section is long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import chain, count

from orchestrator.project.articles import Article
from orchestrator.retrieval.markdown import TOP, Section, items, plain_text, sections
from orchestrator.retrieval.sentences import split_sentences

MAX_WORDS = 120


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What is searched and quoted: some blocks of Markdown under one heading of an article."""

    id: str
    article: str
    anchor: str
    title: str
    headings: tuple[str, ...]
    blocks: tuple[str, ...]

    @property
    def name(self) -> str:
        """Title and headings in one line: what the passage is about."""
        return ": ".join((self.title, *self.headings))

    @property
    def heading(self) -> str:
        """The nearest heading; the title before the first."""
        return self.headings[-1] if self.headings else self.title

    @property
    def text(self) -> str:
        """The passage in Markdown, without its headings."""
        return "\n\n".join(self.blocks)

    @property
    def plain(self) -> str:
        """The passage without mark-up."""
        return self._plain

    @cached_property
    def _plain(self) -> str:
        return " ".join(map(plain_text, self.blocks))

    @property
    def url(self) -> str:
        """Its address in the help centre."""
        return f"/help/{self.article}#{self.anchor}"

    @cached_property
    def stored_as(self) -> str:
        """Its name in the index: nothing of its words."""
        return blake2b(self.id.encode(), digest_size=16).hexdigest()

    @cached_property
    def digest(self) -> str:
        """Changes when anything that is searched changes."""
        return blake2b("\0".join((self.title, *self.headings, *self.blocks)).encode(), digest_size=16).hexdigest()


def split_article(article: Article, region: str | None) -> tuple[Passage, ...]:
    """The passages of an article as rendered for a region, in reading order."""
    return split_text(article.key, article.title, sections(article.render(region)), article.language)


def split_text(key: str, title: str, parts: Sequence[Section], language: str) -> tuple[Passage, ...]:
    """The passages of any text with sections; ids are `<key>#<anchor>`, then `-2`, `-3` within one section."""
    anchors = {section.anchor for section in parts}
    found = list[Passage]()
    for section in parts or (Section(anchor=TOP, headings=(), blocks=()),):
        names = (f"{section.anchor}-{number}" for number in count(2))
        free = chain([section.anchor], (name for name in names if name not in anchors))
        for name, blocks in zip(free, pack(section.blocks, language), strict=False):
            found.append(
                Passage(id=f"{key}#{name}", article=key, anchor=section.anchor, title=title, headings=section.headings, blocks=blocks)
            )
    return tuple(found)


def pack(blocks: Sequence[str], language: str) -> Iterator[tuple[str, ...]]:
    """Blocks in groups of about `MAX_WORDS` words; a longer block is cut at list items, then at sentences."""
    group, words = list[str](), 0
    for block in (piece for whole in blocks for piece in _pieces(whole, language)):
        size = len(block.split())
        if group and words + size > MAX_WORDS:
            yield tuple(group)
            group, words = [], 0
        group.append(block)
        words += size
    if group or not blocks:
        yield tuple(group)


def _pieces(block: str, language: str) -> Iterator[str]:
    if len(block.split()) <= MAX_WORDS or block.lstrip().startswith(("|", "```")):
        yield block
        return
    listed = items(block)
    parts, joint = (listed, "\n") if len(listed) > 1 else (split_sentences(" ".join(block.split()), language), " ")
    group = list[str]()
    for part in parts:
        if group and len(" ".join([*group, part]).split()) > MAX_WORDS:
            yield joint.join(group)
            group = []
        group.append(part)
    if group:
        yield joint.join(group)
