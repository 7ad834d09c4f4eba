"""A reached limit is named, in every scope and of every kind."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orchestrator.errors import ModelBudgetSpent, SettingsError
from orchestrator.models import Accounts, Allowance, Budget, DayAccount, Limits, ModelResponse, Prices, Spent, Usage, limits_of
from orchestrator.settings import Settings
from tests.models.conftest import Hours
from tests.projects.tiny_house import NOW

PRICES = Prices.read(("m=1/4/0.25", "other=0/0"))
ANSWER = ModelResponse(model="m@host", usage=Usage(prompt=1000, completion=500, cached=200), seconds=2.0)


def budget(hours: Hours, limits: Limits, accounts: Accounts | None = None) -> Budget:
    return Budget(limits, PRICES, now=NOW, accounts=accounts, clock=lambda: hours.seconds)


def test_six_calls_and_twelve_tool_calls_make_a_turn(hours: Hours) -> None:
    turn = budget(hours, Limits())
    for _ in range(6):
        turn.before_call()
        turn.after_call(ANSWER)
    turn.before_tools(12)
    for step, kind in ((turn.before_call, "calls"), (lambda: turn.before_tools(1), "tool_calls")):
        with pytest.raises(ModelBudgetSpent) as caught:
            step()
        assert (caught.value.scope, caught.value.kind) == ("turn", kind)
    assert turn.spent == Spent(calls=6, tool_calls=12, tokens=9000, seconds=12.0, money=Decimal("0.01710"))


def test_tool_calls_that_do_not_all_fit_are_not_counted(hours: Hours) -> None:
    turn = budget(hours, Limits(turn=Allowance(tool_calls=3)))
    with pytest.raises(ModelBudgetSpent):
        turn.before_tools(4)
    turn.before_tools(3)


SMALL = [
    (Allowance(tokens=1500), "tokens"),
    (Allowance(money=Decimal("0.002")), "money"),
    (Allowance(calls=1), "calls"),
]


@pytest.mark.parametrize("scope", ["turn", "conversation", "day"])
@pytest.mark.parametrize(("allowance", "kind"), SMALL)
def test_each_scope_has_its_limits(hours: Hours, scope: str, allowance: Allowance, kind: str) -> None:
    given = {"turn": Allowance(), "conversation": Allowance(), "day": Allowance(), scope: allowance}
    turn = budget(hours, Limits(**given))
    turn.before_call()
    turn.after_call(ANSWER)
    with pytest.raises(ModelBudgetSpent, match=f"the {scope}'s limit of .* {kind} is reached") as caught:
        turn.before_call()
    assert (caught.value.scope, caught.value.kind, caught.value.retryable) == (scope, kind, False)


def test_the_turn_s_seconds_run_while_tools_do(hours: Hours) -> None:
    turn = budget(hours, Limits(turn=Allowance(seconds=30)))
    hours.seconds += 20
    turn.before_call()
    assert turn.remaining_seconds == 10
    hours.seconds += 10
    with pytest.raises(ModelBudgetSpent, match="seconds"):
        turn.before_call()


def test_failed_calls_count_too(hours: Hours) -> None:
    turn = budget(hours, Limits(turn=Allowance(calls=1)))
    turn.after_failure(3.0)
    with pytest.raises(ModelBudgetSpent):
        turn.before_call()


def test_turns_share_the_day_and_a_new_day_begins_with_nothing(hours: Hours) -> None:
    accounts = Accounts(day=DayAccount(Spent(tokens=8_000), NOW.date()))
    limits = Limits(day=Allowance(tokens=11_000))
    for _ in range(2):
        turn = budget(hours, limits, accounts)
        turn.before_call()
        turn.after_call(ANSWER)
    with pytest.raises(ModelBudgetSpent, match="the day's"):
        budget(hours, limits, accounts).before_call()
    Budget(limits, PRICES, now=NOW + timedelta(days=1), accounts=accounts).before_call()


def test_the_least_that_is_left_anywhere_is_what_is_left(hours: Hours) -> None:
    limits = Limits(turn=Allowance(tokens=5000), conversation=Allowance(tokens=10_000))
    turn = budget(hours, limits, Accounts(conversation=Spent(tokens=7_000)))
    assert turn.remaining_tokens == 3000
    turn.after_call(ANSWER)
    assert turn.remaining_tokens == 1500
    assert budget(hours, Limits()).remaining_tokens is None


def test_the_settings_say_the_limits() -> None:
    limits = limits_of(Settings(model_turn_calls=3, model_day_money=Decimal("2.50")))
    assert (limits.turn.calls, limits.turn.tool_calls, limits.day.money) == (3, 12, Decimal("2.50"))


def test_cached_tokens_have_their_price_and_an_unknown_model_costs_nothing() -> None:
    usage = Usage(prompt=1_000_000, completion=1_000_000, cached=400_000)
    assert PRICES.of("m", usage) == Decimal("4.7")
    assert PRICES.of("unknown@host", usage) == 0
    assert Prices.read(("m=2/0",)).of("m", usage) == 2


@pytest.mark.parametrize("entry", ["m", "m=1", "m=a/b", "=1/2", "m=-1/2", "m=NaN/2", "m=1/2/"])
def test_a_malformed_price_is_named(entry: str) -> None:
    with pytest.raises(SettingsError, match="FILROUGE_MODEL_PRICES"):
        Prices.read((entry,))
