"""消费、环境、劳动投诉: supervised throughout by a strand of its own that may send the work back."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.plans.walk import MONDAY, Walk

PLAIN = {"is_public_safety": "no", "is_injured": "no", "is_media_involved": "no"}


def handled() -> Walk:
    return Walk("department_complaint").do("register_and_notify", **PLAIN)


def test_supervision_runs_beside_the_handling_from_its_beginning():
    walk = handled()

    assert set(walk.open()) == {"investigate", "supervise_handling"}
    assert walk.task("supervise_handling").groups == ["督办部门"]


def test_supervision_may_send_the_work_back_again_and_again():
    walk = handled()
    for _ in range(2):
        walk.do("investigate", "coordinate").do("supervise_handling", supervision_verdict="return")

    assert set(walk.open()) == {"investigate", "supervise_handling"}
    assert walk.variables["rounds"] == 3


def test_nothing_is_fed_back_before_supervision_accepts():
    walk = handled().do("investigate", "coordinate")
    assert walk.open() == ["supervise_handling"]

    assert walk.do("supervise_handling", supervision_verdict="accept").open() == ["give_feedback"]


def test_public_safety_is_reported_upward_within_2_hours_with_a_time_stamp():
    walk = Walk("department_complaint").do("register_and_notify", **{**PLAIN, "is_public_safety": "yes"})
    assert walk.due("report_upward") == MONDAY + timedelta(hours=2)
    walk.pass_time(minutes=30)

    walk.do("report_upward")

    assert datetime.fromisoformat(walk.variables["reported_at"]) == walk.now
    assert walk.task("record_reply").groups == ["部门负责人"]


def test_nothing_is_fed_back_before_the_answer_of_the_authority_above_is_recorded():
    walk = Walk("department_complaint").do("register_and_notify", **{**PLAIN, "is_public_safety": "yes"})
    walk.do("investigate", "coordinate").do("supervise_handling", supervision_verdict="accept").do("report_upward")
    assert walk.open() == ["record_reply"]

    assert walk.do("record_reply").open() == ["give_feedback"]


def test_a_complaint_that_becomes_major_later_launches_the_plan_then():
    walk = handled()
    assert "launch_plan" not in walk.open()

    walk.tell("case_turned", **{**PLAIN, "is_media_involved": "yes"})

    assert walk.due("launch_plan") == MONDAY + timedelta(hours=1)


def test_units_work_side_by_side():
    walk = handled().do("investigate").do("coordinate", units=["market", "police"])
    assert walk.open().count("handle_share") == 2

    walk.do("handle_share", "handle_share").do("supervise_handling", supervision_verdict="accept")

    assert walk.open() == ["give_feedback"]


def test_a_sensitive_complaint_launches_the_plan_at_once():
    assert Walk("department_complaint").do("register_and_notify", **{**PLAIN, "is_media_involved": "yes"}).due(
        "launch_plan"
    ) == MONDAY + timedelta(hours=1)


def test_investigation_takes_3_working_days_and_coordination_5():
    walk = handled()
    assert walk.timer("investigate_overdue").day == 5

    assert walk.do("investigate").timer("coordinate_overdue").day == 9
