"""Whatever fits the service's own description, and whatever just does not, is answered without an error of ours."""

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import given as forall
from hypothesis import settings as limits
from hypothesis import strategies as st
from requests import PreparedRequest, Request
from schemathesis import Case, GenerationMode

from orchestrator.server.app import create_app
from tests.fuzz.door import Asked, answered
from tests.server.service import Service

pytestmark = pytest.mark.anyio

EXAMPLES = 12
"""Of each mode, for each operation."""
HTTP = frozenset({"host", "content-length", "connection", "transfer-encoding", "expect", "upgrade"})
"""Headers that belong to the connection."""
TAKES_ANYTHING = frozenset({"/healthz", "/readyz", "/v1/models", "/v1/models/{name}", "/v1/project", "/voice/action", "/voice/incoming"})
"""Paths whose description leaves nothing that could be wrong."""
FITS, FITS_NOT = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def operations() -> Iterator[tuple[str, str, GenerationMode]]:
    """Every path, its methods, and what it can be sent."""
    described = create_app(cast("Any", None), cast("Any", None)).openapi()
    for path, methods in cast("Mapping[str, Mapping[str, object]]", described["paths"]).items():
        for method in methods:
            for mode in (FITS,) if path in TAKES_ANYTHING else (FITS, FITS_NOT):
                yield path, method.upper(), mode


@pytest.mark.parametrize(("path", "method", "mode"), tuple(operations()), ids=lambda part: str(getattr(part, "value", part)))
async def test_no_operation_fails(service: Service, path: str, method: str, mode: GenerationMode) -> None:
    described = schemathesis.openapi.from_dict(service.app.openapi())
    made: list[PreparedRequest] = []

    @limits(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @forall(cast("st.SearchStrategy[Case[Any]]", cast("Any", described[path][method]).as_strategy(generation_mode=mode)))
    def make(case: Case[Any]) -> None:
        made.append(Request(**case.as_transport_kwargs(base_url="http://localhost")).prepare())

    make()
    assert made
    for request in made:
        response = await answered(service.app, _asked(request))
        assert response.status < 500, (request.url, request.body, response.body)
        assert b"Traceback" not in response.body


def _asked(request: PreparedRequest) -> Asked:
    url = urlsplit(request.url or "")
    body = cast("str | bytes", request.body or b"")
    headers = [
        (name.lower().encode("latin-1"), value if isinstance(value, bytes) else value.encode("latin-1"))
        for name, value in request.headers.items()
        if name.lower() not in HTTP
    ]
    return Asked(
        path=unquote(url.path),
        method=request.method or "",
        query=url.query.encode(),
        headers=headers,
        body=body if isinstance(body, bytes) else body.encode(),
    )
