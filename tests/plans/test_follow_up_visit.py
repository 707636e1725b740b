"""回访: after 3 working days, satisfaction 1 to 5, three attempts, reopened once."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendars import BEIJING
from tests.plans.walk import Walk


def beijing(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=BEIJING)


def at_visit(**variables: int) -> Walk:
    walk = Walk("follow_up_visit", **variables)
    return walk.pass_until(walk.timer("visit_day"))


def test_the_visit_comes_3_working_days_after_the_handling_unless_the_plan_says_otherwise():
    assert Walk("follow_up_visit").timer("visit_day") == beijing(5)
    assert Walk("follow_up_visit", visit_after_days=5).timer("visit_day") == beijing(9)


@pytest.mark.parametrize("satisfaction", ["3", "4", "5"])
def test_three_and_more_are_satisfied(satisfaction):
    walk = at_visit().do("visit", is_reached="yes", satisfaction=satisfaction)

    assert walk.end == "visit_satisfied"
    assert walk.variables["must_reopen"] is False


@pytest.mark.parametrize("satisfaction", ["1", "2"])
def test_one_and_two_reopen_a_case_that_was_not_reopened_before(satisfaction):
    walk = at_visit().do("visit", is_reached="yes", satisfaction=satisfaction).do("arrange_reopening")

    assert walk.end == "visit_reopens"
    assert walk.variables["must_reopen"] is True


def test_a_case_reopened_before_is_explained_and_not_reopened_again():
    walk = at_visit(reopened_count=1).do("visit", is_reached="yes", satisfaction="1").do("explain_outcome")

    assert walk.end == "visit_explained"
    assert walk.variables["must_reopen"] is False


def test_whom_nobody_reaches_is_tried_three_times_on_different_working_days():
    walk = at_visit()
    days = []
    for _ in range(2):
        walk.do("visit", is_reached="no")
        days.append(walk.timer("next_attempt_day").day)
        walk.pass_until(walk.timer("next_attempt_day"))

    assert days == [6, 9]
    assert walk.do("visit", is_reached="no").end == "not_reached"


def test_a_late_visit_is_supervised_by_the_head_after_2_working_days():
    walk = at_visit()
    assert walk.timer("visit_reminder") == beijing(6)

    walk.pass_until(beijing(9))

    assert walk.task("visit_supervise").groups == ["客服部经理"]
