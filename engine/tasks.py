"""User tasks: the inbox, claim and release, drafts, completing. It moves no token itself: `instances.advance` does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import undefer

from engine import deployments, forms, instances
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.instance_queries import Page, world
from engine.spiff.machine import Machine
from engine.tables import NO_DEADLINE, InstanceAccess, ProcessDefinition, ProcessInstance, TaskOffer, UserTask
from engine.visibility import is_offered, offered_to, offers, visible_instances
from engine.work import UnitOfWork

#: A draft longer than this as JSON is refused: attachments do not belong in it.
MAX_DRAFT_FIELDS = 500
#: A user task with this property makes its case confidential when it is completed: its value is the variable that
#: names the people who may know, besides whoever completes it.
CONFIDENTIAL_TO = "confidential-to"
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


@dataclass(frozen=True, slots=True)
class Completed:
    """What completing led to: the next open task of this case that the actor may do, or None."""

    instance_id: int
    next_task_id: int | None


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
    mine = _capped(select(UserTask.id).where(UserTask.assignee == work.actor.id, UserTask.closed_at.is_(None)))
    overdue = _capped(
        select(UserTask.id).where(
            UserTask.assignee == work.actor.id, UserTask.closed_at.is_(None), UserTask.sort_at < work.now
        )
    )
    roles = _capped(select(TaskOffer.task_id).where(TaskOffer.to.in_(offers(work))).distinct())
    row = work.session.execute(select(mine, roles, overdue)).one()
    return {"mine": row[0], "roles": row[1], "overdue": row[2]}


def of_instance(work: UnitOfWork, instance_id: int) -> list[TaskInfo]:
    """Return every task of a case, open ones first. Raises NotFound when the actor may not see the case."""
    instances.get(work, instance_id)
    rows = work.session.execute(
        _select().where(UserTask.instance_id == instance_id).order_by(UserTask.closed_at.isnot(None), UserTask.id)
    ).all()
    return [_info(work, *row) for row in rows]


def get(work: UnitOfWork, task_id: int) -> TaskInfo:
    """Return one task. Raises NotFound when there is none or the actor may not see its case."""
    row = work.session.execute(_select().where(UserTask.id == task_id, visible_instances(work))).one_or_none()
    if row is None:
        raise NotFound("没有这个任务，或者您无权查看。", "There is no such task, or you may not see it.")
    return _info(work, *row)


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


def claim(work: UnitOfWork, task_id: int) -> None:
    """Take the task on. Raises NotAllowed when it is not offered to the actor, Conflict when somebody has it."""
    task, _ = _open(work, task_id)
    if task.assignee == work.actor.id:
        return
    _check_holder(work, task)
    _assign(work, task, work.actor.id)
    _record(work, task, "claimed", {"task": task.id})


def release(work: UnitOfWork, task_id: int) -> None:
    """Give the task back to its role. Only who holds it may, or somebody with "operate"."""
    task, _ = _open(work, task_id)
    if task.assignee is None:
        return
    if task.assignee != work.actor.id and not work.actor.may("operate"):
        raise NotAllowed("只有签收人可以退回任务。", "Only the person who claimed the task may give it back.")
    if not task.groups and not task.users:
        raise Conflict("此任务没有候选岗位，不能退回，请改派。", "This task has no role to go back to; reassign it.")
    was, task.assignee = task.assignee, None
    _offer(work, task)
    _record(work, task, "released", {"task": task.id, "from": was})


def reassign(work: UnitOfWork, task_id: int, person: str, reason: str) -> None:
    """Give the task to `person`, whoever holds it. Needs "operate" and a reason; `person` is the web's to check."""
    work.require("operate")
    if not reason.strip():
        raise EngineError("请说明理由。", "Give a reason.", code="reason-missing")
    task, _ = _open(work, task_id)
    was = task.assignee
    _assign(work, task, person)
    _record(work, task, "reassigned", {"task": task.id, "from": was, "to": person, "reason": reason.strip()})


