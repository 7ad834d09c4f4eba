"""What a turn, a conversation and a day may spend on models; a reached limit is an error that names it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from time import monotonic

from orchestrator.conversation import Spent
from orchestrator.errors import BudgetKind, BudgetScope, ModelBudgetSpent
from orchestrator.models.prices import Prices
from orchestrator.models.response import ModelResponse
from orchestrator.settings import Settings

KINDS: tuple[BudgetKind, ...] = ("calls", "tool_calls", "tokens", "seconds", "money")


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What may be spent within one scope; None: as much as wanted."""

    calls: int | None = None
    tool_calls: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    money: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The allowances of the three scopes."""

    turn: Allowance = Allowance(calls=6, tool_calls=12)
    conversation: Allowance = Allowance()
    day: Allowance = Allowance()


def limits_of(settings: Settings) -> Limits:
    """The limits of the settings."""
    return Limits(
        turn=Allowance(
            calls=settings.model_turn_calls,
            tool_calls=settings.model_turn_tool_calls,
            tokens=settings.model_turn_tokens,
            seconds=settings.model_turn_seconds,
            money=settings.model_turn_money,
        ),
        conversation=Allowance(tokens=settings.model_conversation_tokens, money=settings.model_conversation_money),
        day=Allowance(tokens=settings.model_day_tokens, money=settings.model_day_money),
    )


class DayAccount:
    """What was spent today (UTC), by all turns of a process; begin with what the store knows of the day."""

    def __init__(self, spent: Spent | None = None, day: date | None = None) -> None:
        self._spent = spent or Spent()
        self._day = day

    def spent(self, day: date) -> Spent:
        """What was spent on that day; a new day begins with nothing."""
        if self._day is None:
            self._day = day
        elif day != self._day:
            self._day, self._spent = day, Spent()
        return self._spent

    def add(self, day: date, spent: Spent) -> None:
        """Adds to a day."""
        self._spent = self.spent(day) + spent


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """What the scopes around a turn have spent before it. The day's account is shared and counts on."""

    conversation: Spent = field(default_factory=Spent)
    day: DayAccount | None = None


class Budget:
    """The budget of one turn, within its conversation's and the day's.

    Limits are looked at before each step and counted after it: the last step may go over, by what that one step takes; several turns at
    once may each take such a step.
    """

    def __init__(
        self, limits: Limits, prices: Prices, *, now: datetime, accounts: Accounts | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        self._limits = limits
        self._prices = prices
        self._today = now.date()
        accounts = accounts or Accounts()
        self._conversation = accounts.conversation
        self._day = accounts.day or DayAccount()
        self._clock = clock
        self._started = clock()
        self._spent = Spent()

    @property
    def spent(self) -> Spent:
        """What this turn has spent."""
        return self._spent

    @property
    def remaining_seconds(self) -> float | None:
        """What is left of the turn's time, which runs from the budget's making, tools included."""
        limit = self._limits.turn.seconds
        return None if limit is None else max(0.0, limit - (self._clock() - self._started))

    @property
    def remaining_tokens(self) -> int | None:
        """The least that is left in any scope."""
        left = [max(0, allowed.tokens - spent.tokens) for _, allowed, spent in self._scopes() if allowed.tokens is not None]
        return min(left, default=None)

    def before_call(self) -> None:
        """Asks whether a model may be called.

        Raises:
            ModelBudgetSpent: A limit is reached.
        """
        self._refuse_beyond(Spent(calls=1))

    def before_tools(self, count: int) -> None:
        """Asks whether that many tools may be called, and counts them.

        Raises:
            ModelBudgetSpent: A limit is reached; none is counted.
        """
        asked = Spent(tool_calls=count)
        self._refuse_beyond(asked)
        self._add(asked)

    def after_call(self, response: ModelResponse) -> None:
        """Counts a call that was answered."""
        money = self._prices.of(response.model, response.usage)
        self._add(Spent(calls=1, tokens=response.usage.total, seconds=response.seconds, money=money))

    def after_failure(self, seconds: float) -> None:
        """Counts a call that came to nothing."""
        self._add(Spent(calls=1, seconds=seconds))

    def _add(self, spent: Spent) -> None:
        self._spent += spent
        self._day.add(self._today, spent)

    def _scopes(self) -> tuple[tuple[BudgetScope, Allowance, Spent], ...]:
        return (
            ("turn", self._limits.turn, replace(self._spent, seconds=self._clock() - self._started)),
            ("conversation", self._limits.conversation, self._conversation + self._spent),
            ("day", self._limits.day, self._day.spent(self._today)),
        )

    def _refuse_beyond(self, asked: Spent) -> None:
        for scope, allowed, spent in self._scopes():
            for kind in KINDS:
                limit = getattr(allowed, kind)
                if limit is not None and _is_beyond(kind, limit, getattr(spent, kind), getattr(asked, kind)):
                    raise ModelBudgetSpent(scope, kind, limit)


def _is_beyond(kind: BudgetKind, limit: float, spent: float, asked: float) -> bool:
    """Steps are known beforehand and must fit; what a step takes is known afterwards, so something must be left for it."""
    if kind in ("calls", "tool_calls"):
        return bool(asked) and spent + asked > limit
    return spent >= limit
