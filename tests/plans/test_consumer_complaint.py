"""消费投诉: apology first, investigation, compensation approved by its amount, crisis work beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plans.walk import MONDAY, Walk

PLAIN = {"is_injured": "no", "is_media_involved": "no", "complaint_about": "other"}


PLAIN_TURN = {"is_injured": "no", "is_media_involved": "no"}


def at_remedy() -> Walk:
    return Walk("consumer_complaint").do("apologise", **PLAIN)


@pytest.mark.parametrize(
    ("amount", "step"),
    [
        (0, "carry_out"),
        (199, "carry_out"),
        (200, "approve_by_head"),
        (2000, "approve_by_head"),
        (2001, "approve_by_leader"),
    ],
)
def test_the_amount_decides_who_approves(amount, step):
    assert at_remedy().do("propose_remedy", compensation_amount=amount).open() == [step]


def test_a_refused_compensation_is_proposed_anew():
    walk = at_remedy()
    for _ in range(2):
        walk.do("propose_remedy", compensation_amount=500).do("approve_by_head", remedy_decision="return")

    assert walk.open() == ["propose_remedy"]


def test_quality_is_investigated_and_the_finding_is_told_before_any_remedy():
    walk = Walk("consumer_complaint").do("apologise", **{**PLAIN, "complaint_about": "quality"})

    assert walk.do("investigate").open() == ["tell_finding"]
    assert walk.do("tell_finding").open() == ["propose_remedy"]


def test_a_major_complaint_starts_crisis_work_beside_the_handling():
    walk = Walk("consumer_complaint").do("apologise", **{**PLAIN, "is_media_involved": "yes"}).do("report_leaders")

    assert set(walk.open()) == {"propose_remedy", "check_facts"}
    assert walk.task("check_facts").groups == ["行政部"]


def test_a_complaint_that_becomes_major_is_reported_to_the_leaders_within_2_hours():
    walk = at_remedy().tell("case_turned", **{**PLAIN_TURN, "is_media_involved": "yes"})

    assert walk.due("report_leaders") == MONDAY + timedelta(hours=2)


def test_departments_help_side_by_side_in_a_crisis():
    walk = Walk("consumer_complaint").do("apologise", **{**PLAIN, "is_media_involved": "yes"})

    assert walk.do("report_leaders", departments=["finance", "business"]).open().count("help_response") == 2


def test_the_apology_is_due_in_2_hours_and_the_investigation_in_3_working_days():
    walk = Walk("consumer_complaint")
    assert walk.pass_time(hours=2).task("apologise_supervise").groups == ["部门负责人"]

    walk.do("apologise", **{**PLAIN, "complaint_about": "quality"})

    assert walk.timer("investigate_overdue").day == 5
