"""What models cost, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

from orchestrator.errors import SettingsError
from orchestrator.models.response import Usage

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Price:
    """Money per million tokens, in whatever currency the settings mean."""

    prompt: Decimal
    completion: Decimal
    cached: Decimal

    def of(self, usage: Usage) -> Decimal:
        """What a call cost."""
        fresh = max(0, usage.prompt - usage.cached)
        return (fresh * self.prompt + usage.cached * self.cached + usage.completion * self.completion) / MILLION


class Prices:
    """The prices of a deployment's models; an unlisted model costs nothing."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = prices

    @classmethod
    def read(cls, entries: tuple[str, ...]) -> Self:
        """The prices of `FILROUGE_MODEL_PRICES`: `name=prompt/completion` or `name=prompt/completion/cached`.

        Raises:
            SettingsError: An entry is malformed.
        """
        return cls(dict(_price(entry) for entry in entries))

    def of(self, model: str, usage: Usage) -> Decimal:
        """What a call of that model (`name` or `name@host`) cost."""
        price = self._prices.get(model) or self._prices.get(model.partition("@")[0])
        return price.of(usage) if price else Decimal(0)


def _price(entry: str) -> tuple[str, Price]:
    name, _, amounts = entry.rpartition("=")
    try:
        prompt, completion, *cached = (Decimal(amount) for amount in amounts.split("/"))
        price = Price(prompt=prompt, completion=completion, cached=cached[0] if cached else prompt)
    except (InvalidOperation, ValueError) as error:
        raise SettingsError(f"FILROUGE_MODEL_PRICES: {entry!r} is not `name=prompt/completion` or `…/cached`.") from error
    if not name or not all(amount.is_finite() and amount >= 0 for amount in (price.prompt, price.completion, price.cached)):
        raise SettingsError(f"FILROUGE_MODEL_PRICES: {entry!r} names no model, or no price.")
    return name, price
