"""Which conversation a caller means: no two clients say it the same way, so the known ways are tried in a fixed order."""

import hashlib
from collections.abc import Mapping
from typing import cast

HEADERS = ("x-session-id", "x-openwebui-chat-id")
LONGEST = 512
Body = Mapping[str, object]


def session_of(headers: Mapping[str, str], body: Body, native: str = "") -> str:
    """The caller's own name of the session, or "" when there is none (then the turn stands alone).

    The order: `X-Session-Id`, `X-OpenWebUI-Chat-Id`, `metadata.session_id`, `call.id` (Vapi), `session_id` beside the messages,
    `conversation`, `native` (what the format itself carries). Nothing is ever derived from the words: equal prompts of two callers
    would collide. Header names are lower case.
    """
    candidates = [headers.get(name, "") for name in HEADERS]
    candidates += [_inside(body, "metadata", "session_id"), _inside(body, "call", "id"), _text(body.get("session_id"))]
    conversation = body.get("conversation")
    candidates += [_text(conversation) or _inside(body, "conversation", "id"), native]
    return next((found for found in candidates if 0 < len(found) <= LONGEST), "")


def conversation_id(surface: str, tenant: str, session: str) -> str:
    """Our id of a caller's session: the same session of another surface or tenant is another conversation.

    `tenant` is whoever the key belongs to; keys themselves never appear, only in a digest.
    """
    digest = hashlib.sha256("\0".join((surface, tenant, session)).encode("utf-8", "replace")).hexdigest()
    return f"{surface}-{digest[:32]}"


def message_id(ordinal: int, text: str) -> str:
    """The id of a caller's message when the format has none: its place among the caller's messages, and its words.

    A client that sends a request again sends the same place and words, and gets the same answer instead of a second turn.
    """
    return f"{ordinal}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"


def token_of(headers: Mapping[str, str], body: Body) -> str | None:
    """The customer's signed token: `X-Customer-Token`, `metadata.customer_token`, or `token` beside the messages."""
    found = headers.get("x-customer-token") or _inside(body, "metadata", "customer_token") or _text(body.get("token"))
    return found or None


def object_of(value: object) -> Body:
    """A JSON object as it came; an empty one when the value is something else."""
    return cast("Body", value) if isinstance(value, Mapping) else {}


def _inside(body: Body, outer: str, inner: str) -> str:
    found = body.get(outer)
    return _text(cast("Body", found).get(inner)) if isinstance(found, Mapping) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
