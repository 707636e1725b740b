"""日常投诉: three levels, each handled by its own people, and a review by the head of the group."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendars import BEIJING
from tests.plans.walk import Walk

LEVELS = {
    "ordinary": {"is_injured": "no", "is_media_involved": "no", "impact": "one"},
    "major": {"is_injured": "no", "is_media_involved": "yes", "impact": "some"},
    "urgent": {"is_injured": "no", "is_media_involved": "yes", "impact": "many"},
}


def analysed(level: str) -> Walk:
    return Walk("daily_complaint").do("record_complaint").do("analyse", **LEVELS[level])


@pytest.mark.parametrize(
    ("level", "step", "role"),
    [
        ("ordinary", "solve", "客服人员"),
        ("major", "convene_departments", "投诉处理小组组长"),
        ("urgent", "launch_plan", "应急指挥小组组长"),
    ],
)
def test_each_level_goes_to_its_own_people(level, step, role):
    walk = analysed(level)

    assert walk.variables["severity"] == level
    assert walk.task(step).groups == [role]


def test_an_injury_is_always_urgent():
    walk = (
        Walk("daily_complaint")
        .do("record_complaint")
        .do("analyse", is_injured="yes", is_media_involved="no", impact="one")
    )

    assert walk.open() == ["launch_plan"]


def test_all_departments_take_part_in_an_urgent_case_before_the_solution_is_decided():
    walk = analysed("urgent").do("launch_plan", departments=["finance", "business", "logistics"])

    assert walk.open() == ["take_part"] * 3
    assert walk.do("take_part", "take_part", "take_part").open() == ["decide_solution"]


def test_the_analysis_is_due_in_4_hours_and_taking_part_in_2():
    walk = Walk("daily_complaint").do("record_complaint")

    assert walk.due("analyse") == datetime(2026, 3, 2, 13, tzinfo=BEIJING)
    assert analysed("urgent").do("launch_plan").due("take_part") == datetime(2026, 3, 2, 11, tzinfo=BEIJING)


@pytest.mark.parametrize(("level", "step"), [("major", "convene_departments"), ("urgent", "launch_plan")])
def test_an_ordinary_complaint_that_becomes_graver_moves_to_the_people_of_its_new_level(level, step):
    walk = analysed("ordinary").tell("case_turned", **LEVELS[level])

    assert walk.open() == [step]


def test_a_major_complaint_that_becomes_urgent_goes_to_command():
    walk = analysed("major").tell("case_turned", **LEVELS["urgent"])

    assert walk.open() == ["launch_plan"]


def test_a_change_that_leaves_the_level_as_it_is_leaves_the_work_as_it_is():
    assert analysed("ordinary").tell("case_turned", **LEVELS["ordinary"]).open() == ["solve"]


def test_a_result_that_is_not_adequate_is_analysed_again_each_time():
    walk = analysed("ordinary")
    for _ in range(2):
        walk.do("solve", "give_feedback").do("review_result", is_result_adequate="no").do(
            "analyse", **LEVELS["ordinary"]
        )

    assert walk.open() == ["solve"]
    assert walk.variables["review_rounds"] == 2


def test_an_adequate_result_and_a_satisfied_customer_close_the_case():
    walk = (
        analysed("major")
        .do("convene_departments", "carry_out_share", "give_feedback")
        .do("review_result", is_result_adequate="yes")
    )
    walk.pass_until(walk.timer("visit_day")).do("visit", is_reached="yes", satisfaction="5").do(
        "review_case", needs_measure="no"
    )

    assert walk.end == "case_closed"


@pytest.mark.parametrize("level", ["major", "urgent"])
def test_each_department_carries_the_solution_out_in_the_time_set_with_it(level):
    due = {"solution_due_at": "2026-03-06T18:00:00+08:00"}
    walk = analysed(level)
    if level == "major":
        walk.do("convene_departments", departments=["finance"], **due)
    else:
        walk.do("launch_plan", departments=["finance"]).do("take_part").do("decide_solution", **due)

    assert walk.open() == ["carry_out_share"]
    assert walk.due("carry_out_share") == datetime(2026, 3, 6, 18, tzinfo=BEIJING)
