import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from orchestrator.retrieval.manifest import IndexDamagedError
from orchestrator.retrieval.markdown import sections
from orchestrator.retrieval.passages import Passage, split_text
from orchestrator.retrieval.store import clear_store, open_store
from orchestrator.retrieval.vectors import IndexReport, VectorIndex

from .encoders import TrigramEncoder


def passages(text: str) -> tuple[Passage, ...]:
    return split_text("en/care/kettle", "Kettle", sections(text), "en")


class OtherWeights(TrigramEncoder):
    """The same name and size, other vectors."""

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        return super().encode([text[::-1] for text in texts])


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


@pytest.mark.parametrize(
    ("encoder", "reason"),
    [
        (TrigramEncoder("one", 128), "was made by the encoder 'one' with 64 dimensions, not by 'one' with 128"),
        (OtherWeights("one", 64), "was made by other weights of the encoder 'one'"),
    ],
)
def test_an_index_made_by_another_encoder_is_refused_with_the_remedy(tmp_path: Path, encoder: TrigramEncoder, reason: str):
    client = open_store(tmp_path)
    VectorIndex(client, "en", TrigramEncoder("one", 64)).sync(passages(OLD))
    with pytest.raises(IndexDamagedError) as refusal:
        VectorIndex(client, "en", encoder)
    assert str(refusal.value) == f"{tmp_path}: the knowledge index {reason}. Build it anew: filrouge index --rebuild"
    client.close()


def test_encoders_of_different_names_keep_their_vectors_apart(tmp_path: Path):
    client = open_store(tmp_path)
    for name, dimensions in (("one", 64), ("two", 32), ("one", 64)):
        index = VectorIndex(client, "en", TrigramEncoder(name, dimensions))
        index.sync(passages(OLD))
        assert len(index.nearest("vinegar", 5)) == 3
    client.close()


def test_progress_is_told(tmp_path: Path):
    client, told = open_store(tmp_path), list[tuple[float, str]]()
    VectorIndex(client, "en", TrigramEncoder()).sync(passages(OLD), lambda share, title: told.append((share, title)))
    assert told == [(0.0, "")]
    client.close()


def _filled(folder: Path) -> None:
    client = open_store(folder)
    VectorIndex(client, "en", TrigramEncoder()).sync(passages(OLD))
    client.close()


def _damage_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"not a database" * 100)


def _damage_cache(folder: Path) -> None:
    (folder / "vectors.sqlite3").write_bytes(b"not a database" * 100)


def _damage_manifest(folder: Path) -> None:
    (folder / "en-trigrams.json").write_text('{"encoder": "trig')


def _damage_vectors(folder: Path) -> None:
    manifest = json.loads((folder / "en-trigrams.json").read_text())
    manifest["entries"] = {key: [digest, checksum ^ 1] for key, (digest, checksum) in manifest["entries"].items()}
    (folder / "en-trigrams.json").write_text(json.dumps(manifest))


def _lose_collection(folder: Path) -> None:
    (folder / "chroma.sqlite3").unlink()


@pytest.mark.parametrize("damage", [_damage_database, _damage_cache, _damage_manifest, _damage_vectors, _lose_collection])
def test_a_damaged_index_is_refused_and_the_named_command_mends_it(tmp_path: Path, damage: Callable[[Path], None]):
    _filled(tmp_path)
    damage(tmp_path)
    with pytest.raises(IndexDamagedError, match="filrouge index --rebuild"):
        _open_and_close(tmp_path)
    clear_store(tmp_path)
    client = open_store(tmp_path)
    index = VectorIndex(client, "en", TrigramEncoder())
    assert index.sync(passages(OLD)).added == 3
    assert next(iter(index.nearest("kettle warranty years", 5))) == "en/care/kettle#warranty"
    client.close()


def _open_and_close(folder: Path) -> None:
    client = open_store(folder)
    try:
        VectorIndex(client, "en", TrigramEncoder())
    finally:
        client.close()


def test_building_anew_encodes_nothing_twice(tmp_path: Path):
    _filled(tmp_path)
    clear_store(tmp_path)
    client, encoder = open_store(tmp_path), TrigramEncoder()
    VectorIndex(client, "en", encoder).sync(passages(OLD))
    assert encoder.encoded == []
    client.close()


def test_the_index_holds_no_text_and_no_personal_data(tmp_path: Path):
    text = "## Ask Berta Muster\nWrite to berta.muster@example.ch or call +41 79 123 45 67 about the copperkettle."
    client, encoder = open_store(tmp_path), TrigramEncoder()
    VectorIndex(client, "en", encoder).sync(passages(text))
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    client.close()
    written += b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for canary in ("berta", "muster", "123 45 67", "copperkettle", "ask-berta"):
        assert canary.encode() not in written.lower()
    assert not [part for part in encoder.encoded if "example.ch" in part or "123 45" in part]


def test_an_empty_index_finds_nothing(tmp_path: Path):
    client = open_store(tmp_path)
    index = VectorIndex(client, "en", TrigramEncoder())
    assert index.sync(()) == IndexReport()
    assert index.nearest("anything", 5) == {}
    client.close()
