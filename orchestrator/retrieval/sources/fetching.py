"""Pages over the network for an import: one site, public addresses only, bounded in size, time and redirects."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from orchestrator.retrieval.sources.document import Limits, Refused

if TYPE_CHECKING:
    from httpx import Client

REDIRECTS = 3
SECONDS = 20.0
OK = 200


class Site:
    """Fetches pages of one host, http or https; a context manager.

    The name is resolved once per page and the connection goes to the address that was checked, so that a name which changes its
    mind reaches nothing inside.

    Args:
        host: Host, with its port if it has one.
        limits: The most bytes of a page.
        private: Also addresses that are not public (this machine, the own network): for a site that is not yet open.
    """

    def __init__(self, host: str, limits: Limits, *, private: bool = False) -> None:
        import httpx

        self._host = host.lower()
        self._limits = limits
        self._private = private
        self._client: Client = httpx.Client(follow_redirects=False, timeout=SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._client.close()

    def fetch(self, address: str) -> bytes:
        """The page's bytes.

        Raises:
            Refused: Another host, a private address, too large, too slow, or not there.
        """
        import httpx

        try:
            for _ in range(REDIRECTS + 1):
                status, location, body = self._get(address)
                if not location:
                    if status != OK:
                        raise Refused(f"the site answers {status}. Mend the page or its entry.")
                    return body
                address = urljoin(address, location)
        except httpx.HTTPError as error:
            raise Refused(f"it cannot be fetched ({type(error).__name__}). Try again, or give the saved pages with --saved.") from error
        raise Refused(f"it redirects more than {REDIRECTS} times. Name the page itself in the sitemap.")

    def _get(self, address: str) -> tuple[int, str, bytes]:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or parts.netloc.lower() != self._host:
            raise Refused(f"it leads to {parts.scheme}://{parts.netloc}, another place than {self._host}. Import that site on its own.")
        place = self._checked(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        target = parts._replace(netloc=f"[{place}]:{parts.port}" if parts.port else f"[{place}]")
        if ":" not in place:
            target = parts._replace(netloc=f"{place}:{parts.port}" if parts.port else place)
        headers = {"Host": parts.netloc, "User-Agent": "filrouge"}
        with self._client.stream("GET", target.geturl(), headers=headers, extensions={"sni_hostname": parts.hostname or ""}) as response:
            if response.is_redirect:
                return response.status_code, response.headers.get("location", ""), b""
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._limits.file_bytes:
                    raise Refused(f"the page has more than {self._limits.file_bytes // 1_000_000} MB. Split it.")
            return response.status_code, "", body

    def _checked(self, host: str, port: int) -> str:
        try:
            found = {str(row[4][0]).partition("%")[0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except OSError as error:
            raise Refused(f"the name {host!r} has no address. Check the sitemap.") from error
        inside = sorted(place for place in found if not ip_address(place).is_global)
        if inside and not self._private:
            raise Refused(f"{host!r} is {inside[0]}, which is not a public address. Allow it with --allow-private.")
        return sorted(found)[0]
