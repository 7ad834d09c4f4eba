import re
from pathlib import Path

import httpx
import pytest

from orchestrator.server import app

pytestmark = pytest.mark.anyio


async def test_the_api_describes_itself_without_a_foreign_host(api: httpx.AsyncClient) -> None:
    page = await api.get("/docs")
    assert page.status_code == 200
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert "/openapi.json" in links
    for link in links:
        assert link.startswith("/")
        found = await api.get(link)
        assert found.status_code == 200
        assert not re.findall(r"https?://(?!www\.w3\.org)", found.text)


async def test_the_docs_page_keeps_to_the_content_security_policy() -> None:
    pages = Path(str(app.PAGES))
    markup, script = (pages / "docs.html").read_text(), (pages / "docs.js").read_text()
    assert not re.findall(r"<script(?![^>]*src=)|<style|style=|\son\w+=", markup)
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


async def test_every_operation_is_in_openapi(api: httpx.AsyncClient) -> None:
    described = (await api.get("/openapi.json")).json()
    operations = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert operations == {
        ("post", "/v1/conversations/{conversation_id}/messages"),
        ("get", "/v1/conversations/{conversation_id}"),
        ("get", "/v1/conversations/{conversation_id}/events"),
        ("get", "/v1/tickets"),
        ("post", "/v1/tickets/{ticket_id}/reply"),
        ("post", "/v1/tickets/{ticket_id}/return"),
        ("get", "/v1/models"),
        ("get", "/v1/models/{name}"),
        ("post", "/v1/chat/completions"),
        ("post", "/v1/deep-chat"),
        ("post", "/ag-ui"),
        ("post", "/api/chat"),
        ("get", "/api/chat/{chat_id}"),
        ("get", "/api/chat/{chat_id}/stream"),
        ("post", "/voice/incoming"),
        ("post", "/voice/action"),
        ("get", "/v1/project"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }
    body = described["components"]["schemas"]["MessageIn"]
    assert body["required"] == ["text"]
    assert body["additionalProperties"] is False
    assert all(operation.get("summary") for methods in described["paths"].values() for operation in methods.values())
