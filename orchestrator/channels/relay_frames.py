"""The frames of ConversationRelay (Twilio; Telnyx speaks the same): what the carrier sends, as events, and our words as frames."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, cast

import phonenumbers
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from orchestrator.channels.line import BargeIn, Digit, Final, Floor, LineEvent, Partial, Played, Reason, Summary
from orchestrator.channels.locales import language_of, locale
from orchestrator.conversation import Language
from orchestrator.project.policy import Policy

DAY_MS = 86_400_000


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    """Milliseconds; they have been sent as numbers and as texts."""
    try:
        number = float(value) if isinstance(value, int | float | str) else -1.0
    except (ValueError, OverflowError):
        return None
    return int(number) if 0 <= number <= DAY_MS else None


def _is_final(value: object) -> bool:
    """Prompts are final unless they say that they are not."""
    return value is not False and not (isinstance(value, str) and value.casefold() == "false")


def _object(value: object) -> object:
    return cast("object", value) if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
"""Text that may be missing; what is none counts as missing."""


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Setup(_Frame):
    """The first frame of a session. `customParameters` are what the page that connected the call has set."""

    session_id: Text = Field(default="", alias="sessionId")
    call_sid: Text = Field(default="", alias="callSid")
    caller: Text = Field(default="", alias="from")
    called: Text = Field(default="", alias="to")
    direction: Text = ""
    parameters: Annotated[Mapping[str, object], BeforeValidator(_object)] = Field(
        default_factory=dict[str, object], alias="customParameters"
    )

    @property
    def phone(self) -> str:
        """The customer's number in E.164, "" when it is withheld or none."""
        number = self.called if self.direction.startswith("outbound") else self.caller
        try:
            parsed_number = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return ""
        is_known = phonenumbers.is_valid_number(parsed_number)
        return phonenumbers.format_number(parsed_number, phonenumbers.PhoneNumberFormat.E164) if is_known else ""

    def parameter(self, name: str) -> str:
        """A parameter as text, "" when it is missing or something else."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""


class _Prompt(_Frame):
    words: str = Field(alias="voicePrompt")
    lang: object = None
    last: Annotated[bool, BeforeValidator(_is_final)] = True

    def event(self) -> LineEvent:
        return (Final if self.last else Partial)(text=self.words, language=language_of(self.lang))


class _Dtmf(_Frame):
    digit: Annotated[str, Field(min_length=1, max_length=1)]

    def event(self) -> LineEvent:
        return Digit(key=self.digit)


class _Interrupt(_Frame):
    heard: Annotated[str | None, BeforeValidator(lambda value: value if isinstance(value, str) else None)] = Field(
        default=None, alias="utteranceUntilInterrupt"
    )
    milliseconds: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, alias="durationUntilInterruptMs")

    def event(self) -> LineEvent:
        return BargeIn(heard=self.heard, milliseconds=self.milliseconds)


class _Info(_Frame):
    name: Text = ""
    value: object = ""

    def event(self) -> LineEvent | None:
        speakers: Mapping[str, Literal["agent", "caller"]] = {"agentSpeaking": "agent", "clientSpeaking": "caller"}
        if self.name in speakers and self.value in ("on", "off"):
            return Floor(who=speakers[self.name], speaks=self.value == "on")
        if self.name == "tokensPlayed" and isinstance(self.value, str):
            return Played(text=self.value)
        return None


_HEARD: Mapping[str, type[_Prompt | _Dtmf | _Interrupt | _Info]] = {
    "prompt": _Prompt,
    "dtmf": _Dtmf,
    "interrupt": _Interrupt,
    "info": _Info,
}


class CarrierError(_Frame):
    """The carrier did not like a frame of ours."""

    description: Text = ""


@dataclass(frozen=True)
class Malformed:
    """A frame that cannot be read, and why; nothing of what was said is in it."""

    why: str


def parsed(text: str) -> LineEvent | Setup | CarrierError | Malformed | None:
    """What a frame says; None for kinds that mean nothing to us."""
    try:
        body: object = from_json(text)
    except ValueError:
        return Malformed("not JSON")
    if not isinstance(body, dict):
        return Malformed("not a JSON object")
    frame = cast("dict[str, object]", body)
    kind = frame.get("type")
    if not isinstance(kind, str):
        return Malformed("no type")
    try:
        if kind == "setup":
            return Setup.model_validate(frame)
        if kind == "error":
            return CarrierError.model_validate(frame)
        return _HEARD[kind].model_validate(frame).event() if kind in _HEARD else None
    except ValidationError as error:
        fields = sorted({str(entry["loc"][0]) for entry in error.errors() if entry["loc"]})
        return Malformed(f"{kind}: {', '.join(fields)} missing or of the wrong kind")


class RelayLine:
    """Makes ConversationRelay's frames."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def say(self, token: str, *, language: Language, last: bool = False, interruptible: bool = True) -> bytes:
        """A text token; the last one of a talk cycle is empty."""
        if last:
            return _frame(type="text", token=token, last=True)
        return _frame(
            type="text", token=token, last=False, lang=locale(language, self._policy), interruptible=interruptible, preemptible=False
        )

    def speak(self, language: Language) -> bytes:
        """Switches voice and transcription."""
        tag = locale(language, self._policy)
        return _frame(type="language", ttsLanguage=tag, transcriptionLanguage=tag)

    def transfer(self, summary: Summary) -> bytes:
        """Ends the session; the carrier then asks `/voice/action` whom to connect."""
        known = {
            "reasonCode": "live-agent-handoff",
            "reason": summary.reason,
            "conversation": summary.conversation_id,
            "ticket": summary.ticket_id,
            "language": summary.language,
        }
        return _frame(type="end", handoffData=json.dumps({name: value for name, value in known.items() if value}))

    def end(self, reason: Reason, conversation_id: str) -> bytes:
        """Ends the session."""
        return _frame(type="end", handoffData=json.dumps({"reasonCode": reason, "conversation": conversation_id}))


def _frame(**fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
