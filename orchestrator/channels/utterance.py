"""One talk cycle of ours on a call: what was said in it, how much of that was heard, and where to go on after a cough."""

from dataclasses import dataclass

import anyio

from orchestrator.conversation import Inbound, Language
from orchestrator.governance.evidence import sentences


@dataclass(kw_only=True, eq=False)
class Utterance:
    """A reply, or words of our own, from the first token to the last.

    Attributes:
        language: Of its words.
        inbound: The message that it answers; None for words of our own.
        turn_id: The turn whose record holds its words, "" before that has begun and for words of our own.
        before: What of the same record was heard in an earlier utterance.
        words: What we have to say, fillers too.
        sent: What of it has left.
        filler: What of it stands in no record. It always comes first.
        played: What the carrier says it has played.
        heard: What of the record was heard before the caller cut in; None when nobody did.
        is_running: Its turn is not over.
        is_replaced: Its message was misheard, and the right words have come.
        is_open: A word has left.
        is_closed: Nothing more is said in it.
        is_done: Its end has left.
        is_binding: The caller cannot cut it short.
        reason: Why a person takes over, "" when none does; `ticket_id` is what they take over.
        scope: In which its turn runs.
    """

    language: Language
    inbound: Inbound | None = None
    turn_id: str = ""
    before: str = ""
    words: str = ""
    sent: str = ""
    filler: str = ""
    played: str = ""
    heard: str | None = None
    is_running: bool = False
    is_replaced: bool = False
    is_open: bool = False
    is_closed: bool = False
    is_binding: bool = False
    reason: str = ""
    ticket_id: str = ""
    is_done: bool = False
    scope: anyio.CancelScope | None = None

    @property
    def recorded(self) -> str:
        """What of its words stands in the record."""
        return self.sent[len(self.filler) :]

    def leave(self) -> None:
        """Ends its turn, once that has begun."""
        if self.scope is not None and self.turn_id:
            self.scope.cancel()

    def play(self, text: str) -> None:
        """Notes what the carrier has played: the next words, or all up to now. Words of another utterance are passed over."""
        if letters(text) not in letters(self.sent):
            return
        self.played = text if letters(text).startswith(letters(self.played)) else f"{self.played} {text}".strip()

    def interrupt(self, reported: str | None) -> None:
        """Notes what was heard when the caller cut in: as reported, else as played, else all that was sent. The first report counts."""
        if self.heard is not None:
            return
        heard = self.played or self.sent if reported is None else reported
        recorded = heard[beginning(heard, letters(self.filler)) :]
        self.heard = self.before + (recorded.lstrip(" .,!?…") if self.filler else recorded)

    @property
    def is_whole(self) -> bool:
        """Whether all its words have left."""
        return not self.is_running and self.sent == self.words

    @property
    def has_more(self) -> bool:
        """Whether the caller cut in before they had heard all that there is to say."""
        return self.heard is not None and (bool(self.rest()) or (self.inbound is not None and not self.recorded))

    def rest(self) -> str:
        """What was not heard, from the beginning of the sentence in which the caller cut in; "" when nothing is left to say."""
        full = self.before + self.recorded
        if self.heard is None or not letters(full).startswith(letters(self.heard)):
            return ""
        cut = beginning(full, letters(self.heard))
        if not letters(full[cut:]):
            return ""
        end = 0
        for sentence in sentences(full):
            end += len(sentence)
            if end > cut and letters(full[cut:end]):
                return full[end - len(sentence) :]
        return ""


def letters(text: str) -> str:
    """Letters and digits alone, folded: players drop punctuation and change case."""
    return "".join(character.casefold() for character in text if character.isalnum())


def beginning(text: str, start: str) -> int:
    """Where in `text` those letters end; 0 when it does not begin with them, its length when it is only a part of them."""
    if start.startswith(letters(text)):
        return len(text) if start else 0
    if not letters(text).startswith(start):
        return 0
    left = len(start)
    for position, character in enumerate(text):
        if left <= 0:
            return position
        left -= len(letters(character))
    return len(text)
