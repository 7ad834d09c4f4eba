"""The pages a sitemap names, from a folder they were saved in or from their site, never from anywhere else."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from orchestrator.retrieval.sources.document import Limits, Refused
from orchestrator.retrieval.sources.importing import File

Fetch = Callable[[str], bytes]
ADDRESSES = 5_000
ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def addresses(data: bytes, limits: Limits) -> tuple[str, ...]:
    """The addresses of a sitemap, in order; those of other sites than the first one's are left out.

    Raises:
        Refused: It is no sitemap, or made to break readers.
    """
    if data.startswith(b"\x1f\x8b"):
        data = _unpacked(data, limits)
    if len(data) > limits.file_bytes or ENTITIES.search(data):
        raise Refused("the sitemap is too large or declares entities. Give a plain one.")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314  # declarations of entities were refused above
    except ElementTree.ParseError as error:
        raise Refused(f"it is no sitemap: {error}. Give the XML file.") from error
    found = [str(place.text or "").strip() for place in root.iter() if place.tag.rpartition("}")[2] == "loc"]
    if not found:
        raise Refused("the sitemap names no page. Give one with <loc> addresses.")
    site = urlsplit(found[0]).netloc
    return tuple(dict.fromkeys(address for address in found if urlsplit(address).netloc == site))[:ADDRESSES]


def _unpacked(data: bytes, limits: Limits) -> bytes:
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as packed:
            return packed.read(limits.file_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused("the packed sitemap is damaged. Save it again.") from error


def saved_pages(places: Sequence[str], folder: Path, limits: Limits) -> list[File]:
    """The pages as files of a folder that mirrors the site: `/a/b` is `a/b`, `a/b.html` or `a/b/index.html`."""

    def reading(address: str) -> Callable[[], bytes]:
        return lambda: _saved(address, folder, limits)

    return [File(source=address, read=reading(address), kind=".html") for address in places]


def live_pages(places: Sequence[str], fetch: Fetch) -> list[File]:
    """The pages of the site itself."""

    def reading(address: str) -> Callable[[], bytes]:
        return lambda: fetch(address)

    return [File(source=address, read=reading(address), kind=".html") for address in places]


def _saved(address: str, folder: Path, limits: Limits) -> bytes:
    place = unquote(urlsplit(address).path).strip("/")
    for choice in (place, f"{place}.html", f"{place}/index.html" if place else "index.html"):
        path = (folder / choice).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return limits.read(path)
    raise Refused(f"the folder has no page for it. Save it as {place or 'index'}.html.")
