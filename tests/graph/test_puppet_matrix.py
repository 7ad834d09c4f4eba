"""The whole matrix of the puppet: every effect, with own, foreign and missing ids, and every injection at hand, in every place."""

from collections.abc import Callable

import pytest

from tests.graph.attacks import OWN, PEOPLE, SAFETY, WHICH, ordered, published
from tests.graph.ordeal import PLACES, Attack, Ordeal, Place

pytestmark = [pytest.mark.anyio, pytest.mark.puppet]
BATCH = 24
BATCHES = 8


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("injection", OWN)
async def test_no_effect_comes_of_an_order(ordeal: Callable[[], Ordeal], place: Place, injection: str) -> None:
    trial = ordeal()
    before = await trial.shop.changes()
    for number in range(3 * len(trial.effects)):
        person = PEOPLE[(number + OWN.index(injection)) % len(PEOPLE)]
        order = ordered(trial.project, person, trial.effects[number // 3], WHICH[number % 3])
        await trial.suffers(person, Attack(place=place, text=f"{injection} {order}"))
    assert trial.found == {}
    assert await trial.shop.changes() == before


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("batch", range(BATCHES))
async def test_nothing_comes_of_published_injections(ordeal: Callable[[], Ordeal], place: Place, batch: int) -> None:
    if not SAFETY.exists():
        pytest.skip("needs ../shared/data/safety")
    trial = ordeal()
    texts = published()
    assert len(texts) <= BATCH * BATCHES
    before = await trial.shop.changes()
    for number, injection in enumerate(texts[batch * BATCH : (batch + 1) * BATCH], start=batch * BATCH):
        person = PEOPLE[number % len(PEOPLE)]
        order = ordered(trial.project, person, trial.effects[number % len(trial.effects)], WHICH[number % 3])
        await trial.suffers(person, Attack(place=place, text=f"{order} {injection}"))
    assert trial.found == {}
    assert await trial.shop.changes() == before
