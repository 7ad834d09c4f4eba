from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

class GetResult(TypedDict):
    ids: list[str]
    embeddings: NDArray[np.float32] | None

class QueryResult(TypedDict):
    ids: list[list[str]]
    distances: list[list[float]] | None

class Collection:
    name: str
    metadata: Mapping[str, str | int] | None
    def count(self) -> int: ...
    def get(self, *, ids: list[str], include: Sequence[Literal["embeddings"]]) -> GetResult: ...
    def upsert(self, *, ids: list[str], embeddings: NDArray[np.float32]) -> None: ...
    def delete(self, *, ids: list[str]) -> None: ...
    def query(
        self,
        *,
        query_embeddings: NDArray[np.float32],
        n_results: int,
        ids: list[str] | None = ...,
        include: Sequence[Literal["distances"]],
    ) -> QueryResult: ...

class ClientAPI:
    def get_or_create_collection(
        self,
        name: str,
        *,
        embedding_function: None,
        configuration: Mapping[str, Mapping[str, str | int]],
    ) -> Collection: ...
    def delete_collection(self, name: str) -> None: ...
    def list_collections(self) -> Sequence[Collection]: ...
    def close(self) -> None: ...
