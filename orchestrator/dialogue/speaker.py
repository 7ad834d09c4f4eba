"""The speaker: turns a reply key and its facts into words, varied, in the customer's language and region."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import Template
from jinja2.sandbox import SandboxedEnvironment

from orchestrator.conversation import Channel, Language
from orchestrator.dialogue.wording import Wording
from orchestrator.project.project import Project
from orchestrator.project.replies import Replies, sandbox


@dataclass(frozen=True, kw_only=True)
class Voice:
    """To whom, where and when a reply is said. `recent` are digests of what was said before, so that wording varies."""

    language: Language
    region: str
    channel: Channel
    now: datetime
    name: str = ""
    seed: str = ""
    recent: tuple[str, ...] = field(default=())


class Speaker:
    """Says replies with one project's texts."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def has(self, key: str, language: Language) -> bool:
        """Whether there is a text for the key."""
        return bool(self._replies(language).get(key))

    def say(self, key: str, voice: Voice, facts: Mapping[str, object] | None = None) -> str:
        """The text of a key.

        Raises:
            KeyError: There is no text for it (`filrouge check` finds that before a customer does).
        """
        variants = self._replies(voice.language).get(key)
        if not variants:
            raise KeyError(f"prompts/replies/{voice.language}.yaml has no text {key!r}")
        text = self._pick(key, variants, voice)
        return self.render(text, voice, facts or {})

    def render(self, text: str, voice: Voice, facts: Mapping[str, object]) -> str:
        """A template filled in."""
        timezone = ZoneInfo(self._project.policy.region(voice.region).timezone)
        today = voice.now.astimezone(timezone).date()
        environment = _environment(voice.language, voice.region, today)
        values: dict[str, object] = {
            "company": self._project.policy.company.name,
            "name": voice.name.split(" ")[0],
            "region": voice.region,
            "channel": voice.channel,
            **facts,
        }
        return _template(environment, text).render(values).strip()

    def labels(self, choice_type: str, value: str, language: Language) -> tuple[str, ...]:
        """A choice's label and the words by which customers say it."""
        return self._replies(language).get(f"choices.{choice_type}.{value}") or (value.replace("_", " "),)

    def digest(self, key: str, text: str) -> str:
        """A short mark of a key's variant, kept to avoid saying the same again."""
        return hashlib.sha256(f"{key}\0{text}".encode()).hexdigest()[:8]

    def said(self, key: str, voice: Voice) -> str:
        """The mark of the variant that `say` picks for this key now."""
        return self.digest(key, self._pick(key, self._replies(voice.language).get(key), voice))

    def _pick(self, key: str, variants: Sequence[str], voice: Voice) -> str:
        fresh = [text for text in variants if self.digest(key, text) not in voice.recent] or list(variants)
        number = int(hashlib.sha256(f"{voice.seed}\0{key}".encode()).hexdigest()[:8], 16)
        return fresh[number % len(fresh)]

    def _replies(self, language: Language) -> Replies:
        replies = self._project.replies
        return replies.get(language) or replies[self._project.policy.company.default_language]


@lru_cache(maxsize=64)
def _environment(language: Language, region: str, today: date) -> SandboxedEnvironment:
    return sandbox(Wording(language, region, today).filters())


@lru_cache(maxsize=4096)
def _template(environment: SandboxedEnvironment, text: str) -> Template:
    return environment.from_string(text)
