"""Reading user tasks: the inbox, one task, its form, what its form sees. Nothing here changes a task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, not_, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from engine import deployments, forms, instances
from engine.errors import NotFound
from engine.family import Family
from engine.instance_queries import Page, world
from engine.spiff.machine import Machine
from engine.tables import (
    NO_DEADLINE,
    CaseClock,
    InstanceAccess,
    ProcessDefinition,
    ProcessInstance,
    TaskOffer,
    UserTask,
)
from engine.visibility import hidden_from, is_offered, not_recused, offers, visible_instances
from engine.work import UnitOfWork

#: Counts beyond this are shown as "more than".
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A user task as the inbox and its page show it. `draft` None: nothing saved; `due_at` None: no deadline."""

    id: int
    instance_id: int
    business_key: str | None
    element_id: str
    name: str
    plan: str
    groups: list[str]
    users: list[str]
    assignee: str | None
    created_at: datetime
    due_at: datetime | None
    is_provisional: bool
    priority: int | None
    form: str | None
    draft: dict[str, Any] | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None
    version: int
    is_drill: bool
    is_suspended: bool
    may_claim: bool
    may_complete: bool
    may_reassign: bool
    is_own_work: bool = False  #: it approves what the actor did, so that somebody else must do it


_ENTITIES = (UserTask, ProcessInstance, ProcessDefinition)


def inbox(work: UnitOfWork, *, box: str, after: str | None = None, limit: int = 50) -> Page[TaskInfo]:
    """Return a page of open tasks, due first: `box` "mine" (claimed by the actor) or "roles" (offered to them).

    `after` is the `next` of the page before. Raises NotFound for another box or a cursor we did not give out.
    """
    seen = _after(after)
    if box == "mine":
        query = _mine(work, seen, limit + 1)
    elif box == "roles":
        query = _offered(work, seen, limit + 1)
    else:
        raise NotFound(f"没有“{box}”这个任务箱。", f"There is no inbox called {box}.")
    rows = work.session.execute(query).all()
    tasks = [_info(work, *row) for row in rows[:limit]]
    more = None
    if len(rows) > limit:
        last = rows[limit - 1][0]
        more = f"{int(last.sort_at.timestamp() * 1_000_000)}-{last.id}"
    return Page(tasks, more)


def counts(work: UnitOfWork) -> dict[str, int]:
    """Return how many open tasks are "mine", offered to my "roles", and how many of mine are "overdue" (each capped)."""
    is_mine = and_(
        UserTask.assignee == work.actor.id,
        UserTask.closed_at.is_(None),
        UserTask.instance_id.not_in(hidden_from(work)),
    )
    mine = _capped(select(UserTask.id).where(is_mine))
    overdue = _capped(select(UserTask.id).where(is_mine, UserTask.sort_at < work.now, not_(_rests())))
    hidden = select(UserTask.id).where(UserTask.instance_id.in_(hidden_from(work)), UserTask.closed_at.is_(None))
    roles = _capped(
        select(TaskOffer.task_id).where(TaskOffer.to.in_(offers(work)), TaskOffer.task_id.not_in(hidden)).distinct()
    )
    row = work.session.execute(select(mine, roles, overdue)).one()
    return {"mine": row[0], "roles": row[1], "overdue": row[2]}


def of_instance(work: UnitOfWork, instance_id: int) -> list[TaskInfo]:
    """Return every task of a case, open ones first. Raises NotFound when the actor may not see the case."""
    instances.get(work, instance_id)
    rows = work.session.execute(
        with_case().where(UserTask.instance_id == instance_id).order_by(UserTask.closed_at.isnot(None), UserTask.id)
    ).all()
    return [_info(work, *row) for row in rows]


def get(work: UnitOfWork, task_id: int) -> TaskInfo:
    """Return one task. Raises NotFound when there is none or the actor may not see its case."""
    row = work.session.execute(with_case().where(UserTask.id == task_id, visible_instances(work))).one_or_none()
    if row is None:
        raise NotFound("没有这个任务，或者您无权查看。", "There is no such task, or you may not see it.")
    info = _info(work, *row)
    approved = approved_by(work, row[0]) if info.may_complete else frozenset()
    if approved and not approved.isdisjoint(steps_done_by(work, info.instance_id, work.actor.id)):
        return replace(info, may_claim=False, may_complete=False, is_own_work=True)
    return info


def approved_by(work: UnitOfWork, task: UserTask) -> frozenset[str]:
    """Return the steps that the task approves (four eyes), by its plan; most approve none."""
    instance = work.session.get_one(ProcessInstance, task.instance_id)
    family = deployments.open_family(work, instance.definition_id)
    approvals = family.compiled.get(_APPROVALS)
    if approvals is None:
        approvals = family.compiled[_APPROVALS] = _approvals(family)
    return approvals.get(task.element_id, frozenset())


def steps_done_by(work: UnitOfWork, instance_id: int, person: str) -> frozenset[str]:
    """Return the steps of the case that the person completed, in every round."""
    done = select(UserTask.element_id).where(
        UserTask.instance_id == instance_id, UserTask.closed_by == person, UserTask.outcome == "completed"
    )
    return frozenset(work.session.scalars(done))


def form_of(work: UnitOfWork, task_id: int) -> forms.Form | None:
    """Return the task's form as it was deployed with its plan, or None when it asks nothing."""
    info = get(work, task_id)
    if info.form is None:
        return None
    instance = work.session.get_one(ProcessInstance, info.instance_id)
    return forms.of_family(deployments.open_family(work, instance.definition_id).forms, info.form)


