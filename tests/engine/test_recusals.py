"""Recusal: whoever is complained of, and who reports to them, gets, sees and approves nothing of the case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine import deployments, incidents, instances, messages, recusals, tasks
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.tables import InstanceRecusal, ProcessInstance, TaskOffer, UserTask
from engine.work import Actor, UnitOfWork
from tests.conftest import person
from tests.engine import plans
from tests.engine.conftest import ADMINISTRATOR, COLLEAGUE, DIRECTOR, OFFICER, House

OTHER_ADMINISTRATOR = person("second", permissions=("monitor", "operate"))
HEAD = person("boss", "专员", permissions=("monitor", "operate", "register"))


def keep_out(house: House, case: int, *people: Actor, by: Actor = ADMINISTRATOR) -> None:
    """Recuse people from a case, each named."""
    named = {someone.id: [someone.id] for someone in people}
    house.act(by, lambda work: recusals.recuse(work, case, named, "被投诉"))


def open_task(house: House, case: int) -> UserTask:
    """Return the row of the case's only open task."""

    def verb(work: UnitOfWork) -> UserTask:
        return work.session.scalars(
            select(UserTask).where(UserTask.instance_id == case, UserTask.closed_at.is_(None))
        ).one()

    return house.act(ADMINISTRATOR, verb)


READINGS: dict[str, Callable[[UnitOfWork, int, int], object]] = {
    "the case": lambda work, case, _: instances.get(work, case),
    "its diagram": lambda work, case, _: instances.diagram_state(work, case),
    "its variables": lambda work, case, _: instances.variables(work, case),
    "its waits": lambda work, case, _: instances.waits(work, case),
    "its timeline": lambda work, case, _: instances.timeline(work, case),
    "its seal": lambda work, case, _: instances.verify(work, case),
    "its tasks": lambda work, case, _: tasks.of_instance(work, case),
    "its incidents": lambda work, case, _: incidents.of_instance(work, case),
    "its recusals": lambda work, case, _: recusals.of_instance(work, case),
    "a task": lambda work, _, task: tasks.get(work, task),
    "a task's form": lambda work, _, task: tasks.form_of(work, task),
    "a task's data": lambda work, _, task: tasks.context(work, task),
    "claiming": lambda work, _, task: tasks.claim(work, task),
    "releasing": lambda work, _, task: tasks.release(work, task),
    "a draft": lambda work, _, task: tasks.save_draft(work, task, {"a": "b"}),
    "completing": lambda work, _, task: tasks.complete(work, task, {}),
    "reassigning": lambda work, _, task: tasks.reassign(work, task, "zhao", "理由"),
    "suspending": lambda work, case, _: instances.suspend(work, case, "理由"),
    "cancelling": lambda work, case, _: instances.cancel(work, case, "理由"),
    "restricting": lambda work, case, _: instances.restrict(work, case, {"boss"}),
    "recusing another": lambda work, case, _: recusals.recuse(work, case, {"zhao": ["zhao"]}, "理由"),
    "withdrawing another": lambda work, case, _: recusals.withdraw(work, case, "zhao", "理由"),
}


@pytest.mark.parametrize("what", READINGS)
def test_the_recused_are_told_that_there_is_no_such_case_whatever_they_may_do_elsewhere(house: House, what: str):
    case = house.start("two_steps", actor=HEAD)
    keep_out(house, case, HEAD)
    task = open_task(house, case).id

    with pytest.raises(NotFound):
        house.act(HEAD, lambda work: READINGS[what](work, case, task))


def test_the_case_is_in_no_list_and_no_count_of_the_recused(house: House):
    case = house.start("two_steps", actor=HEAD)
    other = house.start("two_steps", actor=HEAD)
    keep_out(house, case, HEAD)

    found = house.act(HEAD, lambda work: instances.find(work).items)
    counted = house.act(HEAD, instances.counts)
    offered = house.act(HEAD, lambda work: tasks.inbox(work, box="roles").items)
    inbox = house.act(HEAD, tasks.counts)

    assert [info.id for info in found] == [other]
    assert counted == {"running": 1}
    assert [task.instance_id for task in offered] == [other]
    assert inbox == {"mine": 0, "roles": 1, "overdue": 0}


