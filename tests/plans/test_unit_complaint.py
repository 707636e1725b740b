"""投诉工作应急预案 (template 1): the long way with departments, law, secrets, major events, objections."""

from __future__ import annotations

from datetime import datetime

from engine import forms
from engine.calendars import BEIJING
from tests.plans.walk import Walk, family

CLEAR = {
    "is_content_clear": "yes",
    "is_ours": "yes",
    "is_injured": "no",
    "is_media_involved": "no",
    "has_secrets": "no",
}


def beijing(day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=BEIJING)


def checked(**answers: str) -> Walk:
    return Walk("unit_complaint").do("check_complaint", **{**CLEAR, **answers})


def at_plan() -> Walk:
    return checked().do("investigate").do("conclude_investigation", is_law_concerned="no")


def at_feedback(due: str = "2026-03-10T18:00:00+08:00") -> Walk:
    return at_plan().do("draw_up_plan", plan_due_at=due).do("approve_plan", plan_decision="approve").do("carry_out")


def test_a_satisfied_complainant_and_a_visit_close_the_case():
    walk = at_feedback().do("give_feedback", is_complainant_satisfied="yes")
    walk.pass_until(walk.timer("visit_day")).do("visit", is_reached="yes", satisfaction="3").do(
        "review_case", needs_measure="no"
    )

    assert walk.end == "case_closed"


def test_an_unclear_complaint_is_asked_about_until_it_is_clear():
    walk = Walk("unit_complaint")
    for _ in range(2):
        walk.do("check_complaint", **{**CLEAR, "is_content_clear": "no"}).do("ask_complainant")

    assert walk.do("check_complaint", **CLEAR).open() == ["investigate"]


def test_a_complaint_that_is_not_ours_ends_with_a_reason():
    walk = checked(is_ours="no").do("inform_not_accepted")

    assert walk.end == "not_accepted"


def test_departments_are_asked_side_by_side_and_all_statements_are_kept_in_order():
    walk = checked().do("investigate", departments=["finance", "logistics", "technology"])
    tasks = [wait for wait in walk.waits("user") if wait.element == "give_statement"]
    assert len(tasks) == 3

    for number, wait in reversed(list(enumerate(tasks))):
        walk.complete(wait, {"department_statement": f"说明{number}"})

    assert walk.variables["statements"] == ["说明0", "说明1", "说明2"]
    assert walk.open() == ["conclude_investigation"]


def test_statements_are_due_in_2_working_days_then_the_office_head_supervises():
    walk = checked().do("investigate", departments=["finance"])
    assert walk.timer("give_statement_reminder") == beijing(3)

    walk.pass_until(beijing(4))

    assert walk.task("give_statement_supervise").groups == ["投诉处理办公室主任"]


def test_law_asks_for_a_legal_opinion_before_the_plan():
    walk = checked().do("investigate").do("conclude_investigation", is_law_concerned="yes")

    assert walk.task("give_legal_opinion").groups == ["法务人员"]
    assert walk.do("give_legal_opinion").open() == ["draw_up_plan"]


def test_secrets_limit_who_may_know_before_anything_else_is_done():
    walk = checked(has_secrets="yes")

    assert walk.task("restrict_case").groups == ["投诉处理办公室主任"]
    assert walk.do("restrict_case").open() == ["investigate"]


def test_a_major_complaint_convenes_the_leading_group_within_2_hours_and_the_departments_act_together():
    walk = checked(is_media_involved="yes")
    assert walk.due("convene_group") == beijing(2, 11)

    walk.do("convene_group")
    assert walk.task("decide_measures").groups == ["投诉处理领导小组"]
    walk.do("decide_measures", acting_departments=["finance", "business"])

    assert walk.open().count("act_together") == 2
    walk.do("act_together", "act_together").do("investigate").do("conclude_investigation", is_law_concerned="no")
    assert walk.open() == ["draw_up_plan"]


def test_the_group_decides_instead_of_a_plan_while_its_measures_are_on_their_way():
    walk = checked(is_media_involved="yes").do("investigate").do("conclude_investigation", is_law_concerned="no")
    assert walk.open() == ["convene_group"]

    walk.do("convene_group").do("decide_measures", acting_departments=["finance"]).do("act_together")

    assert walk.open() == ["give_feedback"]


