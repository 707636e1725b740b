"""Who may see which case, as conditions for queries. Everything not allowed here is invisible."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, false, or_, select, true, type_coerce, union_all
from sqlalchemy.orm import aliased

from engine.tables import InstanceAccess, InstanceRecusal, ProcessInstance, UserTask
from engine.work import Actor, UnitOfWork


def visible_instances(work: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition on ProcessInstance under which the actor may see a case.

    Who is recused from a case (回避) never sees it, whatever else they are. A confidential case is seen by the people
    named and by nobody else, administrators included. Any other case is seen with the permission "monitor", by who
    started it, and by everyone whose person or role has or had a task in it.
    """
    return _visible_to(work.actor)


def not_recused(work: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition on ProcessInstance under which the actor is not recused from a case."""
    return _not_recused(work.actor.id)


def hidden_from(work: UnitOfWork) -> Select[Any]:
    """Return the query of the ids of the cases hidden from the actor: few, so that counts leave them out.

    Those that they are recused from, and the confidential ones that do not name them.
    """
    person = work.actor.id
    recused = select(InstanceRecusal.instance_id.label("id")).where(InstanceRecusal.person == person)
    named = select(InstanceAccess.instance_id).where(InstanceAccess.person == person)
    confidential = select(ProcessInstance.id).where(
        ProcessInstance.is_confidential == true(), ProcessInstance.id.not_in(named)
    )
    hidden = union_all(recused, confidential).subquery()
    return select(hidden.c.id)


def recused_among(work: UnitOfWork, instance_id: int, people: Iterable[str]) -> frozenset[str]:
    """Return those of `people` who are recused from the case."""
    named = select(InstanceRecusal.person).where(
        InstanceRecusal.instance_id == instance_id, InstanceRecusal.person.in_(set(people))
    )
    return frozenset(work.session.scalars(named))


@lru_cache(maxsize=1024)
def _visible_to(actor: Actor) -> ColumnElement[bool]:
    """Build the condition once for each actor as they are: building it costs more than asking with it."""
    if actor.may("*"):
        return true()
    named = (
        select(InstanceAccess.person)
        .where(InstanceAccess.instance_id == ProcessInstance.id, InstanceAccess.person == actor.id)
        .correlate(ProcessInstance)
    )
    is_open_case = ProcessInstance.is_confidential == false()
    if actor.may("monitor"):
        return and_(_not_recused(actor.id), or_(is_open_case, named.exists()))
    task = aliased(UserTask)  # the query around may look at tasks itself
    takes_part = (
        select(task.id)
        .where(task.instance_id == ProcessInstance.id, _took_part(actor, task))
        .correlate(ProcessInstance)
    )
    ordinary = and_(is_open_case, or_(ProcessInstance.started_by == actor.id, takes_part.exists()))
    return and_(_not_recused(actor.id), or_(ordinary, named.exists()))


def _not_recused(person: str) -> ColumnElement[bool]:
    """Most cases have nobody recused: their own row says so, and nothing else is asked."""
    recused = (
        select(InstanceRecusal.person)
        .where(InstanceRecusal.instance_id == ProcessInstance.id, InstanceRecusal.person == person)
        .correlate(ProcessInstance)
    )
    return or_(ProcessInstance.has_recusals == false(), ~recused.exists())


def offers(work: UnitOfWork) -> list[str]:
    """Return the addresses under which open tasks are offered to the actor."""
    return [*(role_offer(group) for group in sorted(work.actor.groups)), person_offer(work.actor.id)]


def role_offer(role: str) -> str:
    """Return the address of an offer to a role."""
    return f"role:{role}"


def person_offer(person: str) -> str:
    """Return the address of an offer to a person."""
    return f"person:{person}"


def is_offered(work: UnitOfWork, task: UserTask) -> bool:
    """Return whether the task may be claimed by the actor: their role or their person is a candidate."""
    return bool(work.actor.groups.intersection(task.groups)) or work.actor.id in task.users


def offered_to(groups: list[str], users: list[str]) -> list[str]:
    """Return the addresses of the offers of a task with these candidates."""
    return [*map(role_offer, groups), *map(person_offer, users)]


def _took_part(actor: Actor, task: Any) -> ColumnElement[bool]:
    """The task is, or was, the actor's, or is offered to one of their roles."""
    conditions: list[ColumnElement[bool]] = [
        task.assignee == actor.id,
        task.closed_by == actor.id,
        _holds(task.users, actor.id),
    ]
    conditions += [_holds(task.groups, group) for group in sorted(actor.groups)]
    return or_(*conditions)


def _holds(column: Any, name: str) -> ColumnElement[bool]:
    text = type_coerce(column, String)
    return text.contains(f"|{name}|", autoescape=True)
