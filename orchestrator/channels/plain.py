"""A reply as one text, for formats that know nothing else: messages apart, sources and choices written under them."""

from orchestrator.channels.channel import Capabilities
from orchestrator.conversation import Choice, Citation
from orchestrator.events import ChoicesOffered, Cited, Event, HumanReplied, TextDelta


class Plain:
    """Gathers the text of one reply, piece by piece."""

    def __init__(self, can: Capabilities, public_url: str = "") -> None:
        """`public_url`: where the help centre is seen from outside; without it, sources are named and not linked."""
        self._can = can
        self._public_url = public_url.rstrip("/")
        self._message = ""
        self.text = ""

    def event(self, event: Event) -> str:
        """What the event adds to the text."""
        piece = ""
        if isinstance(event, TextDelta | HumanReplied):
            piece = self._apart(event.message_id) + event.text
        elif isinstance(event, Cited) and self._can.citations == "text":
            piece = f"\n\n{self._source(event.citation)}"
        elif isinstance(event, ChoicesOffered) and self._can.choices == "text":
            piece = "\n\n" + "\n".join(_line(choice) for choice in event.choices)
        self.text += piece
        return piece

    def _apart(self, message_id: str) -> str:
        joint = " " if self._can.speech else "\n\n"
        apart = joint if self.text and message_id != self._message else ""
        self._message = message_id
        return apart

    def _source(self, citation: Citation) -> str:
        name = f"{citation.title}: {citation.heading}" if citation.heading and citation.heading != citation.title else citation.title
        if self._can.markup == "markdown" and self._public_url:
            return f"[{name}]({self._public_url}{citation.url})"
        return f"({name})"


def _line(choice: Choice) -> str:
    return f"- {choice.label}"
