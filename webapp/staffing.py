"""Who is there to do the work: open tasks that nobody may do, and what plans are checked against.

A task is stuck where its role has nobody, where all of them are recused or did what it approves, or where somebody who
left holds it. Few rows are looked at: the addresses that tasks are offered to, the cases with recusals or where all of a
small role have acted, the people who have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import aliased

from engine import checks, task_queries
from engine.tables import InstanceRecusal, ProcessDefinition, ProcessInstance, TaskOffer, UserTask
from engine.visibility import role_offer, visible_instances
from engine.work import UnitOfWork
from webapp import superiors
from webapp.complaint_words import GIVEN
from webapp.people import Person, PersonRole, role_names

#: So many are looked at; who has more has one cause for most of them.
MOST = 200
#: Rows that are looked at until so many are found.
_MOST_ROWS = 5_000
#: People of a role up to which all of them may have done what a task of it approves.
_SCARCE = 3


@dataclass(frozen=True, slots=True)
class Stuck:
    """An open task that nobody may do. `why` is "role-empty", "recused", "own-work", "nobody-asked" or "holder-left"."""

    task_id: int
    instance_id: int
    business_key: str | None
    plan: str
    name: str
    roles: list[str]
    created_at: datetime
    why: str


def stuck(work: UnitOfWork, instance_id: int | None = None) -> list[Stuck]:
    """Return the open tasks that nobody may do, oldest first: of one case, or of every case that the actor may see.

    Needs "monitor" or "operate" when it is asked of all cases; of one case whoever sees it may know.
    """
    if instance_id is None and not work.actor.may("operate"):
        work.require("monitor")
    members = members_of(work)
    left = set(work.session.scalars(select(Person.id).where(Person.is_active.is_(False))))
    lonely = _without_people(work, members, left)
    candidates = union_all(  # each finds its few tasks by an index; an OR over the three would look at every open task
        select(UserTask.id).where(UserTask.assignee.in_(left), UserTask.closed_at.is_(None)),
        select(TaskOffer.task_id).where(TaskOffer.to.in_(lonely)),
        select(UserTask.id).where(
            UserTask.instance_id.in_(select(InstanceRecusal.instance_id)), UserTask.closed_at.is_(None)
        ),
        *_acted_in(work, members),
    )
    query = (
        select(UserTask, ProcessInstance.business_key, ProcessDefinition.name)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(UserTask.id.in_(candidates), UserTask.closed_at.is_(None))
        .where(ProcessInstance.status.in_(("running", "suspended")), visible_instances(work))
    )
    if instance_id is not None:
        query = query.where(UserTask.instance_id == instance_id)
    found: list[Stuck] = []
    last = seen = 0
    while len(found) < MOST and seen < _MOST_ROWS:
        rows = work.session.execute(query.where(UserTask.id > last).order_by(UserTask.id).limit(MOST)).all()
        cases = [task.instance_id for task, _, _ in rows]
        recused, done = _recused(work, cases), _done(work, cases)
        for task, number, plan in rows:
            kept_out = recused.get(task.instance_id, set())
            why = _why(work, task, members, left, kept_out, done.get(task.instance_id, {}))
            if why:
                found.append(
                    Stuck(task.id, task.instance_id, number, plan, task.name, task.groups, task.created_at, why)
                )
        if len(rows) < MOST:
            break
        last, seen = rows[-1][0].id, seen + len(rows)
    return found[:MOST]


def known(work: UnitOfWork, services: Iterable[str] | None = None, *, holds_to_roles: bool = True) -> checks.Known:
    """Return what the house knows when plans are checked: its roles, their people, who reports to whom.

    Without `holds_to_roles` a lane that names no role of the house is no error: a new house deploys first.
    """
    return checks.Known(
        roles=role_names(work) if holds_to_roles else None,
        services=frozenset(services) if services is not None else None,
        given=GIVEN,
        calendar=work.calendar(),
        members=members_of(work),
        superiors=superiors.chart(work),
    )


def superiors_of(work: UnitOfWork, ids: Iterable[str]) -> dict[str, str | None]:
    """Return whom each of these people reports to."""
    chart = superiors.chart(work)
    return {person: chart.get(person) for person in ids}


def members_of(work: UnitOfWork) -> dict[str, frozenset[str]]:
    """Return role -> the active people who have it. For the house's own rules; pages ask `people`."""
    rows = work.session.execute(
        select(PersonRole.role, PersonRole.person_id)
        .join(Person, Person.id == PersonRole.person_id)
        .where(Person.is_active.is_(True))
    )
    found: dict[str, set[str]] = {}
    for role, person in rows:
        found.setdefault(role, set()).add(person)
    return {role: frozenset(names) for role, names in found.items()}


