"""How the embedded brain speaks: reply texts per language, from `prompts/replies/<language>.yaml`.

Each text is a Jinja template in a sandbox; each key has one or more variants, so that a customer who asks three things does
not see the same opening three times.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2 import meta as jinja_meta
from jinja2.sandbox import SandboxedEnvironment

from orchestrator.conversation import Channel, Language
from orchestrator.errors import Mistake
from orchestrator.project.source import Document, mapping, read_yaml, texts

SECTIONS = ("engine", "slots", "tools", "refusals", "choices")

COMMON_VARIABLES = frozenset({"company", "name", "region", "channel"})
"""Provided to every reply: the company's name, the verified customer's name or '', the region, the channel."""

FILTERS = ("money", "day", "date", "time", "listed", "either", "number", "capitalize_first")
"""What a reply text may do with a value."""

_REASONS = (
    "customer_request",
    "low_confidence",
    "missing_knowledge",
    "policy_limit",
    "tool_failure",
    "repeated_failure",
    "frustration",
    "budget",
    "injection",
)
SENSITIVE_TOPICS = (
    "self_harm",
    "threat",
    "legal_action",
    "data_protection_request",
    "press",
    "bereavement",
    "vulnerable_customer",
    "discrimination",
    "fraud",
    "chargeback",
    "injury_or_safety",
    "minors",
    "hate",
)

ENGINE_REPLIES: Mapping[str, frozenset[str]] = {
    "disclosure": frozenset(),
    "greeting": frozenset(),
    "thanks": frozenset(),
    "goodbye": frozenset(),
    "nothing_pending": frozenset(),
    "clarify": frozenset({"options"}),
    "not_understood": frozenset(),
    "not_understood_again": frozenset({"options"}),
    "out_of_scope": frozenset(),
    "no_answer": frozenset(),
    "other_language": frozenset({"language"}),
    "opt_out": frozenset(),
    "apology": frozenset(),
    "broken_off": frozenset(),
    "offered": frozenset({"label"}),
    "form_cancelled": frozenset(),
    "form_resumed": frozenset({"label"}),
    "slot_not_found": frozenset(),
    "nothing_to_choose": frozenset(),
    "confirm_again": frozenset(),
    "confirm_expired": frozenset(),
    "next_request": frozenset({"label"}),
    "case_resumed": frozenset({"day", "subject", "summary", "status", "via"}),
    "verify_ask": frozenset(),
    "verify_ask_address": frozenset({"order_id"}),
    "verify_ask_order": frozenset(),
    "verify_failed": frozenset(),
    "verified": frozenset(),
    "code_sent": frozenset({"address", "minutes"}),
    "code_wrong": frozenset(),
    "escalated_open": frozenset({"minutes", "ticket_id"}),
    "escalated_closed": frozenset({"opens", "ticket_id"}),
    "ask_contact": frozenset(),
    "contact_noted": frozenset({"contact"}),
    **{f"refused.{reason}": frozenset[str]() for reason in ("message", "session", "later")},
    "yes": frozenset(),
    "no": frozenset(),
    "talk_to_human": frozenset(),
    "queued": frozenset({"label"}),
    "letter_opening": frozenset(),
    "offer_in_writing": frozenset({"title"}),
    "letter_closing": frozenset(),
    "filler": frozenset(),
    "still_there": frozenset(),
    "goodbye_silence": frozenset(),
    "voice_handover": frozenset(),
    "voice_failure": frozenset(),
    **{f"via.{channel}": frozenset[str]() for channel in get_args(Channel)},
    **{f"reason.{reason}": frozenset[str]() for reason in _REASONS},
    **{f"sensitive.{topic}": frozenset[str]() for topic in SENSITIVE_TOPICS},
}
"""Every key of the section `engine`, with the variables that its text may use beside the common ones."""


@dataclass(frozen=True, kw_only=True)
class Replies:
    """The reply texts of one language; keys are `section.name[.part]`."""

    language: Language
    document: Document
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def get(self, key: str) -> tuple[str, ...]:
        """The variants of a key; none when the key is not there."""
        return self.variants.get(key, ())


def read_replies(path: Path, language: Language, mistakes: list[Mistake]) -> Replies | None:
    """The reply texts of one file, or None after noting why it cannot be read."""
    document = read_yaml(path, mistakes)
    if document is None:
        return None
    variants: dict[str, tuple[str, ...]] = {}
    for section, body in mapping(document.value).items():
        if section not in SECTIONS:
            mistakes.append(document.mistake(f"unknown section {section!r}. Use {', '.join(SECTIONS)}", section))
            continue
        for name, value in mapping(body).items():
            children = mapping(value)
            found = {f"{section}.{name}.{part}": texts(item) for part, item in children.items()} or {f"{section}.{name}": texts(value)}
            variants.update({key: rows for key, rows in found.items() if rows})
    return Replies(language=language, document=document, variants=variants)


def sandbox(filters: Mapping[str, Callable[..., str]] | None = None) -> SandboxedEnvironment:
    """A template environment that refuses unknown variables and dangerous attributes; texts are plain, not HTML."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    for name, function in (filters or {}).items():
        environment.filters[name] = function
    return environment


def variables_of(text: str, environment: SandboxedEnvironment) -> set[str]:
    """The variables a template uses.

    Raises:
        TemplateSyntaxError: The template is not valid.
    """
    return jinja_meta.find_undeclared_variables(environment.parse(text))


__all__ = [
    "COMMON_VARIABLES",
    "ENGINE_REPLIES",
    "FILTERS",
    "Replies",
    "TemplateError",
    "TemplateSyntaxError",
    "read_replies",
    "sandbox",
    "variables_of",
]
