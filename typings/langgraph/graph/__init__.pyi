from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, Literal, TypeVar

from langgraph.graph.state import CompiledStateGraph

State = TypeVar("State")
Context = TypeVar("Context")

START: Final = "__start__"
END: Literal["__end__"]

class StateGraph(Generic[State, Context]):
    def __init__(self, state_schema: type[State], context_schema: type[Context]) -> None: ...
    def add_node(self, node: str, action: Callable[[State], Awaitable[Any]]) -> None: ...
    def add_edge(self, start_key: str, end_key: str) -> None: ...
    def compile(self) -> CompiledStateGraph[State, Context]: ...
