"""Who is there to do the work: open tasks that nobody may do, and what plans are checked against.

A task is stuck where its role has nobody, where all of them are recused, or where somebody who left holds it. Few rows
are looked at: the addresses that tasks are offered to, the cases with recusals, the people who have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import aliased

from engine import checks
from engine.tables import InstanceRecusal, ProcessDefinition, ProcessInstance, TaskOffer, UserTask
from engine.visibility import role_offer, visible_instances
from engine.work import UnitOfWork
from webapp import superiors
from webapp.complaint_words import GIVEN
from webapp.people import Person, PersonRole, role_names

#: So many are looked at; who has more has one cause for most of them.
MOST = 200


@dataclass(frozen=True, slots=True)
class Stuck:
    """An open task that nobody may do. `why` is "role-empty", "recused", "nobody-asked" or "holder-left"."""

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
    rows = work.session.execute(query.order_by(UserTask.id).limit(MOST)).all()
    recused = _recused(work, [task.instance_id for task, _, _ in rows])
    found = []
    for task, number, plan in rows:
        why = _why(task, members, left, recused.get(task.instance_id, set()))
        if why:
            found.append(Stuck(task.id, task.instance_id, number, plan, task.name, task.groups, task.created_at, why))
    return found


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


def _why(task: UserTask, members: Mapping[str, frozenset[str]], left: set[str], recused: set[str]) -> str:
    """Return why nobody may do the task, "" when somebody may."""
    if task.assignee is not None:
        return "holder-left" if task.assignee in left else ""
    asked = {person for role in task.groups for person in members.get(role, ())} | (set(task.users) - left)
    if asked - recused:
        return ""
    if asked:
        return "recused"
    return "role-empty" if task.groups or task.users else "nobody-asked"


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
