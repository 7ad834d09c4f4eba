from collections.abc import Callable
from typing import Generic, TypeVar

Context = TypeVar("Context")

class Runtime(Generic[Context]):
    context: Context
    stream_writer: Callable[[object], None]

def get_runtime(context_schema: type[Context]) -> Runtime[Context]: ...
