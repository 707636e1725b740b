"""预案演练: planned, approved, played, scored; findings revise the plan."""

from __future__ import annotations

from datetime import datetime

from engine.calendars import BEIJING
from tests.plans.walk import Walk


def test_findings_of_a_drill_revise_the_plan():
    walk = (
        Walk("drill", begin="drill_due").do("plan_drill").do("approve_drill", drill_decision="approve").do("play_drill")
    )
    walk.do("score_drill", drill_score=80, needs_revision="yes", needs_measure="no")
    assert walk.open() == ["propose_revision"]

    walk.do("propose_revision").do("review_revision", lawfulness_decision="approve").do(
        "approve_revision", revision_decision="approve"
    )

    assert walk.do("deploy_revision").end == "drill_finished"


def test_a_drill_that_is_not_held_on_its_day_is_supervised():
    walk = (
        Walk("drill", begin="drill_due")
        .do("plan_drill", drill_at="2026-03-10T09:00:00+08:00")
        .do("approve_drill", drill_decision="approve")
    )

    assert walk.due("play_drill") == datetime(2026, 3, 10, 9, tzinfo=BEIJING)
    assert walk.pass_time(days=8).task("play_drill_supervise").groups == ["总经理"]


def test_a_plan_of_a_drill_sent_back_is_made_again():
    assert Walk("drill", begin="drill_due").do("plan_drill").do("approve_drill", drill_decision="return").open() == [
        "plan_drill"
    ]


def test_a_drill_below_60_is_played_again_each_time():
    walk = Walk("drill", begin="drill_scheduled")
    for _ in range(2):
        walk.do("plan_drill").do("approve_drill", drill_decision="approve").do("play_drill")
        walk.do("score_drill", drill_score=59)

    assert walk.open() == ["plan_drill"]


def test_a_measure_found_in_a_drill_becomes_a_case_of_its_own():
    walk = Walk("drill", begin="drill_due").do("plan_drill").do("approve_drill", drill_decision="approve")
    walk.do("play_drill").do("score_drill", drill_score=80, needs_revision="no", needs_measure="yes")

    assert walk.end == "drill_finished"
    assert ("thrown", "measure_handed_over") in walk.happened
