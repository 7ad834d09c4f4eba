"""When humans are at the desk, and when they are back."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from orchestrator.project.policy import Desk

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def opening(desk: Desk, day: int) -> tuple[time, time] | None:
    """The hours of a weekday (0 = Monday), or None when closed."""
    written = desk.hours.get(WEEKDAYS[day])
    if not written:
        return None
    start, _, end = written.partition("-")
    return time.fromisoformat(start), time.fromisoformat(end)


def is_open(desk: Desk, now: datetime) -> bool:
    """Whether somebody is there now."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    hours = opening(desk, local.weekday())
    return hours is not None and hours[0] <= local.time() < hours[1]


def next_opening(desk: Desk, now: datetime) -> datetime | None:
    """When the desk opens next, in its own time zone; None when it never does."""
    local = now.astimezone(ZoneInfo(desk.timezone))
    for ahead in range(8):
        day = local + timedelta(days=ahead)
        hours = opening(desk, day.weekday())
        if hours is None:
            continue
        start = datetime.combine(day.date(), hours[0], tzinfo=ZoneInfo(desk.timezone))
        if start > local:
            return start
    return None
