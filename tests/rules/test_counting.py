"""What counting by a rule gives: days and their ends, extensions, pauses, moves; the proof counts the same."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendars import BEIJING, published_calendar
from engine.checks.deadlines.reckoning import DAY, Clock
from engine.rules import Extension, Pause, Rule, received_day

CALENDAR = published_calendar()


def at(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), BEIJING)


def last(rule: Rule, start: datetime, **options) -> date:
    return rule.due(start, CALENDAR, **options).date()


@pytest.mark.parametrize(
    ("number", "unit", "received", "due"),
    [
        (7, "working days", "2026-05-07", "2026-05-15"),  # 消保法 第四十六条: 9 May is worked
        (15, "days", "2026-03-02", "2026-03-17"),
        (0, "days", "2026-03-02", "2026-03-02"),
        (5, "working days", "2026-02-13", "2026-02-27"),  # 14 February is worked, then nine days off
    ],
)
def test_the_day_of_receipt_does_not_count_and_make_up_days_do(number, unit, received, due):
    assert last(Rule("r", number, unit, "x"), at(received)) == date.fromisoformat(due)


def test_a_limit_that_ends_on_a_day_off_moves_only_where_the_rule_says_so():
    stays, moves = Rule("r", 15, "days", "x"), Rule("r", 15, "days", "x", moves=True)

    assert last(stays, at("2026-02-06")) == date(2026, 2, 21)
    assert last(moves, at("2026-02-06")) == date(2026, 2, 24)


def test_an_extension_is_added_before_the_end_moves():
    rule = Rule("r", 60, "days", "x", moves=True, extension=Extension(30, "days"))

    assert last(rule, at("2026-03-02"), extensions=1) == date(2026, 6, 1)  # the 31st of May is a Sunday


def test_a_pause_adds_the_days_it_took():
    pause = Pause(at("2026-03-05"), at("2026-03-12", 17))

    assert last(Rule("r", 15, "days", "x"), at("2026-03-02"), pauses=[pause]) == date(2026, 3, 24)
    assert last(Rule("r", 5, "working days", "x"), at("2026-03-02"), pauses=[pause]) == date(2026, 3, 16)


def test_hours_and_minutes_are_exact_paused_ones_too():
    start, pause = at("2026-03-02"), Pause(at("2026-03-02", 10), at("2026-03-02", 12))

    assert Rule("r", 24, "hours", "x").due(start, CALENDAR, pauses=[pause]) == start + timedelta(hours=26)
    assert Rule("r", 10, "minutes", "x").due(start, CALENDAR) == start + timedelta(minutes=10)


def test_the_rules_of_the_day_of_receipt_bind():
    assert received_day("2026-04-14T23:30:00+08:00", at("2026-05-01")) == date(2026, 4, 14)
    assert received_day("2026-04-14T23:30:00+00:00", at("2026-05-01")) == date(2026, 4, 15)
    assert received_day(None, at("2026-05-01")) == date(2026, 5, 1)
    assert received_day("someday", at("2026-05-01")) == date(2026, 5, 1)


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2026, 6, 1)),
    st.integers(0, DAY - 1),
    st.integers(0, 30),
    st.sampled_from(["days", "working days", "hours", "minutes"]),
    st.booleans(),
    st.integers(0, 2),
)
def test_the_fast_count_of_the_proof_is_that_of_the_rule(day, second, number, unit, moves, extensions):
    extension = Extension(3, unit if unit in ("hours", "minutes") else "working days")
    rule = Rule("r", number, unit, "x", moves=moves and unit == "days", extension=extension)
    clock = Clock(CALENDAR)
    start = datetime.combine(day, time(), BEIJING) + timedelta(seconds=second)

    counted = clock.as_datetime(clock.limit(rule, day.toordinal() * DAY + second, extensions))

    assert counted == rule.due(start, CALENDAR, extensions)
