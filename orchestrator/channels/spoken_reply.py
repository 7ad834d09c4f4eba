"""A turn's reply as it is spoken on a call: its words, and what the call must know of the turn besides."""

from collections.abc import Container, Iterable

from orchestrator.channels.utterance import Utterance
from orchestrator.conversation import Language
from orchestrator.events import Escalated, Event, IntentDetected, TextDelta, TurnStarted


class SpokenReply:
    """A `Rendering` whose frames are words in UTF-8: the line makes its own of them."""

    def __init__(self, utterance: Utterance, languages: Container[Language]) -> None:
        self._utterance = utterance
        self._languages = languages
        self._message = ""

    def opening(self) -> Iterable[bytes]:
        """Nothing: nobody is told that we think."""
        return ()

    def event(self, event: Event) -> Iterable[bytes]:
        """The words of a delta, and notes of what matters to the call."""
        utterance = self._utterance
        if isinstance(event, TurnStarted):
            utterance.turn_id = event.turn_id
            if utterance.is_closed:
                utterance.leave()
        elif isinstance(event, IntentDetected) and event.language in self._languages:
            utterance.language = event.language
        elif isinstance(event, Escalated):
            utterance.reason, utterance.ticket_id = event.reason, event.ticket_id
        elif isinstance(event, TextDelta):
            return (self._words(event).encode(),)
        return ()

    def filler(self, text: str) -> Iterable[bytes]:
        """A few words while a look-up takes long."""
        self._utterance.filler = f"{text} "
        return (self._utterance.filler.encode(),)

    def closing(self) -> Iterable[bytes]:
        """Nothing: the call closes its own utterances, as it may have something to add."""
        return ()

    def failure(self) -> Iterable[bytes]:
        """Nothing: the call says so in its own words."""
        return ()

    def _words(self, event: TextDelta) -> str:
        """Messages of one turn are spoken with a space between them."""
        is_next = self._message not in ("", event.message_id)
        self._message = event.message_id
        return f" {event.text}" if is_next and not event.text[:1].isspace() else event.text
