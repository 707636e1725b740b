"""媒体采访与行政检查: minutes count; an inspection is never refused, an interview is the manager's decision."""

from __future__ import annotations

from datetime import timedelta

from tests.plans.walk import MONDAY, Walk


def reported(kind: str) -> Walk:
    return (
        Walk("media_inspection")
        .do("check_credentials", visitor_kind=kind, credentials_valid="yes")
        .do("report_at_once")
    )


def test_the_report_goes_out_within_10_minutes_of_the_arrival():
    walk = Walk("media_inspection")
    walk.pass_time(minutes=4).do("check_credentials", credentials_valid="yes")

    assert walk.due("report_at_once") == MONDAY + timedelta(minutes=10)
    assert walk.pass_time(minutes=6).task("report_at_once_supervise").groups == ["校区主管"]


def test_an_inspection_with_valid_credentials_is_accompanied_and_nobody_may_refuse_it():
    walk = reported("inspection")

    assert walk.open() == ["accompany_inspection"]
    assert walk.do("accompany_inspection", "record_visit").do("review_case", needs_measure="no").end == "visit_recorded"


def test_the_regional_manager_decides_on_an_interview_within_30_minutes():
    walk = reported("media")

    assert walk.task("decide_interview").groups == ["区域经理"]
    assert walk.due("decide_interview") == MONDAY + timedelta(minutes=30)


def test_only_the_spokesperson_gives_the_interview():
    assert reported("media").do("decide_interview", interview_decision="accept").task("give_interview").groups == [
        "新闻发言人"
    ]
    assert reported("media").do("decide_interview", interview_decision="decline").open() == ["explain_refusal"]


def test_visitors_without_valid_credentials_are_reported_all_the_same_and_declined_politely():
    walk = Walk("media_inspection").do("check_credentials", credentials_valid="no")
    assert walk.due("report_at_once") == MONDAY + timedelta(minutes=10)

    walk.do("report_at_once", "decline_politely")

    assert walk.end == "visit_declined"
