"""What a wire format is to the house: how a caller's words come in, how a reply goes out, and what the other side can show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from orchestrator.events import Event


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What the other side can do with a reply.

    `streaming`: pieces of a message may be sent as they come; else whole messages. `choices` and `citations`: shown by the client
    (`native`), written under the message (`text`), or left out because the words already say them (`spoken`, `none`). `cards`: pictures
    with buttons. `markup`: what the text may hold. `length`: the longest message in characters. `speech`: the reply is heard, not read.
    """

    streaming: bool = True
    choices: Literal["native", "text", "spoken"] = "text"
    citations: Literal["native", "text", "none"] = "text"
    cards: bool = False
    markup: Literal["markdown", "plain"] = "markdown"
    length: int | None = None
    speech: bool = False


CHAT = Capabilities()
VOICE = Capabilities(choices="spoken", citations="none", markup="plain", speech=True)


class Rendering(Protocol):
    """One reply on the wire; made anew for each turn. Each method returns whole frames, ready to be sent."""

    def opening(self) -> Iterable[bytes]:
        """What is sent at once, before the turn has said anything."""
        ...

    def event(self, event: Event) -> Iterable[bytes]:
        """An event of the turn; most formats show only some."""
        ...

    def filler(self, text: str) -> Iterable[bytes]:
        """A few words said while a look-up takes long; part of what is heard, not of the record."""
        ...

    def closing(self) -> Iterable[bytes]:
        """The proper end of a reply that is complete."""
        ...

    def failure(self) -> Iterable[bytes]:
        """The end of a reply whose turn could not be stored: an error in the format's own shape, never words to be spoken."""
        ...
