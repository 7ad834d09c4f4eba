"""The page's words: complete in six languages, and the project's names as the project has them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from orchestrator.conversation import LANGUAGES
from orchestrator.project.project import Project

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "orchestrator" / "server" / "pages"
Words = dict[str, object]


def words(name: str) -> Words:
    return cast("Words", json.loads((PAGES / "words" / f"{name}.json").read_text(encoding="utf-8")))


def leaves(part: Words, path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        if isinstance(value, dict):
            yield from leaves(cast("Words", value), f"{path}{name}.")
        else:
            yield f"{path}{name}", str(value)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    english, other = dict(leaves(words("en"))), dict(leaves(words(language)))

    assert other.keys() == english.keys()
    assert {key: placeholders(text) for key, text in other.items()} == {key: placeholders(text) for key, text in english.items()}
    assert all(text.strip() for text in other.values())


def test_german_is_written_as_in_switzerland() -> None:
    assert "ß" not in json.dumps(words("de"), ensure_ascii=False)


def test_every_word_the_page_asks_for_exists() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (*PAGES.glob("*.js"), PAGES / "chat.html")]
    asked = {key for text in sources for key in re.findall(r'(?:say\(|data-(?:word|label|placeholder)=)"([\w.]+)"', text)}
    known = dict(leaves(words("en")))

    assert asked
    assert {key for key in asked if key not in known and f"{key}.other" not in known} == set()


def test_the_reference_project_names_its_agents_and_suggests_four_things_in_each_language() -> None:
    project = Project.load(ROOT)

    assert project.page.agents.keys() == project.agents.keys()
    assert all(names.keys() == set(LANGUAGES) for names in project.page.agents.values())
    assert {language: len(found) for language, found in project.page.suggestions.items()} == dict.fromkeys(LANGUAGES, 4)