def context(work: UnitOfWork, task_id: int) -> dict[str, Any]:
    """Return the variables that the open task sees; for a closed one those of the case's outermost scope."""
    info = get(work, task_id)
    row = work.session.get_one(UserTask, task_id)
    instance = work.session.get_one(ProcessInstance, info.instance_id)
    machine = Machine.load(instance.state, deployments.open_family(work, instance.definition_id), world(work))
    if info.closed_at is not None:
        return machine.variables()
    return machine.context(row.token)


def with_case() -> Any:
    """Return the query of tasks with their case and its definition."""
    return (
        select(*_ENTITIES)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    )


def _done_by() -> ColumnElement[str | None]:
    """Return what `steps_done_by` does for :doer, parted by commas, as a column of a query of tasks."""
    other = aliased(UserTask)
    done = select(func.aggregate_strings(other.element_id, ",")).where(
        other.instance_id == UserTask.instance_id, other.closed_by == bindparam("doer"), other.outcome == "completed"
    )
    return done.correlate(UserTask).scalar_subquery()


#: Tasks with their case, its definition, and the steps of the case that :doer completed. Built once: every verb asks it.
WITH_DONE = with_case().add_columns(_done_by())


# --- private --------------------------------------------------------------------------------------------------


#: Where a family keeps which of its steps approve which.
_APPROVALS = "approvals"


def _approvals(family: Family) -> dict[str, frozenset[str]]:
    """Return step -> the steps that it approves; where two plans of a family use one id, those of both."""
    found: dict[str, frozenset[str]] = {}
    for process in family.processes.values():
        for _, node in process.body.walk():
            if node.approves:
                found[node.id] = found.get(node.id, frozenset()).union(node.approves)
    return found


def _rests() -> ColumnElement[bool]:
    """A task is not late while the clock that it is due with stands still (`clocks.resting`)."""
    due_together = (CaseClock.instance_id == UserTask.instance_id, CaseClock.due_at == UserTask.due_at)
    return select(CaseClock.id).where(*due_together, CaseClock.paused_at.isnot(None)).correlate(UserTask).exists()


def _may_know(work: UnitOfWork) -> ColumnElement[bool]:
    """A case is in no inbox of people recused from it, and a confidential one only in those of the people named."""
    named = select(InstanceAccess.person).where(
        InstanceAccess.instance_id == ProcessInstance.id, InstanceAccess.person == work.actor.id
    )
    return and_(not_recused(work), or_(ProcessInstance.is_confidential.is_(False), named.exists()))


def _mine(work: UnitOfWork, seen: tuple[datetime, int] | None, limit: int) -> Any:
    query = with_case().where(UserTask.assignee == work.actor.id, UserTask.closed_at.is_(None), _may_know(work))
    if seen:
        query = query.where(tuple_(UserTask.sort_at, UserTask.id) > tuple_(*map(literal, seen)))
    return query.order_by(UserTask.sort_at, UserTask.id).limit(limit)


def _offered(work: UnitOfWork, seen: tuple[datetime, int] | None, limit: int) -> Any:
    """Each address gives its own first `limit` offers from the index; the union of these few is sorted."""
    parts = []
    for address in offers(work):
        part = (
            select(TaskOffer.sort_at, TaskOffer.task_id)
            .join(UserTask, UserTask.id == TaskOffer.task_id)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(TaskOffer.to == address, _may_know(work))
        )
        if seen:
            moment = literal(seen[0], TaskOffer.sort_at.type)
            part = part.where(tuple_(TaskOffer.sort_at, TaskOffer.task_id) > tuple_(moment, literal(seen[1])))
        part = part.order_by(TaskOffer.sort_at, TaskOffer.task_id).limit(limit)
        parts.append(select(part.subquery()))
    found = union_all(*parts).subquery()
    first = select(found.c.task_id, found.c.sort_at).distinct().order_by(found.c.sort_at, found.c.task_id).limit(limit)
    page = first.subquery()
    return with_case().join(page, page.c.task_id == UserTask.id).order_by(UserTask.sort_at, UserTask.id)


def _capped(query: Select[Any]) -> Any:
    return select(func.count()).select_from(query.limit(COUNT_CAP).subquery()).scalar_subquery()


def _after(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    moment, _, task_id = cursor.partition("-")
    if not (moment.isdigit() and task_id.isdigit() and len(cursor) < 40):
        raise NotFound("页码无效，请从第一页重新打开。", "The page cursor is invalid; start again from the first page.")
    try:
        sort_at = datetime.fromtimestamp(int(moment) / 1_000_000, NO_DEADLINE.tzinfo)
    except (OverflowError, ValueError, OSError):
        raise NotFound("页码无效，请从第一页重新打开。", "The page cursor is invalid.") from None
    return sort_at, int(task_id)


def _info(work: UnitOfWork, task: UserTask, instance: ProcessInstance, plan: ProcessDefinition) -> TaskInfo:
    is_open = task.closed_at is None
    is_mine = task.assignee == work.actor.id
    is_offer = task.assignee is None and is_offered(work, task)
    may_act = is_open and not task.is_suspended
    return TaskInfo(
        id=task.id,
        instance_id=task.instance_id,
        business_key=instance.business_key,
        element_id=task.element_id,
        name=task.name,
        plan=plan.name,
        groups=task.groups,
        users=task.users,
        assignee=task.assignee,
        created_at=task.created_at,
        due_at=task.due_at,
        is_provisional=task.is_provisional,
        priority=task.priority,
        form=task.form,
        draft=task.draft if is_mine else None,
        closed_at=task.closed_at,
        closed_by=task.closed_by,
        outcome=task.outcome,
        version=task.version,
        is_drill=instance.is_drill,
        is_suspended=task.is_suspended,
        may_claim=may_act and is_offer,
        may_complete=may_act and (is_mine or is_offer),
        may_reassign=is_open and work.actor.may("operate"),
    )