def test_everybody_else_sees_the_case_as_before(house: House):
    case = house.start("two_steps")
    keep_out(house, case, HEAD)

    assert house.act(COLLEAGUE, lambda work: tasks.inbox(work, box="roles").items)[0].instance_id == case
    assert house.act(COLLEAGUE, tasks.counts)["roles"] == 1
    assert house.act(ADMINISTRATOR, lambda work: instances.get(work, case)).id == case


def test_being_named_in_a_confidential_case_does_not_let_the_recused_in(house: House):
    case = house.start("two_steps")
    keep_out(house, case, COLLEAGUE)

    house.act(ADMINISTRATOR, lambda work: instances.restrict(work, case, {"admin", COLLEAGUE.id}))

    with pytest.raises(NotFound):
        house.act(COLLEAGUE, lambda work: instances.get(work, case))


def test_a_task_that_the_recused_hold_goes_back_to_its_role_without_their_draft(house: House):
    case = house.start("two_steps")
    task = open_task(house, case).id
    house.act(OFFICER, lambda work: tasks.save_draft(work, task, {"a": "b"}))

    keep_out(house, case, OFFICER)

    row = open_task(house, case)
    assert (row.assignee, row.draft) == (None, None)
    assert house.act(OFFICER, tasks.counts)["mine"] == 0
    house.act(COLLEAGUE, lambda work: tasks.claim(work, task))


def test_a_plan_gives_no_task_to_the_recused(house: House):
    case = house.start("given", chosen=DIRECTOR.id)
    keep_out(house, case, DIRECTOR)
    task = open_task(house, case).id

    house.act(COLLEAGUE, lambda work: tasks.complete(work, task, {}))

    assert open_task(house, case).assignee is None
    assert house.act(DIRECTOR, tasks.counts)["mine"] == 0


def test_no_task_is_reassigned_to_the_recused(house: House):
    case = house.start("two_steps")
    keep_out(house, case, DIRECTOR)
    task = open_task(house, case).id

    with pytest.raises(NotAllowed) as raised:
        house.act(ADMINISTRATOR, lambda work: tasks.reassign(work, task, DIRECTOR.id, "代办"))

    assert raised.value.code == "recused"


OWN = {
    "recuse": lambda work, case: recusals.recuse(work, case, {ADMINISTRATOR.id: [ADMINISTRATOR.id]}, "本人"),
    "withdraw": lambda work, case: recusals.withdraw(work, case, ADMINISTRATOR.id, "撤销"),
}


@pytest.mark.parametrize("verb", OWN)
def test_nobody_acts_on_a_recusal_of_their_own(house: House, verb: str):
    case = house.start("two_steps")

    with pytest.raises(NotAllowed) as raised:
        house.act(ADMINISTRATOR, lambda work: OWN[verb](work, case))

    assert raised.value.code == "own-recusal"


def test_recusing_needs_operate_and_a_reason(house: House):
    case = house.start("two_steps")

    with pytest.raises(NotAllowed):
        keep_out(house, case, COLLEAGUE, by=OFFICER)
    with pytest.raises(EngineError, match="理由"):
        house.act(ADMINISTRATOR, lambda work: recusals.recuse(work, case, {"zhao": ["zhao"]}, " "))


def test_recusing_twice_is_told(house: House):
    case = house.start("two_steps")
    keep_out(house, case, COLLEAGUE)

    with pytest.raises(Conflict):
        keep_out(house, case, COLLEAGUE)


def test_withdrawing_lets_in_whoever_only_reported_to_the_person(house: House):
    case = house.start("two_steps")
    people = {"zhao": ["zhao"], "wang": ["zhao"], "li": ["zhao", "li"]}
    house.act(ADMINISTRATOR, lambda work: recusals.recuse(work, case, people, "被投诉"))

    house.act(OTHER_ADMINISTRATOR, lambda work: recusals.withdraw(work, case, "zhao", "查明与此人无关"))

    assert house.act(OFFICER, lambda work: instances.get(work, case)).id == case
    assert house.act(COLLEAGUE, lambda work: tasks.inbox(work, box="roles").items)
    assert [item.person for item in house.act(ADMINISTRATOR, lambda work: recusals.of_instance(work, case))] == ["li"]


