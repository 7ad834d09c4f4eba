from collections.abc import AsyncIterator, Sequence
from typing import Generic, TypeVar

State = TypeVar("State")
Context = TypeVar("Context")

class CompiledStateGraph(Generic[State, Context]):
    def astream(
        self, input: State, *, context: Context, stream_mode: Sequence[str], config: dict[str, object] | None = None
    ) -> AsyncIterator[tuple[str, object]]: ...
