"""User tasks: the inbox, claiming, completing, and what happens to who comes second."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from engine import instances, tasks
from engine.errors import Conflict, InvalidAnswers, NotAllowed, NotFound
from engine.tables import TaskOffer, UserTask
from engine.work import UnitOfWork
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, DIRECTOR, OFFICER, OUTSIDER, House


def only_task(work: UnitOfWork, box: str = "roles") -> tasks.TaskInfo:
    """Return the single task of a box."""
    (task,) = tasks.inbox(work, box=box).items
    return task


def test_a_new_task_is_offered_to_the_role_of_its_lane(house: House) -> None:
    house.start("two_steps")

    task = house.act(COLLEAGUE, only_task)

    assert (task.name, task.groups, task.business_key, task.may_claim) == ("调查核实", ["专员"], "TS-two_steps", True)


def test_another_role_does_not_see_the_task(house: House) -> None:
    house.start("two_steps")

    assert house.act(DIRECTOR, lambda work: tasks.inbox(work, box="roles").items) == []


def test_claiming_moves_the_task_from_the_roles_to_mine(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)

    house.act(OFFICER, lambda work: tasks.claim(work, task.id))

    assert house.act(OFFICER, lambda work: only_task(work, "mine")).id == task.id
    assert house.act(COLLEAGUE, lambda work: tasks.inbox(work, box="roles").items) == []


def test_the_second_to_claim_is_told_who_was_first(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)
    house.act(OFFICER, lambda work: tasks.claim(work, task.id))

    with pytest.raises(Conflict, match="wang") as raised:
        house.act(COLLEAGUE, lambda work: tasks.claim(work, task.id))

    assert raised.value.code == "task-claimed"


def test_a_released_task_is_offered_again(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)
    house.act(OFFICER, lambda work: tasks.claim(work, task.id))

    house.act(OFFICER, lambda work: tasks.release(work, task.id))

    assert house.act(COLLEAGUE, only_task).id == task.id


def test_a_task_that_is_not_offered_to_me_cannot_be_claimed(house: House) -> None:
    house.start("two_steps", actor=ADMINISTRATOR)
    task = house.act(OFFICER, only_task)

    with pytest.raises(NotAllowed):
        house.act(ADMINISTRATOR, lambda work: tasks.claim(work, task.id))


def test_somebody_who_takes_no_part_is_told_that_there_is_no_such_task(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)

    with pytest.raises(NotFound):
        house.act(OUTSIDER, lambda work: tasks.get(work, task.id))


def test_completing_opens_the_next_task_for_its_role(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)

    done = house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))

    assert done.next_task_id is None
    assert house.act(DIRECTOR, only_task).name == "审批"


def test_completing_names_the_next_task_that_the_same_person_may_do(house: House) -> None:
    both = type(OFFICER)("zhou", "周", frozenset({"专员", "主任"}))
    house.start("two_steps")
    task = house.act(both, only_task)

    done = house.act(both, lambda work: tasks.complete(work, task.id, {}))

    assert done.next_task_id == house.act(DIRECTOR, only_task).id


def test_the_last_task_ends_the_case(house: House) -> None:
    instance_id = house.start("two_steps")
    for actor in (OFFICER, DIRECTOR):
        task = house.act(actor, only_task)
        house.act(actor, lambda work, task=task: tasks.complete(work, task.id, {}))

    info = house.act(OFFICER, lambda work: instances.get(work, instance_id))

    assert (info.status, info.end_element) == ("ended", "done")


def test_completing_twice_has_one_effect_and_a_clear_answer(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)
    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {}))

    with pytest.raises(Conflict, match="wang") as raised:
        house.act(COLLEAGUE, lambda work: tasks.complete(work, task.id, {}))

    assert raised.value.code == "task-already-closed"
    assert house.act(ADMINISTRATOR, lambda work: work.session.scalar(select(func.count()).select_from(UserTask))) == 2


def test_of_two_completions_at_once_one_wins_and_one_is_told(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def submit(actor: object) -> None:
        gate.wait()
        try:
            house.database.perform(actor, lambda work: tasks.complete(work, task.id, {}))  # type: ignore[arg-type]
            outcomes.append("done")
        except Conflict as conflict:
            outcomes.append(conflict.code)

    threads = [threading.Thread(target=submit, args=(actor,)) for actor in (OFFICER, COLLEAGUE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "task-already-closed"]
    assert len(house.act(DIRECTOR, lambda work: tasks.inbox(work, box="roles").items)) == 1


def test_a_page_that_is_out_of_date_cannot_complete_the_task(house: House) -> None:
    house.start("two_steps")
    task = house.act(OFFICER, only_task)
    house.act(OFFICER, lambda work: tasks.claim(work, task.id))
    house.act(ADMINISTRATOR, lambda work: tasks.reassign(work, task.id, "zhao", "王请假"))

    with pytest.raises(Conflict) as raised:
        house.act(COLLEAGUE, lambda work: tasks.complete(work, task.id, {}, version=task.version))

    assert raised.value.code == "task-changed"


def test_wrong_answers_are_all_named_and_nothing_is_stored(house: House) -> None:
    instance_id = house.start("asking")
    task = house.act(OFFICER, only_task)

    with pytest.raises(InvalidAnswers) as raised:
        house.act(OFFICER, lambda work: tasks.complete(work, task.id, {"finding": "perhaps", "amount": "-3"}))

    assert set(raised.value.faults) == {"finding", "amount"}
    assert house.act(OFFICER, lambda work: tasks.get(work, task.id)).assignee is None
    assert "finding" not in house.act(OFFICER, lambda work: instances.variables(work, instance_id))


def test_answers_become_variables_of_the_case(house: House) -> None:
    instance_id = house.start("asking")
    task = house.act(OFFICER, only_task)

    house.act(OFFICER, lambda work: tasks.complete(work, task.id, {"finding": "substantiated", "amount": "12.5"}))

    variables = house.act(OFFICER, lambda work: instances.variables(work, instance_id))
    assert (variables["finding"], variables["amount"]) == ("substantiated", 12.5)


def test_a_draft_is_kept_for_who_holds_the_task_only(house: House) -> None:
    house.start("asking")
    task = house.act(OFFICER, only_task)

    house.act(OFFICER, lambda work: tasks.save_draft(work, task.id, {"amount": "不确定"}))

    assert house.act(OFFICER, lambda work: tasks.get(work, task.id)).draft == {"amount": "不确定"}
    assert house.act(COLLEAGUE, lambda work: tasks.get(work, task.id)).draft is None


def test_the_inbox_is_paged_without_a_gap_and_due_first(house: House) -> None:
    for day in (7, 3, 5):
        house.start("due", received_at=f"2026-09-{day:02d}T09:00:00+08:00")
    house.start("two_steps")

    first = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles", limit=2))
    second = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles", limit=2, after=first.next))

    days = [task.due_at and task.due_at.day for task in first.items + second.items]
    assert (days, second.next) == ([10, 11, 14, None], None)


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "9" * 50, "99999999999999999999-1"])
def test_a_forged_page_cursor_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(NotFound):
        house.act(OFFICER, lambda work: tasks.inbox(work, box="roles", after=cursor))


def test_no_offer_outlives_its_task(house: House) -> None:
    house.start("two_steps")
    for actor in (OFFICER, DIRECTOR):
        task = house.act(actor, only_task)
        house.act(actor, lambda work, task=task: tasks.complete(work, task.id, {}))

    assert house.act(ADMINISTRATOR, lambda work: work.session.scalars(select(TaskOffer)).all()) == []


def test_counts_tell_mine_my_roles_and_what_is_overdue(house: House) -> None:
    house.start("due", received_at="2026-09-01T09:00:00+08:00")
    house.start("two_steps")
    overdue = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items[0])
    house.act(OFFICER, lambda work: tasks.claim(work, overdue.id))

    assert house.act(OFFICER, tasks.counts) == {"mine": 1, "roles": 1, "overdue": 1}
