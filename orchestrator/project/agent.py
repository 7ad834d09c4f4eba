"""Agents and their intents, as a project declares them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.project.tool import Tool


@dataclass(frozen=True)
class Intent:
    """Something a customer wants of an agent.

    Args:
        name: The key of its examples in `agents/intents/<agent>.yaml`.
        action: The tool that does it; its open slots become a form.
        topics: The folders of `knowledge/` that answer it, when there is no action, or its object is not known.
        opens_case: An unfinished turn of it is worth remembering as a case.
        offers: What its words offer next, by outcome or refusal code: a yes then goes to that intent.
    """

    name: str
    action: Tool | None = None
    topics: Sequence[str] = ()
    opens_case: bool = False
    offers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Agent:
    """One specialist: what it is for, what it can do, and whom it may hand over to.

    `tools` are those the agent may call beside the actions of its intents.
    """

    purpose: str
    intents: Sequence[Intent]
    handoffs: Sequence[str] = ()
    tools: Sequence[Tool] = ()
