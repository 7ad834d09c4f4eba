"""Article bodies as sandboxed Jinja templates: the values of `agents/policy.yaml`, written as the reader's region writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from babel.lists import format_list
from jinja2 import StrictUndefined, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from orchestrator.project.amounts import format_amount, locale_of

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context

    from orchestrator.project.policy import Policy

SEPARATOR = " / "
Words = Mapping[str, Mapping[str, str]]
"""How a value of the policy is called, by language: `{"apple_pay": {"en": "Apple Pay", …}}`."""


class TemplateValueError(ValueError):
    """A template names or prints a policy value in a way that cannot be written; the text carries the remedy."""


class Rules:
    """One level of the policy's rules; reads `policy.returns.window_days` and refuses to be printed as a whole."""

    def __init__(self, values: Mapping[str, object], path: str = "policy") -> None:
        self._values = values
        self._path = path

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> object:
        if name not in self._values:
            close = get_close_matches(name, self._values, n=1)
            remedy = f"Did you mean {self._path + '.' + close[0]!r}?" if close else f"It has: {', '.join(map(str, self._values))}."
            raise TemplateValueError(f"unknown policy name {self._path + '.' + name!r}. {remedy}")
        value = self._values[name]
        if isinstance(value, Mapping):
            return Rules(cast("Mapping[str, object]", value), f"{self._path}.{name}")
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __str__(self) -> str:
        raise TemplateValueError(
            f"{self._path!r} is not one value. Name one of {', '.join(map(str, self._values))}, "
            "or add a filter: `| money` (amounts per currency), `| span` (from–to), `| here` (differs by region)."
        )

    def values(self) -> Mapping[str, object]:
        """The plain values of this level."""
        return self._values


class Filters:
    """What writes rules: each method is the filter of its name, and reads `region` and `language` from the rendering."""

    def __init__(self, policy: Policy, words: Words) -> None:
        self._words = words
        self._currencies = {name: region.currency for name, region in policy.regions.items()}
        self._default = self._currencies[policy.default_region]

    @pass_context
    def money(self, context: Context, value: object) -> str:
        """A rule with one amount per currency, in the region's currency; without a region, all of them."""
        region, language = _place(context)
        if not isinstance(value, Rules):
            raise TemplateValueError(f"`| money` cannot write {value!r}. Give it a rule with one amount per currency.")
        amounts = cast("Mapping[str, float]", value.values())
        if region is None:
            return SEPARATOR.join(format_amount(amount, currency, language) for currency, amount in amounts.items())
        currency = self._currencies.get(region, self._default)
        if currency not in amounts:
            raise TemplateValueError(
                f"there is no amount in {currency} for the region {region!r}. Write it inside {{% if region in [...] %}}, "
                "or restrict the article with `regions:`."
            )
        return format_amount(amounts[currency], currency, language, region)

    @pass_context
    def span(self, context: Context, value: object) -> str:
        """A rule with two bounds: `2–3`; the widest of all regions when there is neither the region nor a default."""
        found = _resolve(value, _place(context)[0])
        if isinstance(found, Mapping):
            bounds = [_bounds(item) for item in cast("Mapping[str, object]", found).values()]
            return _written(min(low for low, _ in bounds), max(high for _, high in bounds))
        return _written(*_bounds(found))

    @pass_context
    def here(self, context: Context, value: object) -> object:
        """The region's value of a rule that differs by region, or its default."""
        found = _resolve(value, _place(context)[0])
        if isinstance(found, Mapping):
            raise TemplateValueError("`| here` needs a `default`, or a value for every region, in agents/policy.yaml.")
        return found

    @pass_context
    def listed(self, context: Context, value: object) -> str:
        """Items as the language lists them: `a, b and c`."""
        region, language = _place(context)
        if not isinstance(value, (list, tuple)):
            raise TemplateValueError(f"`| listed` cannot list {value!r}. Give it a rule with several values.")
        items = [self._words.get(str(item), {}).get(language, str(item).replace("_", " ")) for item in cast("Sequence[object]", value)]
        return format_list(items, locale=locale_of(language, region))


def article_environment(policy: Policy, words: Words) -> Environment:
    """The environment in which article bodies are compiled."""
    # Autoescape stays off: the result is Markdown, whose HTML `pages.py` cleans.
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, finalize=_finalize, autoescape=False
    )
    filters = Filters(policy, words)
    named = cast("dict[str, object]", environment.filters)
    named.update(money=filters.money, span=filters.span, here=filters.here, listed=filters.listed)
    names = cast("dict[str, object]", environment.globals)
    names.clear()
    names["policy"] = Rules(policy.rules)
    return environment


def _place(context: Context) -> tuple[str | None, str]:
    return cast("str | None", context["region"]), cast("str", context["language"])


def _resolve(value: object, region: str | None) -> object:
    """The region's value of a rule that differs by region; the mapping itself when there is neither the region nor a default."""
    if not isinstance(value, Rules):
        return value
    values = value.values()
    if region is not None and region in values:
        return values[region]
    return values.get("default", values)


def _bounds(value: object) -> tuple[float, float]:
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[float]", value)
        return items[0], items[-1]
    if not isinstance(value, (int, float)):
        raise TemplateValueError(f"`| span` cannot write {value!r}. Give it a rule with two bounds.")
    return value, value


def _written(low: float, high: float) -> str:
    return str(low) if low == high else f"{low}–{high}"


def _finalize(value: object) -> object:
    if isinstance(value, (list, tuple, dict)) or value is None:
        raise TemplateValueError(f"{value!r} cannot be printed as it is. Add a filter: `| span`, `| listed` or `| money`.")
    return str(value) if isinstance(value, Rules) else value


HEADING_WITH_VALUE = re.compile(r"^#{1,6} .*(\{\{|\{%)", re.MULTILINE)
"""A heading whose anchor would differ by region or change with the policy."""
