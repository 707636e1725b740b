"""Cases: who sees them, suspending and cancelling them, their history, and rows that are the shadow of the tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from engine import history, instances, shadow, tasks
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.tables import History, Job, ProcessInstance, UserTask
from engine.work import UnitOfWork
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, DIRECTOR, OFFICER, OUTSIDER, House


def test_an_unknown_plan_cannot_be_started(house: House) -> None:
    with pytest.raises(NotFound, match="没有部署预案"):
        house.start("no_such_plan")


def test_starting_needs_the_permission_to_register(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.start("two_steps", actor=DIRECTOR)


def test_who_takes_no_part_sees_no_case(house: House) -> None:
    instance_id = house.start("two_steps")

    with pytest.raises(NotFound):
        house.act(OUTSIDER, lambda work: instances.get(work, instance_id))
    assert house.act(OUTSIDER, lambda work: instances.find(work).items) == []


def test_who_had_a_task_in_a_case_still_sees_it(house: House) -> None:
    instance_id = house.start("two_steps", actor=ADMINISTRATOR)
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))

    assert house.act(OFFICER, lambda work: instances.get(work, instance_id)).status == "running"


def test_a_confidential_case_is_seen_by_the_people_named_and_nobody_else(house: House) -> None:
    instance_id = house.start("two_steps")
    house.act(ADMINISTRATOR, lambda work: instances.restrict(work, instance_id, ["wang"]))

    assert house.act(OFFICER, lambda work: instances.get(work, instance_id)).is_confidential
    assert len(house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)) == 1
    for stranger in (ADMINISTRATOR, DIRECTOR, OUTSIDER):
        with pytest.raises(NotFound):
            house.act(stranger, lambda work: instances.get(work, instance_id))
        assert house.act(stranger, lambda work: instances.find(work).items) == []
        assert house.act(stranger, lambda work: tasks.inbox(work, box="roles").items) == []


def test_the_counts_of_an_inbox_leave_out_what_its_list_hides(house: House) -> None:
    instance_id = house.start("two_steps")
    house.act(ADMINISTRATOR, lambda work: instances.restrict(work, instance_id, ["wang"]))

    assert house.act(OFFICER, tasks.counts)["roles"] == 1
    assert house.act(COLLEAGUE, tasks.counts)["roles"] == 0


def test_a_step_that_names_who_may_know_hides_the_case_from_everybody_else_at_once(house: House) -> None:
    instance_id = house.start("secret", actor=ADMINISTRATOR)
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])

    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {"people": "li\nzhou，sun"}))

    assert house.act(OFFICER, lambda work: instances.get(work, instance_id)).is_confidential
    assert house.act(DIRECTOR, lambda work: instances.get(work, instance_id)).id == instance_id
    for stranger in (ADMINISTRATOR, COLLEAGUE):
        with pytest.raises(NotFound):
            house.act(stranger, lambda work: instances.get(work, instance_id))
        assert house.act(stranger, lambda work: tasks.inbox(work, box="roles").items) == []


def test_pages_of_cases_go_on_without_a_gap(house: House) -> None:
    started = [house.start("two_steps") for _ in range(5)]

    first = house.act(ADMINISTRATOR, lambda work: instances.find(work, limit=3))
    second = house.act(ADMINISTRATOR, lambda work: instances.find(work, limit=3, after=first.next))

    assert [info.id for info in first.items + second.items] == started[::-1]
    assert second.next is None


def test_a_suspended_case_takes_no_answers_until_it_is_resumed(house: House) -> None:
    instance_id = house.start("two_steps")
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    house.act(ADMINISTRATOR, lambda work: instances.suspend(work, instance_id, "等待鉴定"))

    with pytest.raises(Conflict) as raised:
        house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))
    assert raised.value.code == "case-suspended"

    house.act(ADMINISTRATOR, lambda work: instances.resume(work, instance_id, "鉴定已出"))
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))


def test_cancelling_withdraws_the_open_tasks_and_keeps_the_reason(house: House) -> None:
    instance_id = house.start("watched")
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])

    house.act(ADMINISTRATOR, lambda work: instances.cancel(work, instance_id, "重复登记"))

    with pytest.raises(Conflict) as raised:
        house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))
    assert raised.value.code == "task-cancelled"
    reasons = [
        e.data["reason"]
        for e in house.act(ADMINISTRATOR, lambda w: instances.timeline(w, instance_id))
        if e.what == "case_cancelled"
    ]
    assert reasons == ["重复登记"]
    assert house.act(ADMINISTRATOR, lambda work: work.session.scalars(select(Job)).all()) == []


@pytest.mark.parametrize("verb", [instances.suspend, instances.cancel])
def test_stopping_a_case_needs_a_reason(house: House, verb: Callable[[UnitOfWork, int, str], None]) -> None:
    instance_id = house.start("two_steps")

    with pytest.raises(EngineError) as raised:
        house.act(ADMINISTRATOR, lambda work: verb(work, instance_id, "  "))

    assert raised.value.code == "reason-missing"


def test_the_timeline_tells_who_did_what_when(house: House) -> None:
    instance_id = house.start("two_steps")
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))

    lines = house.act(OFFICER, lambda work: instances.timeline(work, instance_id))

    assert [(line.actor, line.what, line.name) for line in lines if line.element == "investigate"] == [
        ("wang", "ready", "调查核实"),
        ("wang", "completed", "调查核实"),
    ]


def tamper_entries(work: UnitOfWork, instance_id: int) -> None:
    """Change what a row says."""
    row = work.session.get_one(History, (instance_id, 1))
    work.session.execute(update(History).values(entries=row.entries + b" ").where(History.number == 1))


def tamper_actor(work: UnitOfWork, instance_id: int) -> None:
    """Change who a row says acted."""
    work.session.execute(update(History).values(actor="somebody").where(History.number == 1))


def tamper_last(work: UnitOfWork, instance_id: int) -> None:
    """Remove the newest row."""
    work.session.delete(work.session.get_one(History, (instance_id, 2)))


@pytest.mark.parametrize("tamper", [tamper_entries, tamper_actor, tamper_last])
def test_a_changed_history_is_found(house: House, tamper: Callable[[UnitOfWork, int], Any]) -> None:
    instance_id = house.start("two_steps")
    task = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))
    assert house.act(ADMINISTRATOR, lambda work: instances.verify(work, instance_id))

    house.act(ADMINISTRATOR, lambda work: tamper(work, instance_id))

    assert not house.act(ADMINISTRATOR, lambda work: instances.verify(work, instance_id))


def test_the_audit_chain_of_the_house_is_whole_after_a_deployment(house: House) -> None:
    assert house.act(ADMINISTRATOR, lambda work: [event.what for event in history.audit_trail(work)]) == ["deployed"]
    assert house.act(ADMINISTRATOR, history.audit_broken_at) is None


def test_rows_are_the_shadow_of_the_tokens(house: House) -> None:
    instance_id = house.start("watched")

    def compare(work: UnitOfWork) -> None:
        waits = instances.waits(work, instance_id)
        instance = work.session.get_one(ProcessInstance, instance_id)
        tasks_wanted = {(wait.token, wait.element, wait.due_at) for wait in waits if wait.kind == "user"}
        jobs_wanted = {
            (value["token"], value["kind"], value["due_at"])
            for value in (shadow.job_values(instance, wait, work.now) for wait in waits if wait.kind == "timer")
        }
        open_rows = work.session.scalars(select(UserTask).where(UserTask.closed_at.is_(None))).all()
        assert {(row.token, row.element_id, row.due_at) for row in open_rows} == tasks_wanted
        assert {(row.token, row.kind, row.due_at) for row in work.session.scalars(select(Job))} == jobs_wanted

    house.act(ADMINISTRATOR, compare)


def test_the_diagram_shows_where_the_case_stands_and_what_is_done(house: House) -> None:
    instance_id = house.start("watched")

    state = house.act(OFFICER, lambda work: instances.diagram_state(work, instance_id))

    assert state.tokens == {"investigate": 1}
    assert state.done == {"begin": 1}
    assert set(state.deadlines) == {"overdue"}
    assert b'id="investigate"' in state.xml
