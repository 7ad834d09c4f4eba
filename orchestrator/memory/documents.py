"""Values of the engine as JSON documents and back; the only place that knows how a stored structure looks.

A field that is added later needs a default, so that documents written before it still read.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar, cast

from pydantic import TypeAdapter

from orchestrator.store.tables import JsonArray, JsonObject

Value = TypeVar("Value")


def write(value: object) -> JsonObject:
    """The document of one frozen dataclass: times as ISO 8601, amounts as text."""
    return cast("JsonObject", _adapter(type(value)).dump_python(value, mode="json"))


def write_all(values: Iterable[object]) -> JsonArray:
    """The documents of several; texts stay texts."""
    return [value if isinstance(value, str) else write(value) for value in values]


def read(kind: type[Value], document: JsonObject) -> Value:
    """The value of one document."""
    return _adapter(kind).validate_python(document)


def read_all(kind: type[Value], documents: Sequence[object]) -> tuple[Value, ...]:
    """The values of several documents, or texts."""
    return tuple(_adapter(kind).validate_python(document) for document in documents)


@cache
def _adapter(kind: type[Value]) -> TypeAdapter[Value]:
    return TypeAdapter(kind)
