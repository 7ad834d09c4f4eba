import httpx
import pytest

from orchestrator.channels.access import COOKIE, Access
from orchestrator.memory.tokens import issue_visitor
from orchestrator.runtime import Orchestrator
from tests.projects.tiny_house import NOW, PRICE, SECRET
from tests.server.service import ELSEWHERE, Service, running

pytestmark = pytest.mark.anyio

ACCESS = Access(api_keys=("api-key-1", "api-key-2"), staff_keys=("staff-key",), secret=SECRET)
CALLS = [
    ("POST", "/v1/conversations/c1/messages"),
    ("GET", "/v1/conversations/c1"),
    ("GET", "/v1/conversations/c1/events"),
]
STAFF_CALLS = [("GET", "/v1/tickets"), ("POST", "/v1/tickets/T-1001/reply"), ("POST", "/v1/tickets/T-1001/return")]
BODIES = {"messages": {"text": PRICE}, "reply": {"text": "Hello"}, "return": {"done": "refunded"}}


async def call(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    return await client.request(method, path, json=BODIES.get(path.rsplit("/", 1)[1]) if method == "POST" else None)


@pytest.mark.parametrize(("method", "path"), [*CALLS, *STAFF_CALLS])
async def test_with_keys_configured_nobody_calls_without_one(orchestrator: Orchestrator, method: str, path: str) -> None:
    async with running(orchestrator, ACCESS) as service:
        for caller in (service.client(), service.client(key="wrong"), service.client(key="api-key"), service.client(address=ELSEWHERE)):
            async with caller as client:
                response = await call(client, method, path)
                assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
                assert response.headers["www-authenticate"] == "Bearer"
                assert "api-key-1" not in response.text


async def test_a_key_opens_the_api_as_bearer_or_as_header(orchestrator: Orchestrator) -> None:
    async with running(orchestrator, ACCESS) as service, service.client(key="api-key-1", address=ELSEWHERE) as client:
        assert (await call(client, *CALLS[0])).status_code == 200
        del client.headers["authorization"]
        assert (await client.get("/v1/conversations/c1", headers={b"X-API-Key": "clé".encode()})).status_code == 401
        assert (await client.get("/v1/conversations/c1", headers={"X-API-Key": "api-key-1"})).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic api-key-1", "bearer\tapi-key-1", "Bearer api-key-1 x", "Bearer " + "x" * 9000]
)
async def test_a_malformed_authorization_is_refused(orchestrator: Orchestrator, header: str) -> None:
    async with running(orchestrator, ACCESS) as service, service.client() as client:
        assert (await client.get("/v1/conversations/c1", headers={"Authorization": header})).status_code == 401


@pytest.mark.parametrize(("method", "path"), STAFF_CALLS)
async def test_tickets_need_a_staff_key(orchestrator: Orchestrator, method: str, path: str) -> None:
    async with running(orchestrator, ACCESS) as service:
        async with service.client(key="api-key-1") as api:
            assert (await call(api, method, path)).status_code == 401
        async with service.client(visitor="visitor-one") as visitor:
            assert (await call(visitor, method, path)).status_code == 401
        async with service.client(key="staff-key") as staff:
            assert (await call(staff, method, path)).status_code in (200, 404)


async def test_with_api_keys_and_no_staff_keys_tickets_are_closed(orchestrator: Orchestrator) -> None:
    access = Access(api_keys=("api-key-1",), staff_keys=(), secret=SECRET)
    async with running(orchestrator, access) as service:
        for caller in (service.client(), service.client(key="api-key-1")):
            async with caller as client:
                assert (await client.get("/v1/tickets")).status_code == 401


@pytest.mark.parametrize(("method", "path"), [*CALLS, *STAFF_CALLS])
async def test_without_keys_only_this_machine_is_let_in(service: Service, method: str, path: str) -> None:
    async with service.client(address=ELSEWHERE) as stranger:
        assert (await call(stranger, method, path)).status_code == 401
    async with service.client(host="evil.example") as rebound:
        assert (await call(rebound, method, path)).status_code == 401
    async with service.client(address="::1", host="127.0.0.1:8080") as here:
        assert (await call(here, method, path)).status_code in (200, 404)


async def test_a_browser_gets_a_signed_cookie_that_no_script_can_read(service: Service) -> None:
    async with service.client(address=ELSEWHERE) as browser:
        first = await browser.get("/")
        cookie = first.headers["set-cookie"]
        assert {"HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
        assert (await call(browser, *CALLS[0])).status_code == 200
        assert "set-cookie" not in (await browser.get("/")).headers
    async with service.client(host="localhost") as https:
        https.base_url = "https://localhost"
        assert "Secure" in (await https.get("/")).headers["set-cookie"]


async def test_a_visitor_reaches_their_own_conversations_only(service: Service) -> None:
    async with service.client(visitor="visitor-one") as one, service.client(visitor="visitor-two") as two, service.client() as system:
        assert (await call(one, *CALLS[0])).status_code == 200
        assert (await call(one, *CALLS[1])).status_code == 200
        for method, path in CALLS:
            assert (await call(two, method, path)).status_code == 404
        assert (await call(system, *CALLS[1])).status_code == 200


async def test_a_visitor_does_not_reach_a_conversation_that_a_system_began(service: Service) -> None:
    async with service.client() as system, service.client(visitor="visitor-one") as visitor:
        await call(system, *CALLS[0])
        for method, path in CALLS:
            assert (await call(visitor, method, path)).status_code == 404


def forgeries() -> dict[str, str]:
    good = issue_visitor(SECRET, NOW, "visitor-one")
    return {
        "signature": good[:-1] + ("0" if good[-1] != "0" else "1"),
        "id": issue_visitor(SECRET, NOW, "visitor-two").replace("visitor-two", "visitor-one"),
        "unsigned": good.rpartition(".")[0],
        "other-secret": issue_visitor("another secret", NOW, "visitor-one"),
        "long": "x" * 5000,
        "empty": "",
    }


@pytest.mark.parametrize("forged", forgeries().values(), ids=forgeries().keys())
async def test_a_forged_visitor_cookie_is_worth_nothing(orchestrator: Orchestrator, forged: str) -> None:
    async with running(orchestrator, ACCESS) as service:
        async with service.client(visitor="visitor-one") as one:
            await call(one, *CALLS[0])
        async with service.client() as forger:
            forger.cookies.set(COOKIE, forged)
            for method, path in CALLS:
                assert (await call(forger, method, path)).status_code == 401


async def test_a_forged_cookie_is_replaced_by_a_good_one(service: Service) -> None:
    async with service.client() as browser:
        browser.cookies.set(COOKIE, "v1.visitor-one.1.0")
        assert COOKIE in (await browser.get("/")).headers["set-cookie"]


async def test_every_response_carries_the_security_headers(api: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/openapi.json", "/healthz", "/v1/conversations/c9", "/nowhere", "/static/docs.js", "/help/en"):
        headers = (await api.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


async def test_another_site_may_not_call_from_a_browser(api: httpx.AsyncClient) -> None:
    preflight = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = await api.options("/v1/conversations/c1/messages", headers=preflight)
    assert response.status_code == 405
    assert "access-control-allow-origin" not in response.headers
