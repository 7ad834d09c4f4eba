import pytest

from orchestrator.models.breaker import BreakerRules, CircuitBreaker
from tests.models.conftest import Hours


@pytest.fixture
def breaker(hours: Hours) -> CircuitBreaker:
    return CircuitBreaker(hours.clock())


def call(breaker: CircuitBreaker, *, fails: bool) -> None:
    assert breaker.admit()
    (breaker.failed if fails else breaker.succeeded)()


def test_five_failures_in_a_row_open_it(breaker: CircuitBreaker) -> None:
    for _ in range(4):
        call(breaker, fails=True)
    assert breaker.state == "closed"
    call(breaker, fails=True)
    assert (breaker.state, breaker.admit(), breaker.resting) == ("open", False, 10.0)


def test_half_of_twenty_calls_open_it(breaker: CircuitBreaker) -> None:
    for place in range(19):
        call(breaker, fails=place % 2 == 1)
    assert breaker.state == "closed"
    call(breaker, fails=True)
    assert breaker.state == "open"


def test_old_failures_are_forgotten(hours: Hours) -> None:
    breaker = CircuitBreaker(hours.clock(), BreakerRules(in_a_row=100))
    for _ in range(19):
        call(breaker, fails=True)
    hours.seconds += 31
    call(breaker, fails=True)
    assert breaker.state == "closed"


def test_after_its_rest_one_call_is_the_probe(breaker: CircuitBreaker, hours: Hours) -> None:
    breaker.rest(10)
    hours.seconds += 10
    assert breaker.state == "half_open"
    assert (breaker.admit(), breaker.admit()) == (True, False)
    breaker.succeeded()
    assert (breaker.state, breaker.admit(), breaker.admit()) == ("closed", True, True)


def test_a_probe_that_fails_opens_it_again(breaker: CircuitBreaker, hours: Hours) -> None:
    breaker.rest(10)
    hours.seconds += 10
    call(breaker, fails=True)
    assert (breaker.state, breaker.resting) == ("open", 10.0)


def test_a_probe_that_is_given_up_leaves_room_for_another(breaker: CircuitBreaker, hours: Hours) -> None:
    breaker.rest(10)
    hours.seconds += 10
    assert breaker.admit()
    breaker.abandoned()
    assert breaker.admit()


def test_a_success_between_breaks_the_row(breaker: CircuitBreaker) -> None:
    for fails in (True, True, True, True, False, True, True, True, True):
        call(breaker, fails=fails)
    assert breaker.state == "closed"


def test_dead_for_a_minute_it_lets_few_calls_wait_and_closes_soon_after(breaker: CircuitBreaker, hours: Hours) -> None:
    admitted = 0
    for _ in range(600):
        hours.seconds += 0.1
        if breaker.admit():
            admitted += 1
            breaker.failed()
    assert admitted <= 11
    recovered = hours.seconds
    while not breaker.admit():
        hours.seconds += 0.1
    breaker.succeeded()
    assert hours.seconds - recovered <= 15
    assert breaker.state == "closed"