def _why(
    work: UnitOfWork,
    task: UserTask,
    members: Mapping[str, frozenset[str]],
    left: set[str],
    recused: set[str],
    done: Mapping[str, set[str]],
) -> str:
    """Return why nobody may do the task, "" when somebody may. `done`: the steps that each person did in its case."""
    if task.assignee is not None:
        return "holder-left" if task.assignee in left else ""
    asked = {person for role in task.groups for person in members.get(role, ())} | (set(task.users) - left)
    if not asked:
        return "role-empty" if task.groups or task.users else "nobody-asked"
    there = asked - recused
    if not there:
        return "recused"
    if not all(person in done for person in there):
        return ""
    approved = task_queries.approved_by(work, task)
    return "own-work" if all(approved & done[person] for person in there) else ""


def _acted_in(work: UnitOfWork, members: Mapping[str, frozenset[str]]) -> list[Any]:
    """Return queries of the open tasks in whose case everybody they are offered to has done something already."""
    offered = aliased(UserTask)
    done = aliased(UserTask)
    acted = (
        select(TaskOffer.task_id)
        .join(offered, offered.id == TaskOffer.task_id)
        .join(done, (done.instance_id == offered.instance_id) & (done.outcome == "completed"))
    )
    made = [acted.where(TaskOffer.to == "person:" + done.closed_by)]
    for size in range(1, _SCARCE + 1):
        roles = {role: people for role, people in members.items() if len(people) == size}
        if roles:
            has_role = (PersonRole.person_id == done.closed_by) & (TaskOffer.to == "role:" + PersonRole.role)
            made.append(
                acted.join(PersonRole, has_role)
                .where(TaskOffer.to.in_([role_offer(role) for role in roles]))
                .where(done.closed_by.in_(set().union(*roles.values())))
                .group_by(TaskOffer.task_id, TaskOffer.to)
                .having(func.count(done.closed_by.distinct()) == size)
            )
    return made


def _done(work: UnitOfWork, instance_ids: list[int]) -> dict[int, dict[str, set[str]]]:
    """Return case -> person -> the steps that they completed in it."""
    found: dict[int, dict[str, set[str]]] = {}
    if instance_ids:
        query = select(UserTask.instance_id, UserTask.closed_by, UserTask.element_id).where(
            UserTask.instance_id.in_(set(instance_ids)), UserTask.outcome == "completed"
        )
        for instance_id, person, element in work.session.execute(query):
            found.setdefault(instance_id, {}).setdefault(person or "", set()).add(element)
    return found


def _without_people(work: UnitOfWork, members: Mapping[str, Iterable[str]], left: set[str]) -> list[str]:
    """Return the addresses that tasks are offered to and behind which nobody is."""
    manned = {role_offer(role) for role in members}
    return [
        address
        for address in _addresses(work)
        if (address.startswith("role:") and address not in manned) or address.removeprefix("person:") in left
    ]


def _addresses(work: UnitOfWork) -> list[str]:
    """Return every address that tasks are offered to: one look into the index for each, however many tasks there are."""
    first = select(func.min(TaskOffer.to).label("to")).cte("address", recursive=True)
    further = aliased(first)
    following = select(func.min(TaskOffer.to)).where(TaskOffer.to > further.c.to).scalar_subquery()
    every: Any = first.union_all(select(following).where(further.c.to.is_not(None)))
    return [address for address in work.session.scalars(select(every.c.to)) if address is not None]


def _recused(work: UnitOfWork, instance_ids: list[int]) -> dict[int, set[str]]:
    if not instance_ids:
        return {}
    found: dict[int, set[str]] = {}
    rows = select(InstanceRecusal.instance_id, InstanceRecusal.person).where(
        InstanceRecusal.instance_id.in_(set(instance_ids))
    )
    for instance_id, person in work.session.execute(rows):
        found.setdefault(instance_id, set()).add(person)
    return found
