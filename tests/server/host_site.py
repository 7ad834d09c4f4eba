"""A web site of somebody else's on this machine, whose pages call the service from their own origin."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class HostSite:
    """The site's origin, and its pages: what a path answers, as type and content."""

    origin: str = ""
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])


@contextmanager
def site() -> Generator[HostSite]:
    """The site, as long as the block lasts."""
    found = HostSite()

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = found.pages.get(self.path.partition("?")[0], ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        found.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()
