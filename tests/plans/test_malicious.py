"""争议投诉 (恶意投诉): the promised date is kept, 24 hours, 5 and 2 working days, a second reviewer."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.calendars import BEIJING
from tests.plans.walk import Walk


def beijing(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=BEIJING)


def met(promised: str = "2026-03-06T18:00:00+08:00", media: str = "no") -> Walk:
    walk = Walk("malicious")
    walk.pass_time(hours=2)
    return walk.do("meet_complainant", promised_reply_at=promised, is_media_involved=media)


def at_visit() -> Walk:
    return met().do("form_opinion").do("approve_opinion", opinion_decision="approve")


def test_understanding_closes_the_dispute():
    walk = visited_again("5").do("review_case", needs_measure="no")

    assert walk.end == "dispute_closed"


def visited_again(satisfaction: str) -> Walk:
    walk = at_visit().do("visit_home", visit_result="settled").do("report_result", "read_result", "give_feedback")
    return walk.pass_until(walk.timer("visit_day")).do("visit", is_reached="yes", satisfaction=satisfaction)


def test_a_complainant_who_is_dissatisfied_afterwards_gets_a_new_opinion_within_24_hours():
    walk = visited_again("1").do("arrange_reopening")

    assert walk.open() == ["form_opinion"]
    assert walk.due("form_opinion") == walk.now + timedelta(hours=24)


def test_a_dispute_registered_late_counts_from_its_receipt():
    walk = Walk("malicious", received_at="2026-03-02T07:00:00+08:00").do("meet_complainant", is_media_involved="no")

    assert walk.due("form_opinion") == beijing(3, 7)


def test_the_opinion_is_due_24_hours_after_the_dispute_came_in():
    walk = met()

    assert walk.due("form_opinion") == beijing(3)
    assert walk.pass_until(beijing(3)).task("form_opinion_supervise").groups == ["总经理"]


def test_the_visit_is_due_5_working_days_after_the_dispute_came_in():
    assert at_visit().due("visit_home") == beijing(9)


def test_the_result_is_due_2_working_days_after_the_visit():
    walk = at_visit()
    walk.pass_until(beijing(5)).do("visit_home", visit_result="settled")

    assert walk.due("report_result") == beijing(9)
    assert walk.timer("report_result_reminder") == beijing(6)


def test_the_promised_date_brings_a_task_a_day_before():
    walk = met()

    walk.pass_until(beijing(5, 18))

    assert walk.due("keep_promise") == beijing(6, 18)


def test_a_dispute_that_goes_on_is_reviewed_by_somebody_else_and_the_remedies_are_told():
    walk = at_visit().do("visit_home", visit_result="disputed")

    assert walk.task("review_anew").groups == ["复核人员"]
    assert walk.do("review_anew", is_extortion_suspected="no").open() == ["tell_remedies"]


def test_extortion_goes_to_the_police_with_evidence():
    walk = (
        at_visit()
        .do("visit_home", visit_result="disputed")
        .do("review_anew", is_extortion_suspected="yes", extortion_evidence="录音")
    )

    assert walk.open() == ["report_police"]


def test_media_are_answered_beside_the_handling():
    assert set(met(media="yes").open()) == {"check_facts", "form_opinion"}


def test_the_result_may_come_before_the_promised_date():
    walk = at_visit().do("visit_home", visit_result="settled").do("report_result", "read_result")

    assert walk.open() == ["give_feedback"]
    assert walk.did("keep_promise", "ready") == 0


def test_a_promise_may_be_followed_by_another_each_with_its_date():
    walk = met()
    for day in ("2026-03-12T18:00:00+08:00", "2026-03-20T18:00:00+08:00"):
        walk.pass_until(walk.timer("promised_day_near")).do("keep_promise", next_reply_at=day)

    assert walk.timer("promised_day_near") == beijing(19, 18)


def test_a_promised_date_that_passes_is_supervised():
    walk = met().pass_until(beijing(6, 18))

    assert walk.did("keep_promise_late_reported", "thrown") == 1


def test_media_that_come_later_are_answered_at_once():
    walk = met().tell("media_came")

    assert set(walk.open()) == {"form_opinion", "check_facts"}
