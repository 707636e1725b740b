"""Limits of rules in expressions: what they count, and what they say where there is no rule."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import feel
from engine.calendars import BEIJING, WorkCalendar
from engine.rules import Extension, Rule

CALENDAR = WorkCalendar(frozenset({2030}), holidays=frozenset({date(2030, 10, day) for day in (1, 2, 3)}))
RULES = {
    "sixty": Rule("sixty", 60, "days", "第三十四条", extension=Extension(30, "days")),
    "five": Rule("five", 5, "working days", "第二十四条"),
    "moving": Rule("moving", 2, "days", "第二十三条", moves=True),
    "day": Rule("day", 24, "hours", "模板"),
}
RECEIVED = datetime(2030, 9, 30, 9, 0, tzinfo=BEIJING)  # a Monday before three days off


def value(text: str, limits=lambda rule, at: RULES.get(rule)):
    return feel.compile(text).evaluate({"received_at": RECEIVED.isoformat()}, calendar=CALENDAR, limits=limits)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ('limit due("five", received_at)', date(2030, 10, 10)),
        ('limit due("sixty", received_at)', date(2030, 11, 29)),
        ('extended limit due("sixty", received_at)', date(2030, 12, 29)),
        ('limit due("moving", received_at)', date(2030, 10, 4)),
        ('limit due("five", date and time(received_at))', date(2030, 10, 10)),
    ],
)
def test_a_limit_in_days_ends_with_its_last_day(text, day):
    assert value(text).astimezone(BEIJING) == datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=BEIJING)


def test_a_limit_in_hours_ends_at_its_second():
    assert value('limit due("day", received_at)') == datetime(2030, 10, 1, 9, 0, tzinfo=BEIJING)


def test_a_limit_can_be_compared_and_counted_back_from():
    assert value('min(limit due("five", received_at), limit due("sixty", received_at)) - duration("P1D")').day == 9


@pytest.mark.parametrize("limits", [None, lambda rule, at: None])
def test_without_such_a_rule_there_is_no_moment_and_it_is_said(limits):
    text = 'limit due("nothing", received_at)'

    answer, notes = feel.compile(text).evaluate_explained({"received_at": RECEIVED.isoformat()}, calendar=CALENDAR)

    assert value(text, limits) is None
    assert answer is None
    assert "规则" in notes[0]
