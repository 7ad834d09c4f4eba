from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from orchestrator.project.articles import Library, read_articles
from orchestrator.project.policy import Policy
from orchestrator.retrieval import Encoders, KnowledgeBase

from .encoders import TrigramEncoder

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.model_validate(yaml.safe_load((HERE / "policy.yaml").read_text("utf-8")))


@pytest.fixture(scope="session")
def library(policy: Policy) -> Library:
    return read_articles(HERE / "articles", policy)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes an article below a knowledge folder and returns that folder."""

    def article(place: str, text: str) -> Path:
        path = tmp_path / "knowledge" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path / "knowledge"

    return article


@pytest.fixture(scope="session")
def base(library: Library, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    encoder = TrigramEncoder()
    directory = tmp_path_factory.mktemp("knowledge")
    base = KnowledgeBase.open(library, policy, encoders=Encoders(search=encoder, sentences=encoder), directory=directory)
    yield base
    base.close()
