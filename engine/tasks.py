"""User tasks: claim and release, drafts, completing. It moves no token itself: `instances.advance` does.

Reading tasks is `task_queries`; its verbs are offered here too, so that callers know one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import undefer

from engine import attachments, deployments, forms, instances
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.spiff.machine import Machine
from engine.tables import ProcessInstance, TaskOffer, UserTask
from engine.task_queries import (
    COUNT_CAP,
    WITH_DONE,
    TaskInfo,
    approved_by,
    context,
    counts,
    form_of,
    get,
    inbox,
    of_instance,
    steps_done_by,
)
from engine.visibility import is_offered, offered_to, recused_among, visible_instances
from engine.work import UnitOfWork

__all__ = [
    "COUNT_CAP",
    "Completed",
    "TaskInfo",
    "attach",
    "claim",
    "complete",
    "context",
    "counts",
    "detach",
    "form_of",
    "get",
    "inbox",
    "of_instance",
    "reassign",
    "release",
    "save_draft",
]

#: A draft longer than this as JSON is refused: attachments do not belong in it.
MAX_DRAFT_FIELDS = 500
#: A user task with this property makes its case confidential when it is completed: its value is the variable that
#: names the people who may know, besides whoever completes it.
CONFIDENTIAL_TO = "confidential-to"
#: A user task with this property names people complained of: its value is the field of its form that asks for them. Who
#: they are, and who reports to them, is known to the web: `Completed.named` tells it.
RECUSES = "recuses"
#: A user task with this property says that what a plan keeps ready was looked at: two fields of its form, the plan's
#: and the kinds' (people, goods ...). `Completed.looked_at` tells it to the web, which keeps the checklists.
CHECKS_RESOURCES = "checks-resources"


@dataclass(frozen=True, slots=True)
class Completed:
    """What completing led to: the next open task of this case that the actor may do, or None.

    `named` are people whom the answers say are complained of: they are to be kept out of the case. `looked_at` is a
    plan, as it was named, with the kinds of its resources that were looked at.
    """

    instance_id: int
    next_task_id: int | None
    named: tuple[str, ...] = ()
    looked_at: tuple[str, tuple[str, ...]] | None = None


def claim(work: UnitOfWork, task_id: int) -> None:
    """Take the task on. Raises NotAllowed when it is not offered to the actor, Conflict when somebody has it."""
    task, _, done = _open(work, task_id)
    if task.assignee == work.actor.id:
        return
    _check_holder(work, task)
    _check_four_eyes(work, task, work.actor.id, done)
    _assign(work, task, work.actor.id)
    _record(work, task, "claimed", {"task": task.id})


def release(work: UnitOfWork, task_id: int) -> None:
    """Give the task back to its role. Only who holds it may, or somebody with "operate"."""
    task, *_ = _open(work, task_id)
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
    task, instance, _ = _open(work, task_id)
    if instance.has_recusals and recused_among(work, instance.id, [person]):
        raise NotAllowed(
            "此人在本件中须回避，请改派他人。",
            "This person is recused from the case; give the task to somebody else.",
            code="recused",
        )
    _check_four_eyes(work, task, person, steps_done_by(work, task.instance_id, person))
    was = task.assignee
    _assign(work, task, person)
    _record(work, task, "reassigned", {"task": task.id, "from": was, "to": person, "reason": reason.strip()})


def save_draft(work: UnitOfWork, task_id: int, raw: Mapping[str, Any], version: int | None = None) -> int:
    """Keep unfinished answers, unchecked, for whoever holds the task; return its version now. Claims it when nobody does.

    Raises Conflict when `version` is given and the task was changed since.
    """
    task, _, done = _open(work, task_id)
    _check_version(task, version)
    _check_holder(work, task)
    _check_four_eyes(work, task, work.actor.id, done)
    if len(raw) > MAX_DRAFT_FIELDS:
        raise EngineError(
            "草稿字段过多，未保存。", "The draft has too many fields and was not saved.", code="draft-too-large"
        )
    if task.assignee is None:
        _assign(work, task, work.actor.id)
    task.draft = dict(raw)
    work.session.flush()
    return task.version


def attach(work: UnitOfWork, task_id: int, path: str, file: attachments.Examined) -> attachments.AttachmentInfo:
    """Store a file as a draft for the file picker at `path` of the task's form. An unclaimed task stays unclaimed.

    Raises FileError as `attachments.add`; NotAllowed, NotFound and Conflict as `complete`.
    """
    task, *_ = _open(work, task_id, locks_case=True)
    _check_holder(work, task)
    form = form_of(work, task_id)
    if form is None:
        raise EngineError("此任务没有表单，不接受附件。", "This task has no form and takes no files.")
    return attachments.add(work, form, path, file, _place(task))


def detach(work: UnitOfWork, task_id: int, attachment_id: str) -> None:
    """Drop a draft that the actor attached to the open task; nothing when it is gone already. Raises as `attach`."""
    task, *_ = _open(work, task_id)
    _check_holder(work, task)
    attachments.discard(work, attachment_id, _place(task))


def complete(work: UnitOfWork, task_id: int, raw: Mapping[str, Any], version: int | None = None) -> Completed:
    """Close the task with the answers of its form and let the case run on.

    An unclaimed task is claimed on the way. Raises InvalidAnswers (nothing stored), NotAllowed, NotFound, and
    Conflict when it is closed already, when somebody else holds it, when the case is suspended, or when `version` is
    given and the task was changed since the page was drawn.
    """
    task, instance, done = _open(work, task_id, locks_case=True)
    _check_holder(work, task)
    _check_four_eyes(work, task, work.actor.id, done)
    _check_version(task, version)

    naming: str | None = None
    looked_at: tuple[str, tuple[str, ...]] | None = None
    named: tuple[str, ...] = ()
    entries: list[dict[str, Any]] = []

    def change(machine: Machine) -> None:
        nonlocal naming, named, looked_at
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
            entries.extend(attachments.keep(work, form, answers, _place(task)))
        elif raw:
            raise EngineError("此任务没有表单，不接受填写内容。", "This task has no form and takes no answers.")
        naming = wait.node.properties.get(CONFIDENTIAL_TO)
        if accusing := wait.node.properties.get(RECUSES):
            named = tuple(_names(answers.get(accusing)))
        plan, _, kinds = wait.node.properties.get(CHECKS_RESOURCES, "").partition(" ")
        if plan:
            looked_at = (str(answers.get(plan) or "").strip(), tuple(_names(answers.get(kinds.strip()))))
        machine.complete(task.token, answers)

    machine = instances.move(work, instance, change, entries=entries)
    if naming is not None:
        instances.restrict(work, instance.id, {work.actor.id, *_names(machine.variables().get(naming))})
    return Completed(task.instance_id, _next_task(work, instance, machine), named, looked_at)


# --- private --------------------------------------------------------------------------------------------------


def _open(
    work: UnitOfWork, task_id: int, *, locks_case: bool = False
) -> tuple[UserTask, ProcessInstance, frozenset[str]]:
    """Return the open task, its case, and the steps that the actor did in it: one question, so that completing stays short.

    Its row (or its case's, with the state, when it is to move) is locked.
    """
    query = WITH_DONE.where(UserTask.id == task_id, visible_instances(work))
    query = query.with_for_update(of=ProcessInstance if locks_case else UserTask)
    if locks_case:
        query = query.options(undefer(ProcessInstance.state))
    row = work.session.execute(query.execution_options(populate_existing=True), {"doer": work.actor.id}).one_or_none()
    if row is None:
        raise NotFound("没有这个任务，或者您无权查看。", "There is no such task, or you may not see it.")
    task: UserTask = row[0]
    work.session.info["definition"] = row[2]  # kept: the identity map is weak, and `open_family` would ask again
    if task.closed_at is not None:
        raise closed(task)
    if task.is_suspended:
        raise Conflict("此投诉件已中止，请管理员先恢复。", "This case is suspended.", code="case-suspended")
    return task, row[1], frozenset((row[3] or "").split(","))


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
            f"任务已由 {task.assignee} 签收。",
            f"{task.assignee} has claimed this task.",
            code="task-claimed",
            by=task.assignee,
        )
    if not is_offered(work, task):
        raise NotAllowed("这个任务不属于您的岗位。", "This task is not offered to your roles.")


def _check_four_eyes(work: UnitOfWork, task: UserTask, person: str, done: frozenset[str]) -> None:
    """Raise NotAllowed when the task approves what `person` did: nobody approves their own work."""
    if not done.isdisjoint(approved_by(work, task)):
        whose, their = ("您", "you") if person == work.actor.id else ("此人", "this person")
        raise NotAllowed(
            f"“{task.name}”审批的步骤由{whose}本人办理过，须由他人审批。",
            f"{task.name} approves what {their} did; somebody else must do it.",
            code="own-work",
        )


def _place(task: UserTask) -> attachments.Place:
    return attachments.Place(instance_id=task.instance_id, task_id=task.id, element=task.element_id)


def _check_version(task: UserTask, version: int | None) -> None:
    if version is not None and task.version != version:
        raise Conflict(
            "任务在您打开之后有变动，请重新打开核对后再提交。",
            "The task changed since you opened it; open it again, check and submit.",
            code="task-changed",
        )


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
    rows = work.session.scalars(
        select(UserTask)
        .where(UserTask.instance_id == instance.id, UserTask.token.in_(tokens), UserTask.closed_at.is_(None))
        .order_by(UserTask.sort_at, UserTask.id)
    )
    found = [task for task in rows if task.assignee in (None, work.actor.id)]
    if instance.has_recusals and recused_among(work, instance.id, [work.actor.id]):
        return None
    approving = {task.id: approved_by(work, task) for task in found}
    done = steps_done_by(work, instance.id, work.actor.id) if any(approving.values()) else frozenset()
    return next((task.id for task in found if done.isdisjoint(approving[task.id])), None)
