"""Review lets the reference project's own articles pass, sentence by sentence, with the article as evidence: no false alarm."""

from datetime import date
from pathlib import Path

import pytest

from orchestrator.conversation import LANGUAGES, Language
from orchestrator.governance.claims import KINDS
from orchestrator.governance.evidence import Evidence, Ground
from orchestrator.governance.review import LATER, MAY, House, Reviewer, Turn
from orchestrator.project.project import Project
from orchestrator.retrieval.passages import Passage, split_article
from orchestrator.retrieval.words import words_of
from orchestrator.understanding.language import detect

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> Project:
    return Project.load(ROOT)


@pytest.fixture(scope="module")
def house(project: Project) -> House:
    return House(detect=detect, words=words_of, links=("/help/",), internal=frozenset(project.tools))


def withheld(house: House, project: Project, language: Language, passages: tuple[Passage, ...]) -> list[str]:
    evidence = [Evidence(text=f"{passage.name}\n{passage.plain}", kind="passage") for passage in passages]
    ground = Ground(evidence, products=house.products, today=date(2026, 11, 23))
    turn = Turn(language=language, ground=ground, passages=passages, prompt=project.prompts.texts["house"])
    found = list[str]()
    for passage in passages:
        reviewer = Reviewer(house, turn)
        found += [f"{one.reasons}: {one.text}" for one in (*reviewer.feed(passage.plain), *reviewer.close()) if not one.passes]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_an_article_is_withheld(house: House, project: Project, language: Language) -> None:
    articles = [article for article in project.library.articles if article.language == language]
    assert len(articles) > 30
    found = list[str]()
    for number, article in enumerate(articles):
        regions = [region for region in project.policy.regions if article.serves(region)]
        found += withheld(house, project, language, split_article(article, regions[number % len(regions)]))
    assert found == []


def test_every_tool_that_changes_something_says_what_may_be_told_of_it(project: Project) -> None:
    for tool in project.tools.values():
        assert tool.claims or not tool.effect, tool.name
        assert {claim.removeprefix(LATER).removeprefix(MAY) for claim in tool.claims} <= KINDS, tool.name
