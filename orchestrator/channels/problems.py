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
NOTHING_HERE = "There is nothing here for this caller."
log = structlog.get_logger()


class Problem(Exception):
    """A request cannot be met: status, stable code, and what to do about it."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


class InvalidRequest(Problem):
    """The request does not fit; `fields` says what of it."""

    def __init__(self, fields: list[dict[str, str]]) -> None:
        super().__init__(422, "invalid_request", "The request does not fit. See `errors`.")
        self.fields = fields


def not_stored() -> Problem:
    """The turn of a message that was accepted could not be stored."""
    return Problem(503, "not_stored", "The message is kept, but its answer could not be stored. Send it again.", {"Retry-After": "5"})


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
    for kind in (Problem, RequestValidationError, HTTPException, ConversationError, IdentityError, *UNAVAILABLE, Exception):
        app.add_exception_handler(kind, _handled)


async def _handled(request: Request, error: Exception) -> JSONResponse:
    found = logged(request, error)
    more = {"errors": found.fields} if isinstance(found, InvalidRequest) else {}
    response = problem(found.status, found.code, found.detail, **more)
    response.headers.update(found.headers or {})
    return response


def logged(request: Request, error: Exception) -> Problem:
    """What an error is to the caller; what is our fault goes to the log."""
    found = described(error)
    if isinstance(error, UNAVAILABLE):
        log.error("unavailable", path=request.url.path, error=type(error).__name__, exc_info=error)
    elif found.code == "internal":
        log.error("request failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    return found


def described(error: Exception) -> Problem:
    """What any error is to the caller: a problem with a code and a remedy."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        headers = dict(error.headers) if error.headers else None
        return Problem(error.status_code, phrase.lower().replace(" ", "_"), f"{phrase}. See /docs for what there is.", headers)
    if isinstance(error, ConversationError | IdentityError):
        return _refused(error)
    if isinstance(error, UNAVAILABLE):
        return Problem(503, "unavailable", "Something we depend on is not available. Try again in a few seconds.", {"Retry-After": "5"})
    return Problem(500, "internal", "Something failed on our side. Try again; if it stays, tell us the time and the path.")


def _invalid(error: RequestValidationError) -> Problem:
    if any(entry["type"] == "json_invalid" for entry in error.errors()):
        return Problem(400, "invalid_json", "The body is not valid JSON. Send one JSON object.")
    return InvalidRequest([{"field": _name(entry["loc"][1:]), "problem": str(entry["msg"])} for entry in error.errors()])


def _refused(error: ConversationError | IdentityError) -> Problem:
    """What one of the engine's own refusals is to the caller."""
    if isinstance(error, MessageRefused):
        return Problem(422, "message_refused", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if isinstance(error, IdentityError):
        return Problem(401, "invalid_token", "The token is not valid. Ask the site that signed it for a new one.")
    if isinstance(error, ConversationNotFound):
        return Problem(404, "not_found", NOTHING_HERE)
    return Problem(409, "conflict", f"{str(error)[:1].upper()}{str(error)[1:]}.")


def _name(place: tuple[int | str, ...]) -> str:
    """A field's path; names that a client made up are cut and made valid Unicode."""
    return ".".join(str(part) for part in place)[:SHOWN_NAME].encode("utf-8", "replace").decode()


def not_found() -> JSONResponse:
    """The same answer for what is missing and for what belongs to somebody else."""
    return problem(404, "not_found", NOTHING_HERE)
