"""`/voice/incoming` and `/voice/action`: what the carrier is to do with a call before our relay has it, and after."""

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl

import anyio
from fastapi import APIRouter, Request, Response
from pydantic_core import from_json

from orchestrator.channels.bodies import BODY_LIMIT, BODY_SECONDS
from orchestrator.channels.calling import voice, welcome
from orchestrator.channels.locales import language_of, locale
from orchestrator.channels.problems import Problem
from orchestrator.channels.signatures import is_from_carrier, public_base
from orchestrator.channels.state import Serving, serving
from orchestrator.channels.twiml import Connection, connected, dismissed, ended, transferred
from orchestrator.conversation import Language

router = APIRouter(prefix="/voice", tags=["voice"])
FORM = "application/x-www-form-urlencoded"
FIELDS = 200
KEPT = ("conversation", "language")
"""What a webhook's own address may say of the call, and the call's session then knows."""


@router.post("/incoming", response_class=Response)
async def incoming(request: Request) -> Response:
    """A call comes in: the carrier greets the caller in our words and connects the call to the relay."""
    house = serving(request)
    form = await _form(request, house)
    asked = {name: request.query_params.get(name, "") for name in KEPT}
    language = language_of(asked["language"]) or house.orchestrator.house.policy.company.default_language
    words = welcome(house.orchestrator, language, form.get("CallSid", ""))
    return _connected(request, house, {**asked, "language": language, "welcomed": "true"}, words)


@router.post("/action", response_class=Response)
async def action(request: Request) -> Response:
    """The relay has ended: a person takes the call, the call is connected again, or it is over."""
    house = serving(request)
    form = await _form(request, house)
    left = _handoff(form.get("HandoffData", ""))
    language = language_of(left.get("language", "")) or house.orchestrator.house.policy.company.default_language
    reason = left.get("reasonCode", "")
    if reason == "reconnect":
        return _connected(request, house, {"conversation": left.get("conversation", ""), "language": language})
    if reason in ("caller-silent", "desk-closed"):
        return ended()
    has_failed = form.get("SessionStatus", "") == "failed" or reason == "technical-failure"
    if house.public.voice_transfer and (reason == "live-agent-handoff" or has_failed):
        return transferred(house.public.voice_transfer)
    return _dismissed(house, "voice_failure" if has_failed and reason == "" else "goodbye", language)


def _connected(request: Request, house: Serving, parameters: Mapping[str, str], words: str = "") -> Response:
    project = house.orchestrator.house.project
    language = language_of(parameters["language"]) or project.policy.company.default_language
    connection = Connection(
        base=public_base(request, house.public.url),
        language=locale(language, project.policy),
        languages=[locale(known, project.policy) for known in project.languages],
        welcome=words,
        parameters={name: value for name, value in parameters.items() if value},
    )
    return connected(connection)


def _dismissed(house: Serving, key: str, language: Language) -> Response:
    words = house.orchestrator.house.speaker.say(f"engine.{key}", voice(house.orchestrator, language, key))
    return dismissed(words, locale(language, house.orchestrator.house.policy))


def _handoff(data: str) -> Mapping[str, str]:
    """What we gave the relay's end to take along, as far as it came back whole."""
    try:
        found: object = from_json(data)
    except ValueError:
        return {}
    fields = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


async def _form(request: Request, house: Serving) -> Mapping[str, str]:
    """The form's fields, whose signature is right.

    Raises:
        Problem: It is not a small form (411, 413, 415), too slow (408), or not signed (403).
    """
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise Problem(411, "length_required", "Send the form with a Content-Length.")
    if len(length) > len(str(BODY_LIMIT)) or int(length) > BODY_LIMIT:
        raise Problem(413, "too_large", f"The form is too large. Send at most {BODY_LIMIT} bytes.")
    if length != "0" and request.headers.get("content-type", "").partition(";")[0].strip().casefold() != FORM:
        raise Problem(415, "unsupported_media_type", f"Send the body as {FORM}.")
    body = None
    with anyio.move_on_after(BODY_SECONDS):
        body = await request.body()
    if body is None:
        raise Problem(408, "too_slow", f"The form did not arrive within {BODY_SECONDS:g} seconds. Send it again.", {"Connection": "close"})
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise Problem(400, "invalid_form", "The form cannot be read. Send fields in UTF-8.") from None
    if not is_from_carrier(request, house, fields):
        raise Problem(403, "invalid_signature", "The signature is missing or wrong. Check TWILIO_AUTH_TOKEN and FILROUGE_PUBLIC_URL.")
    return dict(fields)
