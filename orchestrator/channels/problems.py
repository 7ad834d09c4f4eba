"""Errors as `application/problem+json` (RFC 9457): a stable code, a text with the remedy, and nothing of what was sent."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from orchestrator.errors import ConversationError, ConversationNotFound, IdentityError, MessageRefused, ToolError

UNAVAILABLE = (OperationalError, InterfaceError, NoConnection, ToolError, TimeoutError)
"""The store or a connector cannot be reached, is full or too slow: nothing was accepted, and later it may be."""
SHOWN_NAME = 64
log = structlog.get_logger()


class Problem(Exception):
    """A request cannot be met: status, stable code, and what to do about it."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


def problem(status: int, code: str, detail: str, **more: object) -> JSONResponse:
    """The response of a problem."""
    body = {
        "type": f"urn:filrouge:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(Problem, _raised)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ConversationError, _refused)
    app.add_exception_handler(IdentityError, _refused)
    for kind in UNAVAILABLE:
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


async def _raised(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 registered for this type
    response = problem(error.status, error.code, error.detail)
    response.headers.update(error.headers or {})
    return response


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 registered for this type
    if any(entry["type"] == "json_invalid" for entry in error.errors()):
        return problem(400, "invalid_json", "The body is not valid JSON. Send one JSON object.")
    fields = [{"field": _name(entry["loc"][1:]), "problem": str(entry["msg"])} for entry in error.errors()]
    return problem(422, "invalid_request", "The request does not fit. See `errors`.", errors=fields)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 registered for this type
    phrase = HTTPStatus(error.status_code).phrase
    response = problem(error.status_code, phrase.lower().replace(" ", "_"), f"{phrase}. See /docs for what there is.")
    response.headers.update(error.headers or {})
    return response


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return refusal(error)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.error("unavailable", path=request.url.path, error=type(error).__name__, exc_info=error)
    response = problem(503, "unavailable", "Something we depend on is not available. Try again in a few seconds.")
    response.headers["Retry-After"] = "5"
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    return problem(500, "internal", "Something failed on our side. Try again; if it stays, tell us the time and the path.")


def refusal(error: Exception) -> JSONResponse:
    """The response to one of the engine's own refusals."""
    if isinstance(error, MessageRefused):
        return problem(422, "message_refused", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if isinstance(error, IdentityError):
        return problem(401, "invalid_token", "The token is not valid. Ask the site that signed it for a new one.")
    if isinstance(error, ConversationNotFound):
        return not_found()
    return problem(409, "conflict", f"{str(error)[:1].upper()}{str(error)[1:]}.")


def _name(place: tuple[int | str, ...]) -> str:
    """A field's path; names that a client made up are cut and made valid Unicode."""
    return ".".join(str(part) for part in place)[:SHOWN_NAME].encode("utf-8", "replace").decode()


def not_found() -> JSONResponse:
    """The same answer for what is missing and for what belongs to somebody else."""
    return problem(404, "not_found", "There is nothing here for this caller.")
