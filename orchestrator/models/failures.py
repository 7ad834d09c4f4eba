"""What went wrong on the wire, as the engine's own errors: by meaning, not by library."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import openai

from orchestrator.errors import ModelCallFailed, ModelError, ModelRefused
from orchestrator.models.endpoint import ModelEndpoint

TRY_AGAIN = frozenset({408, 409, 425, 429})
FILTERED = frozenset({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})
TEXT_AT_MOST = 300


def failure_of(error: openai.OpenAIError, endpoint: ModelEndpoint, now: datetime) -> ModelError:
    """The engine's error for one of the SDK's. Its text holds no key and at most a few hundred characters of the endpoint's own words."""
    said = endpoint.hidden(str(error))[:TEXT_AT_MOST]
    if not isinstance(error, openai.APIStatusError):
        return ModelCallFailed(f"{endpoint.name}: no connection ({said})")
    status, text = error.status_code, f"{endpoint.name} answered {error.status_code}: {said}"
    if status in TRY_AGAIN or status >= 500:
        wait = retry_after(error.response.headers.get("retry-after-ms"), error.response.headers.get("retry-after"), now)
        return ModelCallFailed(text, status=status, retry_after=wait, retryable=error.code != "insufficient_quota")
    return ModelRefused(text, status=status, code=error.code or str(error.type or ""))


def retry_after(milliseconds: str | None, value: str | None, now: datetime) -> float | None:
    """The seconds an endpoint asks to wait, from `retry-after-ms` or `Retry-After` (seconds or an HTTP date); None when it does not say."""
    for text, unit in ((milliseconds, 0.001), (value, 1.0)):
        try:
            seconds = float(text or "") * unit
        except ValueError:
            continue
        return max(0.0, seconds) if math.isfinite(seconds) else None
    return _until(value, now)


def _until(value: str | None, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds())


def is_filtered(error: openai.OpenAIError) -> bool:
    """Whether a refusal comes from the provider's content filter: that is an answer, not a failure."""
    if not isinstance(error, openai.BadRequestError):
        return False
    inner = _member(error.body, "innererror")
    return bool({error.code, _member(inner, "code")} & FILTERED)


def _member(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
