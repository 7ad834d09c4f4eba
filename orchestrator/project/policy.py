"""The policy of a project: `agents/policy.yaml`, typed where the engine reads it and open under `rules`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.conversation import Language, Money


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Strict):
    """Whose agents these are."""

    name: str
    languages: tuple[Language, ...]
    default_language: Language


class Region(_Strict):
    """A country the company sells in."""

    currency: str
    languages: tuple[Language, ...]
    timezone: str


class Desk(_Strict):
    """When humans are there; hours as `HH:MM-HH:MM` by English weekday name."""

    timezone: str
    hours: Mapping[str, str]
    answer_within_minutes: int
    email_within_hours: int


class RoutingCosts(_Strict):
    """What each kind of mistake costs, relative to one another."""

    misroute: float
    clarify: float
    escalate: float


class Routing(_Strict):
    """How sure the supervisor must be, and when it stops trying."""

    costs: RoutingCosts
    coverage: float = Field(gt=0.5, lt=1)
    clarify_at_most: int = Field(ge=2, le=5)
    ask_again_at_most: int = Field(ge=1, le=5)
    misunderstood_at_most: int = Field(ge=1, le=5)
    handoffs_at_most: int = Field(ge=1, le=5)


class IdentityRules(_Strict):
    """One-time codes and signed tokens."""

    code_digits: int = Field(ge=6, le=10)
    code_minutes: int = Field(ge=1, le=30)
    code_tries: int = Field(ge=1, le=10)
    token_hours: int = Field(ge=1, le=1)


class Policy(_Strict):
    """What the company promises and allows; `rules` is the company's own, read by tools, articles and replies."""

    company: Company
    regions: Mapping[str, Region]
    default_region: str
    desk: Desk
    routing: Routing
    identity: IdentityRules
    rules: Mapping[str, Any]

    def region(self, name: str) -> Region:
        """The region of that name, or the default region."""
        return self.regions.get(name) or self.regions[self.default_region]

    def region_for(self, language: Language) -> str:
        """The region of an unknown customer: the default one if it speaks the language, else the first that does."""
        if language in self.regions[self.default_region].languages:
            return self.default_region
        return next((name for name, region in self.regions.items() if language in region.languages), self.default_region)

    def rule(self, path: str, region: str = "") -> object:
        """The rule at a dotted path; one that differs by region (`{default: …, CH: …}`) is resolved.

        Raises:
            KeyError: There is no such rule.
        """
        value: object = self.rules
        for key in path.split("."):
            branch = _mapping(value)
            if key not in branch:
                raise KeyError(f"agents/policy.yaml has no rule {path!r}")
            value = branch[key]
        by_region = _mapping(value)
        return by_region.get(region, by_region["default"]) if "default" in by_region else value

    def number(self, path: str, region: str = "") -> int:
        """A whole-number rule (days, percent, pieces)."""
        return int(str(self.rule(path, region)))

    def words(self, path: str, region: str = "") -> tuple[str, ...]:
        """A rule that lists words."""
        return tuple(str(word) for word in cast("Sequence[object]", self.rule(path, region)))

    def span(self, path: str, region: str = "") -> tuple[int, int]:
        """A rule that is a range, both ends included."""
        first, last = cast("Sequence[int]", self.rule(path, region))
        return int(first), int(last)

    def money(self, path: str, currency: str) -> Money | None:
        """An amount in that currency; None when the rule has none (it does not apply there)."""
        amounts = _mapping(self.rule(path))
        if not amounts:
            raise KeyError(f"agents/policy.yaml: {path!r} is not an amount per currency")
        amount = amounts.get(currency)
        return None if amount is None else Money(amount=Decimal(str(amount)), currency=currency)


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