def save_draft(work: UnitOfWork, task_id: int, raw: Mapping[str, Any]) -> None:
    """Keep unfinished answers, unchecked, for whoever holds the task. Claims it when nobody does."""
    task, _ = _open(work, task_id)
    _check_holder(work, task)
    if len(raw) > MAX_DRAFT_FIELDS:
        raise EngineError(
            "草稿字段过多，未保存。", "The draft has too many fields and was not saved.", code="draft-too-large"
        )
    if task.assignee is None:
        _assign(work, task, work.actor.id)
    task.draft = dict(raw)
    work.session.flush()


def complete(work: UnitOfWork, task_id: int, raw: Mapping[str, Any], version: int | None = None) -> Completed:
    """Close the task with the answers of its form and let the case run on.

    An unclaimed task is claimed on the way. Raises InvalidAnswers (nothing stored), NotAllowed, NotFound, and
    Conflict when it is closed already, when somebody else holds it, when the case is suspended, or when `version` is
    given and the task was changed since the page was drawn.
    """
    task, instance = _open(work, task_id, locks_case=True)
    _check_holder(work, task)
    if version is not None and task.version != version:
        raise Conflict(
            "任务在您打开之后有变动，请重新打开核对后再提交。",
            "The task changed since you opened it; open it again, check and submit.",
            code="task-changed",
        )

    naming: str | None = None

    def change(machine: Machine) -> None:
        nonlocal naming
        wait = next((wait for wait in machine.waits() if wait.token == task.token), None)
        if wait is None:
            # On PostgreSQL the lock was waited for: whoever was first is in the row by now.
            work.session.refresh(task)
            raise closed(task)
        answers: dict[str, Any] = {}
        if task.form is not None:
            family = deployments.open_family(work, instance.definition_id)
            form = forms.of_family(family.forms, task.form)
            known = machine.context(task.token)
            answers = forms.check(form, raw, known, now=work.now, calendar=work.calendar)
        elif raw:
            raise EngineError("此任务没有表单，不接受填写内容。", "This task has no form and takes no answers.")
        naming = wait.node.properties.get(CONFIDENTIAL_TO)
        machine.complete(task.token, answers)

    machine = instances.move(work, instance, change)
    if naming is not None:
        instances.restrict(work, instance.id, {work.actor.id, *_names(machine.variables().get(naming))})
    return Completed(task.instance_id, _next_task(work, instance, machine))


# --- private --------------------------------------------------------------------------------------------------


def _select() -> Any:
    return (
        select(*_ENTITIES)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    )


def _not_secret(work: UnitOfWork) -> ColumnElement[bool]:
    """A confidential case is in nobody's inbox but that of the people named."""
    named = select(InstanceAccess.person).where(
        InstanceAccess.instance_id == ProcessInstance.id, InstanceAccess.person == work.actor.id
    )
    return or_(ProcessInstance.is_confidential.is_(False), named.exists())


def _mine(work: UnitOfWork, seen: tuple[datetime, int] | None, limit: int) -> Any:
    query = _select().where(UserTask.assignee == work.actor.id, UserTask.closed_at.is_(None), _not_secret(work))
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
            .where(TaskOffer.to == address, _not_secret(work))
        )
        if seen:
            moment = literal(seen[0], TaskOffer.sort_at.type)
            part = part.where(tuple_(TaskOffer.sort_at, TaskOffer.task_id) > tuple_(moment, literal(seen[1])))
        part = part.order_by(TaskOffer.sort_at, TaskOffer.task_id).limit(limit)
        parts.append(select(part.subquery()))
    found = union_all(*parts).subquery()
    first = select(found.c.task_id, found.c.sort_at).distinct().order_by(found.c.sort_at, found.c.task_id).limit(limit)
    page = first.subquery()
    return _select().join(page, page.c.task_id == UserTask.id).order_by(UserTask.sort_at, UserTask.id)


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


