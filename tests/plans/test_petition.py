"""信访: the clocks of the regulation (15, 60 + 30, 30 days), the strands, review and re-review."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from engine import deployments, instances, reports, tasks
from engine.calendars import BEIJING
from engine.work import SYSTEM, Database
from tests.conftest import person
from tests.plans.walk import MONDAY, ROOT, Walk, calendar


def registered(count: int = 1, skipping: str = "no") -> Walk:
    return Walk("petition").do("register_petition", petitioner_count=count, is_skipping=skipping)


def accepted(count: int = 1, skipping: str = "no") -> Walk:
    return registered(count, skipping).pass_time(days=2).do("decide_acceptance", is_accepted="yes")


def last_moment(start: datetime, days: int) -> datetime:
    """Return when a limit of so many days ends: with its last day, which is a working day."""
    day: date = calendar().next_working_day((start + timedelta(days=days)).date())
    return datetime.combine(day, time(23, 59, 59), BEIJING)


def test_acceptance_is_told_within_15_days_of_receipt():
    walk = registered()

    assert walk.due("decide_acceptance") == last_moment(MONDAY, 15)
    assert walk.do("decide_acceptance", is_accepted="no").end == "not_accepted"


def test_the_decision_is_due_60_days_after_acceptance():
    walk = accepted()

    assert walk.due("handle_petition") == last_moment(MONDAY + timedelta(days=2), 60)
    assert walk.timer("handle_petition_reminder") == walk.due("handle_petition") - timedelta(days=10)


def test_it_is_extended_once_by_30_days_and_never_twice():
    walk = accepted().do("handle_petition", handling_result="extend").do("approve_extension")
    assert walk.due("handle_petition") == last_moment(MONDAY + timedelta(days=2), 90)

    assert walk.do("handle_petition", handling_result="extend").open() == ["tell_decision"]


@pytest.mark.parametrize(
    ("count", "skipping", "strand"),
    [(1, "no", "everyday"), (4, "yes", "skipping"), (5, "no", "mass"), (20, "yes", "mass")],
)
def test_the_table_picks_the_strand(count, skipping, strand):
    assert registered(count, skipping).variables["strand"] == strand


@pytest.mark.parametrize(
    ("count", "step", "group"), [(2, "meet_skipping", "处理越级信访工作组"), (9, "meet_group", "处理集访工作组")]
)
def test_a_launched_plan_sends_the_right_group(count, step, group):
    walk = accepted(count, "yes").do("hold_urgent_meeting", is_launched="yes").do("report_and_ask_support")

    assert walk.task(step).groups == [group]


def test_the_head_may_decide_not_to_launch():
    assert accepted(9).do("hold_urgent_meeting", is_launched="no").open() == ["handle_petition"]


def test_police_are_asked_only_with_an_unlawful_act_on_record():
    walk = (
        accepted(9)
        .do("hold_urgent_meeting", is_launched="yes")
        .do("report_and_ask_support", departments_asked=["police"])
    )

    assert walk.variables["unlawful_act"]


def test_review_and_re_review_take_30_days_each_and_there_is_no_third():
    walk = accepted().do("handle_petition", handling_result="decided", is_doubtful="no")
    for _ in range(2):
        walk.do("tell_decision").tell("review_requested")
        assert walk.due("review_petition") == last_moment(walk.now, 30)
        walk.do("review_petition")

    assert walk.do("tell_decision").open() == []
    assert walk.timer("visit_day")


def test_a_review_may_be_asked_for_within_30_days_of_the_decision():
    walk = accepted().do("handle_petition", handling_result="decided", is_doubtful="no").do("tell_decision")
    assert walk.timer("review_period_over") == last_moment(walk.now, 30)

    assert walk.pass_time(days=29).tell("review_requested").open() == ["review_petition"]


def test_without_a_request_within_30_days_the_petitioner_is_visited_and_the_case_closes():
    walk = accepted().do("handle_petition", handling_result="decided", is_doubtful="no").do("tell_decision")

    walk.pass_until(walk.timer("review_period_over"))

    assert walk.timer("visit_day")


def test_people_who_come_in_a_group_later_are_received_as_the_head_directs_within_4_hours():
    walk = Walk("petition").do("register_petition", petitioner_count=1, is_skipping="no")

    walk.tell("case_turned", petitioner_count=8, is_skipping="no")

    assert walk.variables["strand"] == "mass"
    assert walk.task("direct_reception").groups == ["信访应急领导小组组长"]
    assert (walk.due("direct_reception") - walk.now).total_seconds() == 4 * 3600


def test_what_the_authority_and_the_police_answer_is_recorded_after_the_reception():
    walk = Walk("petition").do("register_petition", petitioner_count=8, is_skipping="no")
    walk.do("decide_acceptance", is_accepted="yes").do("hold_urgent_meeting", is_launched="yes")

    assert walk.do("report_and_ask_support", "meet_group").open() == ["record_support_reply"]
    assert walk.do("record_support_reply").open() == ["handle_petition"]


def test_the_outcome_of_a_review_is_told_within_five_working_days():
    walk = accepted().do("handle_petition", handling_result="decided", is_doubtful="no").do("tell_decision")
    walk.tell("review_requested").pass_time(days=20)

    walk.do("review_petition")

    assert walk.due("tell_decision") == calendar().add_working_days(walk.now, 5)


def test_the_decision_is_told_within_the_limit_of_the_handling():
    walk = accepted().do("handle_petition", handling_result="decided", is_doubtful="no")

    assert walk.due("tell_decision") == last_moment(MONDAY + timedelta(days=2), 60)


def test_the_head_takes_up_a_doubtful_case_before_it_is_answered():
    walk = accepted().do("handle_petition", handling_result="decided", is_doubtful="yes")

    assert walk.task("take_up_doubtful").groups == ["信访应急领导小组组长"]
    assert walk.due("take_up_doubtful") == calendar().add_working_days(walk.now, 3)
    assert walk.do("take_up_doubtful").open() == ["tell_decision"]


def test_staff_record_the_request_for_a_review_on_the_page_of_the_case(database: Database):
    names = [path for path in ROOT.glob("forms/*.form") if path.stem.split("_")[0] in ("petition", "complaint")]
    plans = ("petition", "follow_up_visit", "improvement", "measure", "training", "accountability")
    names += [path for plan in plans for path in ROOT.glob(f"processes/{plan}.bpmn")]
    names += [path for plan in plans[1:] for path in ROOT.glob(f"forms/{plan}_*.form")]
    names += [*ROOT.glob("processes/petition*.dmn"), *ROOT.glob("processes/petition.rules.json")]
    names += [*ROOT.glob("processes/accountability*.dmn")]
    clerk = person("wu", "接待人员", "办公室主任", permissions=("register",))
    with database.work(SYSTEM) as work:
        deployments.deploy(work, {path.name: path.read_bytes() for path in names})
    known = {
        "received_at": MONDAY.isoformat(),
        "complainant_name": "宁某",
        "complainant_contact": "1",
        "subject": "学区",
    }
    with database.work(clerk) as work:
        case = instances.start(work, "petition", known, business_key="TS-1")
    everyday = {"petition_kind": "letter", "petitioner_count": 1, "is_skipping": "no", "receipt_number": "1"}
    steps = (
        everyday,
        {"is_accepted": "yes", "acceptance_reason": "属实", "notice_number": "1"},
        {"handling_result": "decided", "handling_opinion": "按划片入学", "is_doubtful": "no"},
        {"decision_number": "1", "is_review_right_told": True},
    )
    for answers in steps:
        with database.work(clerk) as work:
            (task,) = [one for one in tasks.of_instance(work, case) if one.closed_at is None]
            tasks.complete(work, task.id, answers)

    with database.work(clerk) as work:
        assert "review_requested" in [one.element for one in reports.offered(work, case)]
        reports.send(work, case, "review_requested", {"review_request": "不服"})

    with database.work(clerk, read_only=True) as work:
        assert [one.element_id for one in tasks.of_instance(work, case) if one.closed_at is None] == ["review_petition"]
