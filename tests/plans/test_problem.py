"""问题型投诉, the demo's story and its clocks: 24 hours after the interview, 5 working days, 2 working days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.calendars import BEIJING
from tests.plans.walk import MONDAY, Walk, calendar


def beijing(day: int, hour: int = 9, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


def at_opinion(interview: str = "yes") -> Walk:
    walk = Walk("problem")
    walk.pass_time(hours=1)
    walk.do("phone_complainant", needs_interview=interview, is_injured="no", is_media_involved="no")
    if interview == "yes":
        walk.do("arrange_interview")
        walk.pass_time(hours=5)
        walk.do("interview")
    return walk


def at_negotiation() -> Walk:
    return at_opinion().do("form_opinion").do("approve_opinion", opinion_decision="approve")


def at_execution() -> Walk:
    return at_negotiation().do("negotiate", negotiation_result="agreed").do("approve_plan", plan_decision="approve")


def after_feedback(walk: Walk) -> Walk:
    walk.do("find_facts", ground="none").do("carry_out", "report_results", "read_results", "give_feedback")
    return walk


def visit(walk: Walk, satisfaction: str) -> Walk:
    walk.pass_until(walk.timer("visit_day"))
    return walk.do("visit", is_reached="yes", satisfaction=satisfaction)


def test_a_complaint_travels_from_the_phone_call_to_its_closing():
    walk = visit(after_feedback(at_execution()), "5").do("review_case", needs_measure="no")

    assert walk.is_ended
    assert walk.end == "case_closed"


def test_each_step_waits_for_its_role():
    roles = {}
    walk = Walk("problem")
    for step in (
        "phone_complainant",
        "arrange_interview",
        "interview",
        "form_opinion",
        "approve_opinion",
        "negotiate",
        "approve_plan",
    ):
        roles[step] = walk.task(step).groups
        walk.do(step)
    roles["carry_out"] = walk.task("carry_out").groups

    assert roles == {
        "phone_complainant": ["行政部"],
        "arrange_interview": ["行政部"],
        "interview": ["校区主管"],
        "form_opinion": ["行政部"],
        "approve_opinion": ["总经理"],
        "negotiate": ["行政部"],
        "approve_plan": ["总经理"],
        "carry_out": ["被投诉部门"],
    }


def test_the_opinion_is_due_24_hours_after_the_interview_and_not_after_the_task_began():
    walk = at_opinion()

    assert walk.now == beijing(2, 15)
    assert walk.due("form_opinion") == beijing(3, 15)
    assert walk.timer("form_opinion_reminder") == beijing(3, 11)


def test_the_general_manager_supervises_when_24_hours_have_passed_and_the_opinion_stays_open():
    walk = at_opinion()

    walk.pass_time(hours=24)

    assert walk.did("form_opinion_reminded", "thrown") == 1
    assert walk.task("form_opinion_supervise").groups == ["总经理"]
    assert "form_opinion" in walk.open()


def test_nobody_supervises_an_opinion_that_comes_in_time():
    walk = at_opinion()

    walk.pass_time(hours=19).do("form_opinion").pass_time(hours=48)

    assert walk.did("form_opinion_overdue", "caught") == 0
    assert "form_opinion_supervise" not in walk.open()
    assert walk.did("form_opinion_reminded", "thrown") == 0


def test_without_an_interview_the_24_hours_begin_with_the_phone_call():
    walk = at_opinion("no")

    assert walk.due("form_opinion") == beijing(3, 10)


@pytest.mark.parametrize(
    "hint", [{"is_injured": "yes"}, {"is_media_involved": "yes"}, {"claimed_amount": 10000}, {"affected_count": 10}]
)
def test_a_grave_complaint_always_gets_an_interview(hint):
    answers = {"needs_interview": "no", "is_injured": "no", "is_media_involved": "no", **hint}

    walk = Walk("problem").do("phone_complainant", **answers)

    assert walk.open() == ["arrange_interview"]


def test_a_returned_opinion_comes_back_each_time_with_24_hours_of_its_own():
    walk = at_opinion()
    for day in (3, 4):
        walk.do("form_opinion").pass_until(beijing(day, 10)).do("approve_opinion", opinion_decision="return")

        assert walk.due("form_opinion") == beijing(day + 1, 10)

    assert walk.variables["return_count"] == 2


def test_the_final_plan_is_due_5_working_days_after_receipt():
    walk = at_negotiation()

    assert walk.due("negotiate") == beijing(9)
    assert walk.timer("negotiate_reminder") == beijing(6)


def test_make_up_days_count_and_holidays_do_not():
    """Received on Thursday 30 April 2026: 1 to 5 May are off, Saturday 9 May is worked."""
    walk = Walk("problem", at=beijing(30, month=4)).do(
        "phone_complainant", needs_interview="no", is_injured="no", is_media_involved="no"
    )
    walk.do("form_opinion").do("approve_opinion", opinion_decision="approve")

    assert walk.due("negotiate") == beijing(11, month=5)


def test_supervision_of_the_final_plan_begins_after_5_working_days():
    walk = at_negotiation()

    walk.pass_until(beijing(9))

    assert "negotiate_supervise" in walk.open()


def test_a_returned_plan_is_negotiated_again():
    walk = at_negotiation()
    for _ in range(2):
        walk.do("negotiate", negotiation_result="agreed").do("approve_plan", plan_decision="return")

    assert walk.open() == ["negotiate"]


def test_the_plan_is_carried_out_within_2_working_days_of_its_approval():
    walk = at_negotiation()
    walk.pass_until(beijing(5, 16))  # a Thursday

    walk.do("negotiate", negotiation_result="agreed").do("approve_plan", plan_decision="approve")

    assert walk.due("carry_out") == beijing(9, 16)
    assert walk.timer("carry_out_reminder") == beijing(6, 16)
    assert walk.pass_until(beijing(9, 16)).task("carry_out_supervise").groups == ["总经理"]


def test_execution_and_accountability_run_side_by_side_and_both_are_reported():
    walk = at_execution()

    assert set(walk.open()) == {"carry_out", "find_facts"}
    assert walk.do("carry_out").open() == ["find_facts"]
    assert walk.do("find_facts", ground="none").open() == ["report_results"]


def test_failed_negotiation_goes_on_as_a_dispute_under_the_same_number():
    walk = at_negotiation().do("negotiate", negotiation_result="failed", negotiation_note="金额")

    assert walk.open() == ["meet_complainant"]
    assert walk.machine.context(walk.task("meet_complainant").token)["case_number"] == "TS-2026-000001"


def test_a_dissatisfied_complainant_gets_the_case_reopened_once_and_only_once():
    walk = visit(after_feedback(at_execution()), "2").do("arrange_reopening")
    assert walk.open() == ["negotiate"]
    assert walk.due("negotiate") > walk.now

    walk.do("negotiate", negotiation_result="agreed").do("approve_plan", plan_decision="approve")
    visit(after_feedback(walk), "1").do("explain_outcome").do("review_case", needs_measure="no")

    assert walk.end == "case_closed"
    assert walk.variables["reopened_count"] == 1


def test_closing_the_case_withdraws_the_supervision_that_nobody_did():
    walk = at_opinion()
    walk.pass_time(hours=24).do("form_opinion").do("approve_opinion", opinion_decision="approve")
    walk.do("negotiate", negotiation_result="agreed").do("approve_plan", plan_decision="approve")
    visit(after_feedback(walk), "4").do("review_case", needs_measure="no")

    assert walk.is_ended
    assert walk.did("form_opinion_supervise", "cancelled") == 1


def test_the_phone_call_is_due_4_hours_after_registration():
    walk = Walk("problem")

    assert walk.due("phone_complainant") == beijing(2, 13)
    assert walk.pass_time(hours=4).task("phone_complainant_supervise").groups == ["总经理"]
    assert walk.now == MONDAY.replace(hour=13)


def test_the_general_manager_has_a_working_day_to_approve_then_the_administration_asks_again():
    walk = at_opinion().do("form_opinion")
    assert walk.due("approve_opinion") == walk.now + timedelta(days=1)

    walk.pass_until(walk.timer("approve_opinion_late"))

    assert walk.task("supervise_overdue").groups == ["行政部"]


def test_a_complaint_that_becomes_major_is_directed_by_the_general_manager_within_4_hours():
    walk = at_opinion().tell("case_turned", is_injured="yes", is_media_involved="no")

    assert walk.due("direct_response") == walk.now + timedelta(hours=4)
    assert "form_opinion" in walk.open()


def test_the_interview_is_due_on_the_day_agreed_for_it():
    walk = Walk("problem").do("phone_complainant", needs_interview="yes", is_injured="no", is_media_involved="no")

    walk.do("arrange_interview", interview_at="2026-03-04T14:00:00+08:00")

    assert walk.due("interview") == datetime(2026, 3, 4, 23, 59, 59, tzinfo=BEIJING)


def test_results_are_reported_within_a_working_day_of_both_being_there():
    walk = at_execution().do("find_facts", ground="none").pass_time(days=4).do("carry_out")

    assert walk.due("report_results") == calendar().add_working_days(walk.now, 1)
    assert walk.timer("report_results_late") == walk.due("report_results")
