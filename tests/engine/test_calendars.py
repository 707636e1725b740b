"""Working days by the official Chinese calendar: holidays, make-up days, provisional years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import BEIJING, WorkCalendar, published_calendar
from engine.errors import CalendarNotCovered
from tests.engine.conftest import beijing

CALENDAR = published_calendar()


@pytest.mark.parametrize(
    "day",
    [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)],
)
def test_a_make_up_day_on_a_weekend_is_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 2, 17), date(2026, 5, 1), date(2026, 10, 1), date(2026, 9, 25)])
def test_a_holiday_is_not_worked(day: date) -> None:
    assert not CALENDAR.is_working_day(day)


def test_seven_working_days_from_7_may_2026_end_on_15_may() -> None:
    assert CALENDAR.add_working_days(beijing(2026, 5, 7), 7) == beijing(2026, 5, 15)


def test_five_working_days_before_spring_festival_2026_end_on_27_february() -> None:
    assert CALENDAR.add_working_days(beijing(2026, 2, 13), 5) == beijing(2026, 2, 27)


def test_the_day_of_receipt_does_not_count_even_late_in_the_evening() -> None:
    assert CALENDAR.add_working_days(beijing(2026, 3, 2, 23, 59), 1) == beijing(2026, 3, 3, 23, 59)


def test_a_moment_in_another_zone_is_counted_on_its_day_in_beijing() -> None:
    friday_evening_utc = datetime.fromisoformat("2026-03-06T17:00:00+00:00")  # Saturday 01:00 in Beijing

    assert CALENDAR.add_working_days(friday_evening_utc, 1) == beijing(2026, 3, 9, 1)


def test_the_end_of_a_day_is_its_last_second_in_beijing() -> None:
    assert CALENDAR.end_of_day(datetime.fromisoformat("2026-03-06T17:00:00+00:00")) == datetime(
        2026, 3, 7, 23, 59, 59, tzinfo=BEIJING
    )


def test_a_limit_that_ends_on_a_holiday_moves_to_the_next_working_day() -> None:
    assert CALENDAR.next_working_day(date(2026, 10, 1)) == date(2026, 10, 8)


def test_a_year_without_a_notice_is_refused_by_name() -> None:
    with pytest.raises(CalendarNotCovered) as raised:
        CALENDAR.add_working_days(beijing(2026, 12, 30), 5)

    assert raised.value.year == 2027


def test_a_provisional_year_is_counted_with_and_known_as_such() -> None:
    calendar = CALENDAR.with_provisional([2027])

    assert calendar.add_working_days(beijing(2026, 12, 31), 1) == beijing(2027, 1, 4)
    assert calendar.is_provisional(date(2026, 12, 31), date(2027, 1, 4))
    assert not calendar.is_provisional(date(2026, 1, 1), date(2026, 12, 31))


def test_counting_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.add_working_days(datetime(2026, 3, 2), 1)  # noqa: DTZ001


@given(start=st.dates(date(2020, 1, 1), date(2026, 6, 1)), days=st.integers(1, 60))
def test_counting_forward_and_back_agree(start: date, days: int) -> None:
    due = CALENDAR.add_working_days(datetime(start.year, start.month, start.day, 9, tzinfo=BEIJING), days)

    assert CALENDAR.is_working_day(due.date())
    assert CALENDAR.working_days_between(start, due.date()) == days


@given(start=st.dates(date(2020, 1, 1), date(2025, 12, 31)), days=st.integers(1, 40))
def test_one_more_day_is_never_earlier(start: date, days: int) -> None:
    at = datetime(start.year, start.month, start.day, 9, tzinfo=BEIJING)

    assert CALENDAR.add_working_days(at, days + 1) >= CALENDAR.add_working_days(at, days) + timedelta(days=1)


def test_a_plain_week_needs_no_entries() -> None:
    week = WorkCalendar(frozenset({2030}))

    assert week.add_working_days(beijing(2030, 1, 4), 1) == beijing(2030, 1, 7)
