"""Sitemaps: pages from a saved folder or from their own site, never from elsewhere."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from orchestrator.retrieval.sources import Limits, Refused
from orchestrator.retrieval.sources.fetching import Site
from orchestrator.retrieval.sources.sitemap import addresses, saved_pages

MAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://shop.example/help/returns</loc></url><url><loc>https://shop.example/</loc></url>
<url><loc>https://elsewhere.example/x</loc></url><url><loc>https://shop.example/../../secret</loc></url></urlset>"""


class Pages(BaseHTTPRequestHandler):
    """Serves a page, a redirect elsewhere, a redirect here and a page without end."""

    def do_GET(self) -> None:
        places = {"/away": "http://169.254.169.254/latest", "/moved": "/page"}
        self.send_response(302 if self.path in places else 200 if self.path in {"/page", "/long"} else 404)
        if self.path in places:
            self.send_header("Location", places[self.path])
        self.end_headers()
        if self.path == "/page":
            self.wfile.write(b"<h1>Page</h1>")
        if self.path == "/long":
            self.wfile.write(b"x" * 5_000)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_pages_of_one_site_are_named():
    assert addresses(MAP, Limits())[:2] == ("https://shop.example/help/returns", "https://shop.example/")
    assert not any("elsewhere" in place for place in addresses(MAP, Limits()))


@pytest.mark.parametrize("data", [b"<a", b"<urlset/>", b'<!DOCTYPE a [<!ENTITY b "c">]><urlset><loc>x</loc></urlset>', b"\x1f\x8brest"])
def test_what_is_no_sitemap_is_refused(data: bytes):
    with pytest.raises(Refused):
        addresses(data, Limits())


def test_saved_pages_are_found_below_their_folder_only(tmp_path: Path):
    (tmp_path / "site/help").mkdir(parents=True)
    (tmp_path / "site/help/returns.html").write_text("<h1>Returns</h1>")
    (tmp_path / "site/index.html").write_text("<h1>Home</h1>")
    (tmp_path / "secret.html").write_text("<h1>Secret</h1>")
    returns, home, secret = saved_pages(addresses(MAP, Limits()), tmp_path / "site", Limits())
    assert (returns.read(), home.read()) == (b"<h1>Returns</h1>", b"<h1>Home</h1>")
    with pytest.raises(Refused, match="the folder has no page"):
        secret.read()


def test_an_address_inside_is_not_fetched_unless_allowed(host: str):
    with Site(host, Limits()) as site, pytest.raises(Refused, match="not a public address"):
        site.fetch(f"http://{host}/page")
    with Site(host, Limits(), private=True) as site:
        assert site.fetch(f"http://{host}/page") == b"<h1>Page</h1>"
        assert site.fetch(f"http://{host}/moved") == b"<h1>Page</h1>"


@pytest.mark.parametrize(
    ("path", "reason"), [("/away", "another place than"), ("/gone", "the site answers 404"), ("/long", "the page has more than")]
)
def test_a_page_that_leads_away_or_is_too_long_is_refused(host: str, path: str, reason: str):
    with Site(host, Limits(file_bytes=1_000), private=True) as site, pytest.raises(Refused, match=reason):
        site.fetch(f"http://{host}{path}")
