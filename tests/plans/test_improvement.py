"""总结改进: lessons become a measure with an owner and a date."""

from __future__ import annotations

from engine import deployments, forms, instances, jobs, tasks
from engine.work import SYSTEM, Database
from tests.conftest import person
from tests.plans.walk import ROOT, Walk, family

AGENT = person("zhou", "客服人员", "相关部门", permissions=("register",))
HEAD = person("zheng", "客服部经理")


def test_a_measure_has_an_owner_and_a_date_and_is_approved():
    walk = Walk("improvement").do("review_case", needs_measure="yes", measure_owner="李某")
    walk.do("approve_measure", measure_decision="approve")

    assert walk.end == "measure_listed"
    assert walk.variables["measure_owner"] == "李某"
    assert walk.variables["measure_due_on"]


def test_a_measure_sent_back_is_thought_over_again():
    walk = Walk("improvement").do("review_case", needs_measure="yes").do("approve_measure", measure_decision="return")

    assert walk.open() == ["review_case"]


def test_not_every_case_needs_a_measure():
    assert Walk("improvement").do("review_case", needs_measure="no").end == "no_measure_needed"


def test_an_approved_measure_leaves_the_complaint_as_a_message_with_its_owner_and_date():
    walk = Walk("improvement").do("review_case", needs_measure="yes", measure_owner="财务部")
    walk.do("approve_measure", measure_decision="approve")

    (message,) = [one for one in walk.thrown if one.name == "measure_agreed"]
    assert message.payload["measure_owner"] == "财务部"
    assert message.payload["measure_source"] == "TS-2026-000001"
    assert walk.end == "measure_listed"


def test_the_measure_starts_a_case_of_its_own_that_outlives_the_complaint(database: Database):
    names = [*ROOT.glob("forms/improvement_*"), *ROOT.glob("forms/measure_*"), *ROOT.glob("forms/training_*")]
    names += [ROOT / f"processes/{plan}.bpmn" for plan in ("improvement", "measure", "training")]
    with database.work(SYSTEM) as work:
        deployments.deploy(work, {path.name: path.read_bytes() for path in names})
    with database.work(AGENT) as work:
        case = instances.start(work, "improvement", {"subject": "退费", "case_number": "TS-1"}, business_key="TS-1")
    lessons = {"lessons": "告知不清", "needs_measure": "yes", "measure": "改流程", "measure_owner": "财务部"}
    steps = (AGENT, {**lessons, "measure_due_on": "2030-12-31"}), (HEAD, {"measure_decision": "approve"})
    for who, answers in steps:
        with database.work(who) as work:
            (task,) = [one for one in tasks.of_instance(work, case) if one.closed_at is None]
            tasks.complete(work, task.id, answers)

    jobs.run_due(database, {})

    with database.work(AGENT, read_only=True) as work:
        (task,) = tasks.inbox(work, box="roles").items
        assert (task.element_id, task.business_key) == ("accept_measure", "TS-1")
        assert instances.variables(work, task.instance_id)["measure_source"] == "TS-1"
        assert instances.get(work, case).status == "ended"


def test_what_the_visit_found_stands_before_whoever_thinks_about_lessons():
    walk = Walk("suggestion").do("thank_complainant", scope="one_person", is_about_safety="no").do("pass_on")
    walk.do("consider", is_constructive="no").do("write_report").do("review_report", report_decision="approve")
    walk.do("read_report", "give_feedback").pass_until(walk.timer("visit_day"))
    walk.do("visit", is_reached="yes", satisfaction="4", visit_comment="回复慢了些")
    wait = walk.task("review_case")

    shown = [view.value for view in forms.draw(family().forms[wait.form], walk.machine.context(wait.token))]

    assert any("4 满意" in text and "回复慢了些" in text for text in shown)
