"""When the desk is open, and when it opens next, in its own time zone, over clock changes too."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from orchestrator.governance.hours import is_open, next_opening
from orchestrator.project.policy import Desk

WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00")
ZURICH = Desk(timezone="Europe/Zurich", hours={**WEEK, "saturday": "09:00-16:00"}, answer_within_minutes=15, email_within_hours=24)
NEW_YORK = Desk(timezone="America/New_York", hours={"sunday": "01:30-12:00"}, answer_within_minutes=15, email_within_hours=24)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "open_now", "opens"),
    [
        ("2026-11-23T06:59", False, "2026-11-23T08:00+01:00"),
        ("2026-11-23T07:00", True, "2026-11-24T08:00+01:00"),
        ("2026-11-23T16:59", True, "2026-11-24T08:00+01:00"),
        ("2026-11-23T17:00", False, "2026-11-24T08:00+01:00"),
        ("2026-11-20T20:00", False, "2026-11-21T09:00+01:00"),
        ("2026-11-21T15:30", False, "2026-11-23T08:00+01:00"),
        ("2026-11-22T12:00", False, "2026-11-23T08:00+01:00"),
        ("2026-07-06T06:00", True, "2026-07-07T08:00+02:00"),
        ("2026-07-06T05:59", False, "2026-07-06T08:00+02:00"),
        ("2026-03-28T20:00", False, "2026-03-30T08:00+02:00"),
        ("2026-10-24T20:00", False, "2026-10-26T08:00+01:00"),
        ("2026-12-31T23:30", False, "2027-01-01T08:00+01:00"),
    ],
)
def test_the_desk_in_zurich_through_the_year(now: str, open_now: bool, opens: str) -> None:
    assert (is_open(ZURICH, utc(now)), next_opening(ZURICH, utc(now))) == (open_now, datetime.fromisoformat(opens))


@pytest.mark.parametrize(
    ("now", "open_now"),
    [
        ("2026-03-08T06:29", False),
        ("2026-03-08T06:30", True),
        ("2026-03-08T15:59", True),
        ("2026-03-08T16:00", False),
        ("2026-11-01T05:29", False),
        ("2026-11-01T05:30", True),
        ("2026-11-01T16:59", True),
        ("2026-11-01T17:00", False),
    ],
)
def test_a_desk_that_is_open_while_the_clock_changes(now: str, open_now: bool) -> None:
    assert is_open(NEW_YORK, utc(now)) is open_now


def test_the_same_moment_is_the_same_whatever_zone_it_is_given_in() -> None:
    moment = utc("2026-11-23T07:30")
    assert is_open(ZURICH, moment) is is_open(ZURICH, moment.astimezone(ZoneInfo("Asia/Tokyo"))) is True


def test_a_desk_that_never_opens_has_no_next_opening() -> None:
    closed = ZURICH.model_copy(update={"hours": {}})
    assert (is_open(closed, utc("2026-11-23T09:00")), next_opening(closed, utc("2026-11-23T09:00"))) == (False, None)


def test_a_desk_of_one_day_opens_again_in_a_week() -> None:
    weekly = ZURICH.model_copy(update={"hours": {"monday": "08:00-09:00"}})
    assert next_opening(weekly, utc("2026-11-23T07:30")) == datetime.fromisoformat("2026-11-30T08:00+01:00")
