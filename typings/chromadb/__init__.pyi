from pathlib import Path

from chromadb.api import ClientAPI
from chromadb.config import Settings

def PersistentClient(path: str | Path = ..., settings: Settings | None = ...) -> ClientAPI: ...
