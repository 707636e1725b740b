"""建议型投诉: passed on in 24 hours, reported in 5 working days, reviewed in 2 working days."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendars import BEIJING
from tests.plans.walk import Walk


def beijing(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=BEIJING)


def at_department(constructive: str = "no") -> Walk:
    walk = Walk("suggestion").do("thank_complainant")
    walk.pass_time(hours=3)
    return walk.do("pass_on").do("consider", is_constructive=constructive)


def at_review() -> Walk:
    return at_department().do("write_report")


def test_a_suggestion_travels_from_thanks_to_closing():
    walk = at_review().do("review_report", report_decision="approve").do("read_report", "give_feedback")
    walk.pass_until(walk.timer("visit_day")).do("visit", is_reached="yes", satisfaction="4").do(
        "review_case", needs_measure="no"
    )

    assert walk.end == "case_closed"


def test_it_is_passed_on_within_24_hours_of_receipt():
    walk = Walk("suggestion").do("thank_complainant")

    assert walk.due("pass_on") == beijing(3)
    assert walk.timer("pass_on_reminder") == beijing(3, 5)
    assert walk.pass_time(hours=24).task("pass_on_supervise").groups == ["总经理"]


def test_the_department_reports_within_5_working_days_of_the_handing_over():
    walk = at_department()

    assert walk.due("write_report") == beijing(9, 12)
    assert walk.timer("department_work_overdue") == beijing(9, 12)
    assert walk.timer("department_work_reminder") == beijing(6, 12)


def test_the_5_working_days_cover_all_the_work_of_the_department_and_not_only_the_report():
    walk = Walk("suggestion").do("thank_complainant", "pass_on")

    walk.pass_until(beijing(9))

    assert set(walk.open()) == {"consider", "department_work_supervise"}


def test_a_constructive_suggestion_is_thanked_for_in_person():
    assert at_department("yes").open() == ["thank_in_person"]
    assert at_department("no").open() == ["write_report"]


def test_the_report_is_reviewed_within_2_working_days():
    walk = at_review()

    assert walk.due("review_report") == beijing(4, 12)
    assert walk.timer("review_report_reminder") == beijing(3, 12)
    assert walk.pass_until(beijing(4, 12)).task("review_report_supervise").groups == ["总经理"]


def test_a_report_sent_back_twice_comes_again_with_5_working_days():
    walk = at_review()
    for _ in range(2):
        walk.do("review_report", report_decision="return")
        assert walk.timer("department_work_overdue") == beijing(9, 12)
        walk.do("consider", "write_report", is_constructive="no")

    assert walk.open() == ["review_report"]
    assert walk.variables["round"] == 3


@pytest.mark.parametrize(
    ("scope", "safety", "severity"),
    [("one_person", "no", "ordinary"), ("whole_unit", "no", "major"), ("one_department", "yes", "major")],
)
def test_severity_comes_from_the_table(scope, safety, severity):
    walk = Walk("suggestion").do("thank_complainant", scope=scope, is_about_safety=safety)

    assert walk.variables["severity"] == severity


def test_a_suggestion_that_is_a_complaint_after_all_becomes_one_under_the_same_number():
    walk = Walk("suggestion").tell("is_a_complaint")

    assert walk.open() == ["phone_complainant"]
    assert walk.machine.business_key == "TS"
