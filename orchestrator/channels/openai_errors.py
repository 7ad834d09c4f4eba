"""Errors as OpenAI's clients know them: `{"error": {"message", "type", "param", "code"}}`, and whether to try again."""

from fastapi import Response
from fastapi.responses import JSONResponse

from orchestrator.channels.problems import InvalidRequest, Problem
from orchestrator.channels.shapes import ShapedRoute

RETRYABLE = (408, 429, 503)
"""Nothing was accepted, or a request sent again finds its first answer. OpenAI's clients would also repeat a 409 and every 5xx."""
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


class Refused(Problem):
    """A field of the request asks for what there is not (400)."""

    def __init__(self, param: str, code: str, detail: str) -> None:
        super().__init__(400, code, detail)
        self.param = param


class OpenAIRoute(ShapedRoute):
    """A route with errors as OpenAI has them. What does not validate is a 400 there."""

    @staticmethod
    def shaped(problem: Problem) -> Response:
        """The error's response."""
        status = 400 if problem.status == 422 else problem.status
        headers = {**(problem.headers or {}), "x-should-retry": "true" if status in RETRYABLE else "false"}
        return JSONResponse({"error": body(problem)}, status, headers=headers)


def body(problem: Problem) -> dict[str, str | None]:
    """What stands under `error`, in a response as in the middle of a stream."""
    message, param = problem.detail, problem.param if isinstance(problem, Refused) else None
    if isinstance(problem, InvalidRequest) and problem.fields:
        first = problem.fields[0]
        message, param = f"{first['field'] or 'body'}: {first['problem']}", first["field"] or None
    kind = "server_error" if problem.status >= 500 else _TYPES.get(problem.status, "invalid_request_error")
    return {"message": message, "type": kind, "param": param, "code": problem.code}