def _open(work: UnitOfWork, task_id: int, *, locks_case: bool = False) -> tuple[UserTask, ProcessInstance]:
    """Return the open task and its case; its row (or its case's, with the state, when it is to move) is locked."""
    query = _select().where(UserTask.id == task_id, visible_instances(work))
    query = query.with_for_update(of=ProcessInstance if locks_case else UserTask)
    if locks_case:
        query = query.options(undefer(ProcessInstance.state))
    row = work.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("没有这个任务，或者您无权查看。", "There is no such task, or you may not see it.")
    task: UserTask = row[0]
    work.session.info["definition"] = row[2]  # kept: the identity map is weak, and `open_family` would ask again
    if task.closed_at is not None:
        raise closed(task)
    if task.is_suspended:
        raise Conflict("此投诉件已中止，请管理员先恢复。", "This case is suspended.", code="case-suspended")
    return task, row[1]


def closed(task: UserTask) -> Conflict:
    """Return the answer to somebody who comes too late."""
    moment = task.closed_at.isoformat(timespec="seconds") if task.closed_at else ""
    if task.outcome == "cancelled":
        return Conflict("任务已被流程撤销，无需办理。", "The plan has withdrawn this task.", code="task-cancelled")
    return Conflict(
        f"任务已由 {task.closed_by} 办结。",
        f"{task.closed_by} has completed this task.",
        code="task-already-closed",
        by=task.closed_by,
        at=moment,
    )


def _check_holder(work: UnitOfWork, task: UserTask) -> None:
    """Raise Conflict when somebody else holds the task, NotAllowed when it is free but not offered to the actor."""
    if task.assignee == work.actor.id:
        return
    if task.assignee is not None:
        raise Conflict(
            f"任务已由 {task.assignee} 签收。", f"{task.assignee} has claimed this task.", code="task-claimed"
        )
    if not is_offered(work, task):
        raise NotAllowed("这个任务不属于您的岗位。", "This task is not offered to your roles.")


def _assign(work: UnitOfWork, task: UserTask, person: str) -> None:
    if task.assignee is None:
        work.session.execute(delete(TaskOffer).where(TaskOffer.task_id == task.id))
    if task.assignee != person:
        task.draft = None
    task.assignee = person
    work.session.flush()


def _offer(work: UnitOfWork, task: UserTask) -> None:
    addresses = offered_to(task.groups, task.users)
    work.session.execute(
        insert(TaskOffer), [{"to": to, "sort_at": task.sort_at, "task_id": task.id} for to in addresses]
    )
    work.session.flush()


def _record(work: UnitOfWork, task: UserTask, what: str, data: dict[str, Any]) -> None:
    instances.note(work, instances.locked(work, task.instance_id), what, data, task.element_id)


def _names(value: Any) -> list[str]:
    """Return the people a form named: a list, or a text with one a line or parted by commas."""
    words = re.split(r"[\s,，;；、]+", value) if isinstance(value, str) else value or []
    return [str(word).strip() for word in words if str(word).strip()]


def _next_task(work: UnitOfWork, instance: ProcessInstance, machine: Machine) -> int | None:
    tokens = [
        wait.token
        for wait in machine.waits()
        if wait.kind == "user"
        and (
            wait.assignee == work.actor.id
            or (wait.assignee is None and (work.actor.groups.intersection(wait.groups) or work.actor.id in wait.users))
        )
    ]
    if not tokens:
        return None
    rows = work.session.execute(
        select(UserTask.id, UserTask.assignee)
        .where(UserTask.instance_id == instance.id, UserTask.token.in_(tokens), UserTask.closed_at.is_(None))
        .order_by(UserTask.sort_at, UserTask.id)
    )
    for task_id, assignee in rows:
        if assignee in (None, work.actor.id):
            return int(task_id)
    return None
