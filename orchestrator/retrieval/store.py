"""The directory of an index: Chroma's collections, their manifests and the vectors encoded before."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.encoders import Encoder
from orchestrator.retrieval.cache import VectorCache
from orchestrator.retrieval.manifest import LAYOUT, IndexDamagedError, Manifest

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api import Collection as Vectors

DATABASES = ("chroma.sqlite3", "vectors.sqlite3")


class Store:
    """What `open_store` opens. It holds nothing that articles cannot rebuild, and no text."""

    def __init__(self, directory: Path, client: ClientAPI, cache: VectorCache) -> None:
        self.directory = directory
        self.cache = cache
        self._client = client

    def collection(self, name: str, encoder: Encoder) -> tuple[Vectors, Manifest, Path]:
        """The collection of a name under an encoder, its manifest and where that is written.

        Raises:
            IndexDamagedError: Another encoder made it, or it holds less than its manifest says.
        """
        label = re.sub(r"[^a-z0-9]+", "-", f"{name}-{encoder.name}".lower()).strip("-")
        path = self.directory / f"{label}.json"
        manifest = Manifest.read(path, encoder)
        if manifest.layout != LAYOUT or not path.exists():
            self._drop(label)
            manifest = Manifest.fresh(encoder)
        configuration: dict[str, dict[str, str | int]] = {
            "hnsw": {"space": "ip", "ef_search": 100, "ef_construction": 100, "max_neighbors": 16}
        }
        vectors = self._client.get_or_create_collection(label, embedding_function=None, configuration=configuration)
        if vectors.count() < len(manifest.entries):
            raise IndexDamagedError(self.directory, f"is damaged ({label} holds {vectors.count()} of {len(manifest.entries)} passages)")
        return vectors, manifest, path

    def close(self) -> None:
        """Lets go of the files."""
        self.cache.close()
        self._client.close()

    def _drop(self, label: str) -> None:
        from chromadb.errors import NotFoundError

        try:
            self._client.delete_collection(label)
        except NotFoundError:
            return


def open_store(directory: Path) -> Store:
    """The index in a directory, made when it is not there.

    Raises:
        IndexDamagedError: A file of it is damaged.
    """
    import chromadb
    from chromadb.config import Settings

    for name in DATABASES:
        if not _is_sound(directory / name):
            raise IndexDamagedError(directory, f"is damaged ({name} is no sound database)")
    directory.mkdir(parents=True, exist_ok=True)
    try:
        client = chromadb.PersistentClient(path=directory, settings=Settings(anonymized_telemetry=False))
    except Exception as error:  # whatever Chroma stumbles over in its own files
        raise IndexDamagedError(directory, f"cannot be opened ({type(error).__name__})") from error
    return Store(directory, client, VectorCache(directory / DATABASES[1]))


def clear_store(directory: Path, *, vectors_too: bool = False) -> None:
    """Removes an index so that it is built anew; what was encoded before is kept unless it is damaged or unwanted."""
    kept = directory / DATABASES[1]
    spared = not vectors_too and _is_sound(kept)
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        if spared and path.name.startswith(kept.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path)) as database:
            return database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return False
