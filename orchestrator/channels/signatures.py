"""Whether a request really comes from the telephone carrier: Twilio's signature over the address and the form's fields."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlsplit

import structlog
from starlette.requests import HTTPConnection

from orchestrator.channels.access import is_local, is_loopback
from orchestrator.channels.state import Serving

HEADER = "x-twilio-signature"
PORTS = {"https": 443, "http": 80}
ADDRESS = re.compile(r"https?://([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?(/[\w./~%-]*)?", re.IGNORECASE)
Fields = Sequence[tuple[str, str]]
log = structlog.get_logger()


def is_from_carrier(connection: HTTPConnection, serving: Serving, fields: Fields = ()) -> bool:
    """Whether the connection is signed with our token. Without a token, this machine alone is believed, and no web page on it."""
    token = serving.public.twilio_auth_token.get_secret_value()
    if not token:
        log.warning("no TWILIO_AUTH_TOKEN: calls are taken from this machine only", path=connection.url.path)
        return is_local(connection) and "origin" not in connection.headers
    given = connection.headers.get(HEADER, "").encode()
    query = tuple(parse_qsl(connection.url.query, keep_blank_values=True))
    found = [
        hmac.compare_digest(signature(token, url, signed).encode(), given)
        for base in _bases(connection, serving.public.url)
        for url, signed in _signed(base + connection.url.path, connection.url.query, (query, tuple(fields)))
    ]
    return any(found)


def signature(token: str, url: str, fields: Fields = ()) -> str:
    """Twilio's signature: base64 of the HMAC-SHA1 of the address followed by every field's name and value, sorted by name."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), text.encode("utf-8", "replace"), hashlib.sha1).digest()).decode()


def public_base(connection: HTTPConnection, configured: str) -> str:
    """The address under which the carrier reaches us: as configured, else as the proxy in front or the request itself says."""
    known = _known(connection, configured)
    return next((base for base in known if not is_loopback(urlsplit(base).hostname or "")), (*known, "http://localhost")[0])


def _signed(url: str, query: str, fields: tuple[Fields, Fields]) -> Iterator[tuple[str, Fields]]:
    """What may have been signed: handshakes are signed with their query as fields, requests with it in the address."""
    in_query, in_body = fields
    yield (f"{url}?{query}" if query else url), in_body
    if in_query:
        yield url, (*in_query, *in_body)


def _bases(connection: HTTPConnection, configured: str) -> Iterator[str]:
    """The addresses by which we may have been called: with the usual port and without, as a socket and as a request."""
    for base in _known(connection, configured):
        parts = urlsplit(base)
        port = f":{PORTS[parts.scheme]}"
        for url in {base, base.removesuffix(port), base if parts.port else base + port} if not parts.path else {base}:
            yield url
            yield url.replace("http", "ws", 1)


def _known(connection: HTTPConnection, configured: str) -> list[str]:
    """The configured address and the one that the headers tell, as far as they are addresses at all."""
    headers = connection.headers
    host = headers.get("x-forwarded-host", "").partition(",")[0].strip() or headers.get("host", "")
    scheme = headers.get("x-forwarded-proto", "").partition(",")[0].strip().casefold() or connection.url.scheme
    seen = f"{'https' if scheme in ('https', 'wss') else 'http'}://{host}"
    return [base for base in (configured.rstrip("/"), seen) if ADDRESS.fullmatch(base)]
