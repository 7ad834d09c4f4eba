"""What a form wants next: ask, show a confirmation, call the tool, or give up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.conversation import Choice


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask for a slot; `retry` says that the last answer was none of the possibilities."""

    slot: str
    choices: tuple[Choice, ...] = ()
    retry: bool = False


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """Show what is about to happen and wait for a yes. `again` is a reply key said before it."""

    facts: Mapping[str, object]
    again: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """All is known (and confirmed where needed): call the tool."""

    arguments: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """A business rule says no before anything was asked in vain."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """The customer called it off; nothing was done."""


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """The same question was asked too often."""

    slot: str


Step = Ask | Confirm | Call | Refuse | Cancelled | Stuck
