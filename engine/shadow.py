"""Rows as the shadow of a case's tokens: what the tokens wait for, written to tables in the same transaction.

Only `instances.advance` and `instances.start` call this. It reads no row: what the case waited for before the step
is known from its state, so the change is the difference between two sets of waits (architecture, decision 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, insert, update

from engine.spiff.world import Incident as Cause
from engine.spiff.world import Wait
from engine.tables import NO_DEADLINE, Incident, Job, ProcessInstance, Subscription, TaskOffer, UserTask
from engine.visibility import offered_to, recused_among
from engine.work import UnitOfWork

#: Which wait makes a job, and which a subscription.
_JOBS = frozenset({"timer", "service"})
_SUBSCRIPTIONS = frozenset({"message", "signal"})
#: A job that rests with its case (suspended) or with its clock (held) goes on resting when it is moved.
_RESTING = ("suspended", "held")


def cast(
    work: UnitOfWork,
    instance: ProcessInstance,
    before: Iterable[Wait],
    after: Iterable[Wait],
    completed: frozenset[int],
    failed: frozenset[int],
) -> None:
    """Make the rows of `instance` the shadow of `after`, given that they are the shadow of `before`.

    `completed` are the tokens whose step was completed; every other token that is gone was cancelled. `failed` are
    those that became an incident in this step, perhaps again after a retry.
    """
    old = {wait.token: wait for wait in before}
    new = {wait.token: wait for wait in after}
    gone = [wait for token, wait in old.items() if token not in new]
    come = [wait for token, wait in new.items() if token not in old]
    for token, wait in new.items():
        if token in old and (old[token].kind != wait.kind or (wait.kind == "incident" and token in failed)):
            gone.append(old[token])
            come.append(wait)
    moved = [
        wait
        for token, wait in new.items()
        if token in old and old[token].kind == wait.kind and _timing(old[token]) != _timing(wait)
    ]
    _remove(work, instance, gone, completed)
    _add(work, instance, come)
    for wait in moved:
        _move(work, instance, wait)


def task_row(work: UnitOfWork, instance: ProcessInstance, wait: Wait) -> UserTask:
    """Return the row of a waiting user task (not yet added to the session)."""
    return UserTask(
        instance_id=instance.id,
        token=wait.token,
        element_id=wait.element,
        name=wait.name or wait.element,
        groups=wait.groups,
        users=wait.users,
        assignee=wait.assignee,
        form=wait.form,
        created_at=work.now,
        due_at=wait.due_at,
        sort_at=wait.due_at or NO_DEADLINE,
        is_provisional=wait.is_provisional,
        priority=wait.priority,
    )


def job_values(instance: ProcessInstance, wait: Wait, now: datetime) -> dict[str, Any]:
    """Return the values of the row of a timer or service call."""
    is_timer = wait.kind == "timer"
    return {
        "kind": wait.kind,
        "instance_id": instance.id,
        "token": wait.token,
        "element_id": wait.element,
        "topic": wait.service.type if wait.service else None,
        "due_at": wait.due_at if is_timer and wait.due_at else now,
        "status": "waiting",
        "max_attempts": 1_000_000 if is_timer or wait.service is None else max(1, wait.service.retries),
        "is_provisional": wait.is_provisional,
    }


def _timing(wait: Wait) -> tuple[object, ...]:
    return (wait.due_at, wait.is_provisional, wait.key, wait.message)


def _remove(work: UnitOfWork, instance: ProcessInstance, gone: Sequence[Wait], completed: frozenset[int]) -> None:
    session = work.session
    tasks = [wait.token for wait in gone if wait.kind == "user"]
    if tasks:
        for outcome, tokens in (
            ("completed", [token for token in tasks if token in completed]),
            ("cancelled", [token for token in tasks if token not in completed]),
        ):
            if tokens:
                _close_tasks(work, instance, tokens, outcome)
    jobs = [wait.token for wait in gone if wait.kind in _JOBS]
    if jobs:
        session.execute(delete(Job).where(Job.instance_id == instance.id, Job.token.in_(jobs)))
    subscriptions = [wait.token for wait in gone if wait.kind in _SUBSCRIPTIONS]
    if subscriptions:
        session.execute(
            delete(Subscription).where(Subscription.instance_id == instance.id, Subscription.token.in_(subscriptions))
        )
    incidents = [wait.token for wait in gone if wait.kind == "incident"]
    if incidents:
        session.execute(
            update(Incident)
            .where(Incident.instance_id == instance.id, Incident.token.in_(incidents), Incident.resolved_at.is_(None))
            .values(resolved_at=work.now, resolved_by=work.actor.id)
        )


#: Built once: every completed task needs it.
_CLOSE = (
    update(UserTask)
    .where(
        UserTask.instance_id == bindparam("case"),
        UserTask.token.in_(bindparam("tokens", expanding=True)),
        UserTask.closed_at.is_(None),
    )
    .values(
        closed_at=bindparam("at"),
        closed_by=bindparam("by"),
        outcome=bindparam("how"),
        draft=None,
        is_suspended=False,
        version=UserTask.version + 1,
    )
    .returning(UserTask.id, UserTask.assignee)
    .execution_options(synchronize_session="fetch")
)


def _close_tasks(work: UnitOfWork, instance: ProcessInstance, tokens: list[int], outcome: str) -> None:
    values = {"case": instance.id, "tokens": tokens, "at": work.now, "by": work.actor.id, "how": outcome}
    closed = work.session.execute(_CLOSE, values).all()
    offered = [row.id for row in closed if row.assignee is None]
    if offered:
        work.session.execute(delete(TaskOffer).where(TaskOffer.task_id.in_(offered)))


def _add(work: UnitOfWork, instance: ProcessInstance, come: Sequence[Wait]) -> None:
    session = work.session
    tasks = [task_row(work, instance, wait) for wait in come if wait.kind == "user"]
    if tasks:
        _keep_from_recused(work, instance, tasks)
        session.add_all(tasks)
        session.flush()
        offers = [
            {"to": address, "sort_at": task.sort_at, "task_id": task.id}
            for task in tasks
            if task.assignee is None
            for address in offered_to(task.groups, task.users)
        ]
        if offers:
            session.execute(insert(TaskOffer), offers)
    jobs = [job_values(instance, wait, work.now) for wait in come if wait.kind in _JOBS]
    if jobs:
        session.execute(insert(Job), jobs)
    subscriptions = [
        {
            "instance_id": instance.id,
            "token": wait.token,
            "element_id": wait.element,
            "kind": wait.kind,
            "name": wait.message,
            "key": wait.key,
        }
        for wait in come
        if wait.kind in _SUBSCRIPTIONS
    ]
    if subscriptions:
        session.execute(insert(Subscription), subscriptions)
    for wait in come:
        if wait.kind == "incident":
            cause = wait.incident or Cause("step-failed", "步骤执行失败。", "The step failed.")
            session.add(
                Incident(
                    instance_id=instance.id,
                    token=wait.token,
                    element_id=wait.element,
                    raised_at=work.now,
                    code=cause.code,
                    zh=cause.zh,
                    en=cause.en,
                )
            )


def _keep_from_recused(work: UnitOfWork, instance: ProcessInstance, tasks: Sequence[UserTask]) -> None:
    """A plan gives no task to somebody recused from the case: it is offered to the role, or waits for an administrator."""
    chosen = {task.assignee for task in tasks if task.assignee is not None}
    if instance.has_recusals and chosen:
        recused = recused_among(work, instance.id, chosen)
        for task in tasks:
            if task.assignee in recused:
                task.assignee = None


def _move(work: UnitOfWork, instance: ProcessInstance, wait: Wait) -> None:
    session = work.session
    if wait.kind == "timer":
        session.execute(
            update(Job)
            .where(Job.instance_id == instance.id, Job.token == wait.token)
            .values(
                due_at=wait.due_at,
                is_provisional=wait.is_provisional,
                status=case((Job.status.in_(_RESTING), Job.status), else_="waiting"),
                taken_until=None,
                attempts=0,
            )
        )
    elif wait.kind == "user":
        sort_at = wait.due_at or NO_DEADLINE
        moved = session.execute(
            update(UserTask)
            .where(UserTask.instance_id == instance.id, UserTask.token == wait.token)
            .values(due_at=wait.due_at, sort_at=sort_at, is_provisional=wait.is_provisional)
            .returning(UserTask.id)
            .execution_options(synchronize_session="fetch")
        ).scalar_one()
        session.execute(update(TaskOffer).where(TaskOffer.task_id == moved).values(sort_at=sort_at))
    elif wait.kind in _SUBSCRIPTIONS:
        session.execute(
            update(Subscription)
            .where(Subscription.instance_id == instance.id, Subscription.token == wait.token)
            .values(name=wait.message, key=wait.key)
        )