def test_a_complaint_that_becomes_major_while_it_is_carried_out_convenes_the_group_within_2_hours():
    walk = at_plan().do("draw_up_plan").do("approve_plan", plan_decision="approve")

    walk.tell("case_turned", is_injured="no", is_media_involved="yes")

    assert walk.variables["severity"] == "major"
    assert walk.due("convene_group") == beijing(2, 11)
    assert walk.do("carry_out").open() == ["convene_group"]


def test_reporting_a_change_twice_convenes_the_group_once():
    walk = checked()
    for _ in range(2):
        walk.tell("case_turned", is_injured="no", is_media_involved="yes")

    assert walk.open().count("convene_group") == 1


def test_a_meeting_not_called_within_2_hours_reaches_the_leading_group():
    walk = checked(is_injured="yes")

    walk.pass_time(hours=2)

    assert walk.task("convene_group_supervise").groups == ["投诉处理领导小组"]


def test_the_check_is_due_at_the_end_of_the_day_of_receipt():
    walk = Walk("unit_complaint")

    assert walk.due("check_complaint") == beijing(2, 23, 59, 59)
    assert walk.pass_until(beijing(3, 0)).task("check_complaint_supervise").groups == ["投诉处理办公室主任"]


def test_the_time_limit_of_the_plan_is_the_deadline_of_carrying_it_out():
    walk = (
        at_plan()
        .do("draw_up_plan", plan_due_at="2026-03-10T18:00:00+08:00")
        .do("approve_plan", plan_decision="approve")
    )

    assert walk.due("carry_out") == beijing(10, 18)
    assert walk.timer("carry_out_reminder") == beijing(9, 18)
    assert walk.pass_until(beijing(10, 18)).task("carry_out_supervise").groups == ["投诉处理办公室主任"]


def test_the_complainant_hears_every_3_days_how_it_stands():
    walk = (
        at_plan()
        .do("draw_up_plan", plan_due_at="2026-03-20T18:00:00+08:00")
        .do("approve_plan", plan_decision="approve")
    )

    walk.pass_time(days=7)

    assert walk.open().count("tell_progress") == 2


def test_a_plan_sent_back_is_drawn_up_again():
    walk = at_plan()
    for _ in range(2):
        walk.do("draw_up_plan").do("approve_plan", plan_decision="return")

    assert walk.open() == ["draw_up_plan"]


def test_objections_lead_back_to_the_investigation_and_the_rounds_are_counted():
    walk = at_feedback()
    for _ in range(2):
        walk.do("give_feedback", is_complainant_satisfied="no")
        walk.do("investigate").do("conclude_investigation", is_law_concerned="no")
        walk.do("draw_up_plan").do("approve_plan", plan_decision="approve").do("carry_out")

    assert walk.variables["rounds"] == 3


def test_a_dissatisfied_visit_reopens_the_investigation():
    walk = at_feedback().do("give_feedback", is_complainant_satisfied="yes")

    walk.pass_until(walk.timer("visit_day")).do("visit", is_reached="yes", satisfaction="1").do("arrange_reopening")

    assert walk.open() == ["investigate"]


def test_the_departments_act_within_the_time_that_the_group_set():
    walk = checked(is_media_involved="yes").do("convene_group")
    walk.do("decide_measures", acting_departments=["finance"], measures_due_at="2026-03-06T18:00:00+08:00")

    assert walk.due("act_together") == beijing(6, 18)
    assert walk.timer("act_together_late") == beijing(6, 18)


def test_the_result_of_a_major_complaint_that_is_told_is_what_the_group_decided():
    walk = checked(is_media_involved="yes").do("investigate").do("conclude_investigation", is_law_concerned="no")
    walk.do("convene_group").do("decide_measures", decision="停业整改").do("act_together")
    wait = walk.task("give_feedback")

    shown = [view.value for view in forms.draw(family().forms[wait.form], walk.machine.context(wait.token))]

    assert any("停业整改" in text for text in shown)