def test_when_the_last_recusal_is_withdrawn_the_case_is_as_any_other(house: House):
    case = house.start("two_steps")
    keep_out(house, case, COLLEAGUE)

    house.act(OTHER_ADMINISTRATOR, lambda work: recusals.withdraw(work, case, COLLEAGUE.id, "误登记"))

    row = house.act(ADMINISTRATOR, lambda work: work.session.get_one(ProcessInstance, case))
    assert not row.has_recusals
    assert house.act(COLLEAGUE, tasks.counts)["roles"] == 1


def test_the_history_tells_who_was_kept_out_why_and_that_it_was_withdrawn(house: House):
    case = house.start("two_steps")
    keep_out(house, case, COLLEAGUE)
    house.act(OTHER_ADMINISTRATOR, lambda work: recusals.withdraw(work, case, COLLEAGUE.id, "误登记"))

    told = {
        entry.what: (entry.actor, entry.data)
        for entry in house.act(ADMINISTRATOR, lambda work: instances.timeline(work, case))
    }

    assert told["recused"] == ("admin", {"people": {"zhao": ["zhao"]}, "reason": "被投诉"})
    assert told["recusal_withdrawn"] == ("second", {"people": ["zhao"], "reason": "误登记"})
    assert house.act(ADMINISTRATOR, lambda work: instances.verify(work, case))


def test_who_gets_a_superior_complained_of_is_kept_out_of_the_open_cases(house: House):
    case = house.start("two_steps")
    keep_out(house, case, DIRECTOR)

    house.act(ADMINISTRATOR, lambda work: recusals.extend(work, {DIRECTOR.id: [COLLEAGUE.id]}, "新的直接上级"))

    with pytest.raises(NotFound):
        house.act(COLLEAGUE, lambda work: instances.get(work, case))


def test_answers_that_name_people_are_told_to_the_web(house: House):
    house.start("accusing")
    (task,) = house.act(OFFICER, lambda work: tasks.inbox(work, box="roles").items)

    done = house.act(OFFICER, lambda work: tasks.complete(work, task.id, {"accused": "李主任、zhao"}))

    assert done.named == ("李主任", "zhao")


def test_offers_of_a_task_given_back_are_there_once(house: House):
    case = house.start("two_steps")
    task = open_task(house, case).id
    house.act(OFFICER, lambda work: tasks.claim(work, task))

    keep_out(house, case, OFFICER, COLLEAGUE)

    offers = house.act(
        ADMINISTRATOR, lambda work: list(work.session.scalars(select(TaskOffer.to).where(TaskOffer.task_id == task)))
    )
    rows = house.act(ADMINISTRATOR, lambda work: len(list(work.session.scalars(select(InstanceRecusal)))))
    assert (offers, rows) == (["role:专员"], 2)


WAITING = plans.diagram(
    "waiting",
    plans.start(),
    '<bpmn:intermediateCatchEvent id="replied" name="对方已答复"><bpmn:messageEventDefinition id="d" messageRef="reply"/>'
    "</bpmn:intermediateCatchEvent>",
    plans.end(),
    plans.flow("begin", "replied"),
    plans.flow("replied", "done"),
    lanes={"专员": "begin replied done"},
    extra='<bpmn:message id="reply" name="reply"/>',
)


def test_the_recused_cannot_move_the_case_by_a_message(house: House):
    house.act(ADMINISTRATOR, lambda work: deployments.deploy(work, {"waiting.bpmn": WAITING}))
    case = house.start("waiting")
    keep_out(house, case, HEAD)

    with pytest.raises(NotFound):
        house.act(HEAD, lambda work: messages.correlate(work, "reply", "TS-waiting", {}))

    assert house.act(ADMINISTRATOR, lambda work: messages.correlate(work, "reply", "TS-waiting", {})) == [case]
