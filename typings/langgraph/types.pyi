from collections.abc import Mapping
from typing import Generic, TypeVar

Target = TypeVar("Target", bound=str, covariant=True)

class Command(Generic[Target]):
    @property
    def goto(self) -> Target: ...
    @property
    def update(self) -> Mapping[str, object] | None: ...
    def __init__(self, *, goto: Target, update: Mapping[str, object] | None = None) -> None: ...
