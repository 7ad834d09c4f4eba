from datetime import date

import pytest

from orchestrator.connectors.business_days import add_business_days, subtract_business_days


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), 5, date(2026, 11, 27)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_weekends_do_not_count(day: date, count: int, expected: date) -> None:
    assert add_business_days(day, count) == expected


def test_counting_back_undoes_counting_on() -> None:
    assert subtract_business_days(add_business_days(date(2026, 11, 23), 7), 7) == date(2026, 11, 23)
