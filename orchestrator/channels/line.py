"""A telephone line as the house knows it, whatever carrier is behind it: what is heard on it, and what may be sent down it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from orchestrator.conversation import Language

Reason = Literal["caller-silent", "desk-closed", "technical-failure", "reconnect"]


@dataclass(frozen=True, kw_only=True)
class Partial:
    """The caller is speaking; these are their words so far."""

    text: str
    language: Language | None = None


@dataclass(frozen=True, kw_only=True)
class Final:
    """The caller has spoken. `language`: what the carrier took it for."""

    text: str
    language: Language | None = None


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What the caller said last, understood better."""

    text: str
    language: Language | None = None


@dataclass(frozen=True, kw_only=True)
class Digit:
    """A key of the telephone."""

    key: str


@dataclass(frozen=True, kw_only=True)
class BargeIn:
    """The caller has cut us off. `heard`: the words that had been played by then, None when the carrier does not know."""

    heard: str | None = None
    milliseconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Played:
    """Words that have been played to the caller: the next ones, or all of this utterance so far."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Somebody begins or ends to be heard on the line."""

    who: Literal["agent", "caller"]
    speaks: bool


LineEvent = Partial | Final | Correction | Digit | BargeIn | Played | Floor


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What goes with a call that is handed to a colleague: ids and codes, nothing about the person."""

    conversation_id: str
    reason: str
    language: Language
    ticket_id: str = ""


class Line(Protocol):
    """Makes the frames of one carrier."""

    def say(self, token: str, *, language: Language, last: bool = False, interruptible: bool = True) -> bytes:
        """Words to be spoken; `last` closes what belongs together."""
        ...

    def speak(self, language: Language) -> bytes:
        """From here on the call is in this language, both ways."""
        ...

    def transfer(self, summary: Summary) -> bytes:
        """The end of our part of the call: a person takes it."""
        ...

    def end(self, reason: Reason, conversation_id: str) -> bytes:
        """The end of the call."""
        ...
