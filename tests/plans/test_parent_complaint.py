"""家长投诉: the same day, 2 days, and 1, 3 or 7 days; lateness leads to accountability."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.calendars import BEIJING
from tests.plans.walk import Walk

RECEIVED = {
    "complaint_form": "complaint",
    "complaint_head": "quality",
    "reached_headquarters": "no",
    "caused_disorder": "no",
    "can_answer_now": "no",
    "is_repeated": "no",
    "involves_young_child": "no",
}


def beijing(day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=BEIJING)


def received(**answers: str) -> Walk:
    return Walk("parent_complaint").do("receive", **{**RECEIVED, **answers})


def at_coordination(**answers: str) -> Walk:
    return investigated(**answers).do("pass_on_slip")


def investigated(at_fault: str = "no", **answers: str) -> Walk:
    return received(**answers).do("fill_in_slip").do("investigate", is_service_at_fault=at_fault)


def test_what_can_be_answered_at_once_ends_with_a_reception_record():
    assert received(can_answer_now="yes").do("answer_now").end == "answered"


def test_the_investigation_is_finished_on_the_day_of_receipt():
    walk = received().do("fill_in_slip")

    assert walk.due("investigate") == beijing(2, 23, 59, 59)
    assert walk.pass_until(beijing(3, 0)).task("investigate_supervise").groups == ["校区主管"]


def test_the_slip_is_passed_on_within_2_days():
    walk = investigated()

    assert walk.due("pass_on_slip") == beijing(4)
    assert walk.timer("pass_on_slip_reminder") == beijing(3)


@pytest.mark.parametrize(
    ("answers", "days"),
    [
        ({"complaint_head": "safety"}, 1),
        ({}, 3),
        ({"complaint_form": "suggestion"}, 7),
        ({"complaint_form": "suggestion", "complaint_head": "safety"}, 1),
    ],
)
def test_coordination_takes_1_3_or_7_days(answers, days):
    assert at_coordination(**answers).due("coordinate") == beijing(2 + days)


def test_headquarters_means_that_the_campus_head_apologises_by_phone_first():
    walk = received(reached_headquarters="yes")

    assert walk.open() == ["apologise_by_phone"]
    assert walk.task("apologise_by_phone").groups == ["校区主管"]
    assert walk.due("apologise_by_phone") == beijing(2, 10)


@pytest.mark.parametrize("head", ["buildings", "safety"])
def test_buildings_and_safety_need_photographs(head):
    walk = received(complaint_head=head).do("fill_in_slip").do("investigate")

    assert walk.variables["photo_files"]


def test_materials_need_the_object_itself():
    assert received(complaint_head="materials").do("fill_in_slip").do("investigate").variables["object_numbers"]


def test_the_data_of_a_child_under_14_are_protected_before_anything_else():
    walk = received(involves_young_child="yes")

    assert walk.task("protect_child_data").groups == ["校区主管"]
    assert walk.do("protect_child_data").open() == ["fill_in_slip"]


def test_headquarters_step_in_within_2_hours_when_the_complaint_becomes_major():
    walk = received().tell("case_turned", is_injured="yes", is_media_involved="no")

    assert walk.task("raise_to_headquarters").groups == ["总部客服"]
    assert walk.due("raise_to_headquarters") == beijing(2, 11)


def test_nobody_is_held_to_account_for_a_case_in_time():
    walk = at_coordination().do("coordinate", "give_feedback", "carry_out")

    assert walk.open() == []
    assert walk.timer("visit_day")


def test_a_slip_passed_on_after_2_days_leads_to_accountability():
    walk = investigated()
    walk.pass_until(beijing(4)).do("pass_on_slip", "coordinate", "give_feedback", "carry_out")

    assert "find_facts" in walk.open()
    assert ground(walk) == "slip_late"


def ground(walk: Walk) -> str:
    """Return the ground that the finding of facts begins with."""
    return walk.machine.context(walk.task("find_facts").token)["ground"]


def test_poor_service_found_by_the_investigation_leads_to_accountability():
    walk = investigated(at_fault="yes").do("pass_on_slip", "coordinate", "give_feedback", "carry_out")

    assert walk.open() == ["find_facts"]
    assert ground(walk) == "bad_service"


def test_disorder_caused_by_poor_service_calls_for_an_apology_first():
    walk = received(caused_disorder="yes")

    assert walk.task("apologise_by_phone").groups == ["校区主管"]
    assert walk.do("apologise_by_phone", apology_way="meeting").open() == ["fill_in_slip"]


def test_the_data_of_a_child_are_assessed_before_they_are_used():
    assert received(involves_young_child="yes").do("protect_child_data").variables["impact_assessment"]


def test_a_case_not_settled_in_time_leads_to_accountability():
    walk = at_coordination().pass_until(beijing(5)).do("coordinate", "give_feedback", "carry_out")

    assert "find_facts" in walk.open()
    assert ground(walk) == "not_settled"


def test_a_repeated_offence_leads_to_accountability():
    assert at_coordination(is_repeated="yes").do("coordinate", "give_feedback", "carry_out").open() == ["find_facts"]
