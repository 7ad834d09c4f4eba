import pytest
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from orchestrator.channels.access import Access
from orchestrator.channels.signatures import is_from_carrier, public_base, signature
from orchestrator.channels.state import Public, Serving
from orchestrator.channels.streams import Drain
from orchestrator.runtime import Orchestrator
from tests.projects.tiny_house import SECRET

TOKEN = "12345"
FIELDS = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
)
pytestmark = pytest.mark.anyio


def connection(headers: dict[str, str], *, query: str = "", client: str = "203.0.113.9", kind: str = "http") -> HTTPConnection:
    return HTTPConnection(
        {
            "type": kind,
            "scheme": "ws" if kind == "websocket" else "http",
            "path": "/voice/relay",
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (client, 5),
            "server": ("testserver", 80),
        }
    )


@pytest.fixture
def serving(orchestrator: Orchestrator) -> Serving:
    public = Public(url="https://voice.example", twilio_auth_token=SecretStr(TOKEN))
    return Serving(orchestrator=orchestrator, access=Access(api_keys=(), staff_keys=(), secret=SECRET), drain=Drain(), public=public)


async def test_the_signature_is_the_carriers_own() -> None:
    assert signature(TOKEN, "https://mycompany.com/myapp.php?foo=1&bar=2", FIELDS) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("signed", "fields"),
    [
        ("wss://voice.example/voice/relay", ()),
        ("https://voice.example/voice/relay", ()),
        ("wss://voice.example:443/voice/relay", ()),
        ("wss://behind.example/voice/relay", ()),
        ("wss://voice.example/voice/relay?a=1&b=", ()),
        ("wss://voice.example/voice/relay", (("a", "1"), ("b", ""))),
    ],
)
async def test_an_address_by_which_we_are_known_may_be_signed(serving: Serving, signed: str, fields: tuple[tuple[str, str], ...]) -> None:
    query = "a=1&b=" if "a=1" in signed or fields else ""
    headers = {
        "host": "10.0.0.3:8080",
        "x-forwarded-host": "behind.example",
        "x-forwarded-proto": "https",
        "x-twilio-signature": signature(TOKEN, signed, fields),
    }
    assert is_from_carrier(connection(headers, query=query, kind="websocket"), serving)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-twilio-signature": ""},
        {"x-twilio-signature": "é"},
        {"x-twilio-signature": signature("another token", "wss://voice.example/voice/relay")},
        {"x-twilio-signature": signature(TOKEN, "wss://elsewhere.example/voice/relay")},
        {"x-twilio-signature": signature(TOKEN, "wss://voice.example/voice/relay", (("a", "1"),))},
        {"x-twilio-signature": signature(TOKEN, "wss://voice.example/voice/incoming")},
        {"x-twilio-signature": signature(TOKEN, "wss://[:::/voice/relay"), "x-forwarded-host": "[:::"},
    ],
    ids=["missing", "empty", "letters", "token", "host", "fields", "path", "malformed host"],
)
async def test_other_signatures_are_none(serving: Serving, headers: dict[str, str]) -> None:
    assert not is_from_carrier(connection({"host": "localhost", **headers}, client="127.0.0.1", kind="websocket"), serving)


@pytest.mark.parametrize(
    ("host", "client", "more", "believed"),
    [
        ("localhost:8080", "127.0.0.1", {}, True),
        ("localhost:8080", "203.0.113.9", {}, False),
        ("voice.example", "127.0.0.1", {}, False),
        ("localhost:8080", "127.0.0.1", {"origin": "https://evil.example"}, False),
    ],
    ids=["this machine", "elsewhere", "a name of somebody's", "a web page"],
)
async def test_without_a_token_this_machine_alone_is_believed(
    orchestrator: Orchestrator, host: str, client: str, more: dict[str, str], believed: bool
) -> None:
    house = Serving(orchestrator=orchestrator, access=Access(api_keys=(), staff_keys=(), secret=SECRET), drain=Drain())
    assert is_from_carrier(connection({"host": host, **more}, client=client), house) is believed


@pytest.mark.parametrize(
    ("configured", "headers", "base"),
    [
        ("https://voice.example/", {"host": "10.0.0.3"}, "https://voice.example"),
        ("https://voice.example/here", {"host": "10.0.0.3"}, "https://voice.example/here"),
        ("http://127.0.0.1:8080", {"host": "a", "x-forwarded-host": "b.example, c", "x-forwarded-proto": "https"}, "https://b.example"),
        ("http://127.0.0.1:8080", {"host": "127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ("", {"host": "d.example"}, "http://d.example"),
        ("", {"host": "<no>"}, "http://localhost"),
    ],
)
async def test_the_carrier_is_told_the_address_that_it_can_reach(configured: str, headers: dict[str, str], base: str) -> None:
    assert public_base(connection(headers), configured) == base
