from collections.abc import Callable
from typing import BinaryIO

from mammoth import images as images

class Result:
    value: str

def convert_to_html(fileobj: BinaryIO, *, convert_image: Callable[[object], list[object]] | None = None) -> Result: ...
