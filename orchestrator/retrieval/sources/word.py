"""Word documents as Markdown, by way of the HTML that their styles mean."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from orchestrator.retrieval.sources.document import Limits, Refused, SourceDocument
from orchestrator.retrieval.sources.web import to_markdown

ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an encrypted document begins, and one of before 2007: a compound file instead of an archive."""


def read_word(data: bytes, source: str, limits: Limits) -> SourceDocument:
    """A DOCX document; its title is the first heading or title paragraph, else the file's name.

    Raises:
        Refused: It is encrypted, damaged, a bomb or of before 2007.
    """
    import mammoth
    from bs4 import BeautifulSoup

    if data.startswith(ENCRYPTED):
        raise Refused("it is encrypted or of before 2007. Save it as .docx without a password.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            limits.check_archive(archive, len(data))
        html = mammoth.convert_to_html(BytesIO(data), convert_image=mammoth.images.img_element(_no_image)).value
    except Refused:
        raise
    except Exception as error:  # a damaged document fails anywhere in the reader; each is refused and the others go on
        raise Refused(f"it is no readable Word document ({type(error).__name__}). Open it in Word and save it again.") from error
    page = BeautifulSoup(html, "html.parser")
    for image in page.find_all("img"):
        image.decompose()
    heading = page.find(["h1", "h2"])
    title = heading.get_text(" ", strip=True) if heading else ""
    if heading and title and not heading.find_previous(["p", "table", "ul", "ol"]):
        heading.decompose()
    markdown = limits.check_text(to_markdown(page))
    return SourceDocument(source=source, title=title or PurePosixPath(source).stem.replace("-", " ").replace("_", " "), markdown=markdown)


def _no_image(_image: object) -> dict[str, str]:
    return {}
