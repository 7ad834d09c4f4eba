from pathlib import Path

from orchestrator.retrieval.markdown import sections
from orchestrator.retrieval.passages import Passage, split_text
from orchestrator.retrieval.vectors import IndexReport, VectorIndex, open_store

from .encoders import TrigramEncoder


def passages(text: str) -> tuple[Passage, ...]:
    return split_text("en/care/kettle", "Kettle", sections(text), "en")


OLD = "## Descaling\nUse vinegar.\n## Warranty\nTwo years.\n## Colours\nRed."
NEW = "## Descaling\nUse vinegar.\n## Warranty\nThree years."


def test_only_what_changed_is_encoded_and_what_is_gone_is_removed(tmp_path: Path):
    client, encoder = open_store(tmp_path), TrigramEncoder()
    assert VectorIndex(client, "en", encoder).sync(passages(OLD)) == IndexReport(added=3, kept=0, removed=0)
    encoder.encoded.clear()
    index = VectorIndex(client, "en", encoder)
    assert index.sync(passages(NEW)) == IndexReport(added=1, kept=1, removed=1)
    assert all("Warranty" in text for text in encoder.encoded)
    assert next(iter(index.nearest("kettle warranty years", 5))) == "en/care/kettle#warranty"
    client.close()


def test_vectors_survive_the_process(tmp_path: Path):
    for expected in (3, 0):
        client = open_store(tmp_path)
        assert VectorIndex(client, "en", TrigramEncoder()).sync(passages(OLD)).added == expected
        client.close()


def test_another_encoder_or_size_never_mixes_with_what_is_stored(tmp_path: Path):
    client = open_store(tmp_path)
    VectorIndex(client, "en", TrigramEncoder("one", 64)).sync(passages(OLD))
    for encoder in (TrigramEncoder("two", 64), TrigramEncoder("one", 128)):
        index = VectorIndex(client, "en", encoder)
        assert index.sync(passages(OLD)).added == 3
        assert len(index.nearest("vinegar", 5)) == 3
    client.close()


def test_progress_is_told(tmp_path: Path):
    client, told = open_store(tmp_path), list[tuple[float, str]]()
    VectorIndex(client, "en", TrigramEncoder()).sync(passages(OLD), lambda share, title: told.append((share, title)))
    assert told == [(0.0, "Kettle")]
    client.close()


def test_a_damaged_store_is_built_anew(tmp_path: Path):
    (tmp_path / "chroma.sqlite3").write_bytes(b"not a database" * 100)
    client = open_store(tmp_path)
    assert VectorIndex(client, "en", TrigramEncoder()).sync(passages(OLD)).added == 3
    client.close()


def test_an_empty_index_finds_nothing(tmp_path: Path):
    client = open_store(tmp_path)
    index = VectorIndex(client, "en", TrigramEncoder())
    assert index.sync(()) == IndexReport()
    assert index.nearest("anything", 5) == {}
    client.close()
