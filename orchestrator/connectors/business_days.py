"""Counting business days: Monday to Friday. Public holidays count as business days, since carriers differ on them."""

from datetime import date, timedelta


def add_business_days(day: date, count: int) -> date:
    """The day that is `count` business days after `day` (the next business day for 1, also from a weekend)."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day


def subtract_business_days(day: date, count: int) -> date:
    """The day that is `count` business days before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day
