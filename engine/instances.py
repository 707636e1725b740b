"""THE WAIST: start a case, move its tokens, suspend, resume, cancel it. Only `advance` moves tokens.

Reading cases is `instance_queries`; its verbs are offered here too, so that callers know one name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import undefer

from engine import clock_shadow, deployments, history, shadow
from engine.errors import Conflict, EngineError, NotAllowed, NotFound
from engine.family import Family
from engine.instance_queries import (
    DiagramState,
    InstanceInfo,
    Page,
    TimelineEntry,
    counts,
    diagram_state,
    find,
    get,
    timeline,
    variables,
    verify,
    waits,
    world,
)
from engine.spiff.machine import Machine
from engine.spiff.world import Happening
from engine.tables import InstanceAccess, Job, ProcessInstance, UserTask
from engine.visibility import visible_instances
from engine.work import UnitOfWork

__all__ = [
    "DiagramState",
    "InstanceInfo",
    "Page",
    "TimelineEntry",
    "advance",
    "cancel",
    "counts",
    "diagram_state",
    "find",
    "get",
    "locked",
    "move",
    "move_deadline",
    "note",
    "restrict",
    "resume",
    "start",
    "suspend",
    "timeline",
    "variables",
    "verify",
    "waits",
]


def start(
    work: UnitOfWork,
    key: str,
    variables: Mapping[str, Any],
    *,
    business_key: str | None = None,
    is_drill: bool = False,
    start_element: str | None = None,
    payload: Mapping[str, Any] | None = None,
    definition_id: int | None = None,
) -> int:
    """Start a case of the newest active version of plan `key` (or of `definition_id`) and return its id.

    `variables` are JSON-able; moments are ISO 8601 texts with their zone. `start_element` names a start event other
    than the none start, `payload` what its message brought. Needs "register".
    Raises NotFound when no such plan is deployed, Conflict when it takes no new cases.
    """
    work.require("register")
    definition = deployments.latest(work, key) if definition_id is None else deployments.definition(work, definition_id)
    if not definition.is_active:
        raise Conflict(f"预案“{definition.name}”已停用，不能新建。", f"The plan {definition.name} takes no new cases.")
    family = deployments.open_family(work, definition.id)
    machine = Machine.start(
        family,
        definition.key,
        dict(variables),
        world(work),
        start_element=start_element,
        payload=dict(payload) if payload is not None else None,
        business_key=business_key,
    )
    machine.run()
    instance = ProcessInstance(
        definition_id=definition.id,
        business_key=business_key,
        status="running",
        started_at=work.now,
        started_by=work.actor.id,
        is_drill=is_drill,
        history_length=0,
        history_digest=b"",
        state=machine.dump(),
    )
    work.session.add(instance)
    work.session.flush()
    began = {"what": "started", "element": start_element or "", "data": {"plan": definition.key, **dict(variables)}}
    _settle(work, instance, family, machine, (), [began], is_new=True)
    return instance.id


def advance(
    work: UnitOfWork,
    instance_id: int,
    change: Callable[[Machine], object],
    *,
    entries: Iterable[dict[str, Any]] = (),
    may_be_suspended: bool = False,
) -> Machine:
    """Lock the case, load it, let `change` touch it, run on until nothing can move, save, make the rows its shadow.

    `entries` go into the history before what the machine did. Whatever `change` raises rolls the unit of work back.
    Raises NotFound for an unknown case and Conflict when it has ended or is suspended.
    """
    return move(work, locked(work, instance_id), change, entries=entries, may_be_suspended=may_be_suspended)


def move(
    work: UnitOfWork,
    instance: ProcessInstance,
    change: Callable[[Machine], object],
    *,
    entries: Iterable[dict[str, Any]] = (),
    may_be_suspended: bool = False,
) -> Machine:
    """Do what `advance` does for a case whose row is `locked` already."""
    if instance.status != "running" and not (instance.status == "suspended" and may_be_suspended):
        raise _not_running(instance)
    family = deployments.open_family(work, instance.definition_id)
    machine = Machine.load(instance.state, family, world(work))
    before = machine.waits()
    change(machine)
    machine.run()
    instance.state = machine.dump()
    _settle(work, instance, family, machine, before, entries)
    return machine


def locked(work: UnitOfWork, instance_id: int) -> ProcessInstance:
    """Return the case's row with its state, locked until the unit of work ends. Raises NotFound."""
    instance = work.session.scalar(
        select(ProcessInstance)
        .options(undefer(ProcessInstance.state))
        .where(ProcessInstance.id == instance_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if instance is None:
        raise NotFound("没有这个投诉件。", "There is no such case.")
    return instance


def suspend(work: UnitOfWork, instance_id: int, reason: str) -> None:
    """Stop the case where it stands: its tasks cannot be completed and its timers do not fire. Needs "operate"."""
    instance = _operated(work, instance_id, reason)
    if instance.status != "running":
        raise _not_running(instance)
    instance.status = "suspended"
    _mark_rows(work, instance, is_suspended=True)
    history.record(work, instance, [{"what": "suspended", "data": {"reason": reason.strip()}}])
    work.session.flush()


def resume(work: UnitOfWork, instance_id: int, reason: str = "") -> None:
    """Let a suspended case go on; timers that came due meanwhile fire at once. Needs "operate"."""
    instance = _operated(work, instance_id, reason or "恢复")
    if instance.status != "suspended":
        raise Conflict("此投诉件没有中止，无需恢复。", "This case is not suspended.")
    instance.status = "running"
    _mark_rows(work, instance, is_suspended=False)
    history.record(work, instance, [{"what": "resumed", "data": {"reason": reason.strip()}}])
    work.session.flush()


def cancel(work: UnitOfWork, instance_id: int, reason: str) -> None:
    """End the case without its plan. What was done stays in the history. Needs "operate"."""
    instance = _operated(work, instance_id, reason)
    if instance.status not in ("running", "suspended"):
        raise _not_running(instance)
    entry = {"what": "case_cancelled", "data": {"reason": reason.strip()}}
    advance(work, instance_id, lambda machine: machine.cancel(), entries=[entry], may_be_suspended=True)
    instance.status = "cancelled"
    work.session.flush()


def move_deadline(work: UnitOfWork, instance_id: int, token: int, due_at: datetime, reason: str) -> None:
    """Move a running deadline to `due_at`, as a recorded act with a reason (decision 7). Needs "operate"."""
    _operated(work, instance_id, reason)
    if due_at.tzinfo is None:
        raise ValueError("due_at needs a time zone")
    old: dict[str, Any] = {}

    def move(machine: Machine) -> None:
        wait = next((wait for wait in machine.waits() if wait.token == token), None)
        if wait is None or wait.due_at is None:
            raise Conflict("此时限已不在计时。", "This deadline is no longer running.")
        old.update(element=wait.element, was=wait.due_at.isoformat())
        machine.move_deadline(token, due_at)

    entry: dict[str, Any] = {"what": "deadline_moved", "data": {"to": due_at.isoformat(), "reason": reason.strip()}}

    def change(machine: Machine) -> None:
        move(machine)
        entry["element"] = old["element"]
        entry["data"]["from"] = old["was"]

    advance(work, instance_id, change, entries=[entry], may_be_suspended=True)


def restrict(work: UnitOfWork, instance_id: int, people: Iterable[str]) -> None:
    """Make the case confidential: from now on only `people` see it, in every list, search and export.

    Needs "operate", or to see the case and be among the people named.
    """
    named = sorted(set(people))
    if not named:
        raise EngineError("保密件至少要指定一人。", "A confidential case needs at least one person named.")
    instance = locked(work, instance_id)
    sees = work.session.scalar(
        select(ProcessInstance.id).where(ProcessInstance.id == instance_id, visible_instances(work))
    )
    if sees is None:
        raise NotFound("没有这个投诉件。", "There is no such case.")
    if not work.actor.may("operate") and work.actor.id not in named:
        raise NotAllowed("您没有进行此操作的权限。", "You are not allowed to do this.")
    instance.is_confidential = True
    work.session.execute(delete(InstanceAccess).where(InstanceAccess.instance_id == instance_id))
    work.session.execute(insert(InstanceAccess), [{"instance_id": instance_id, "person": name} for name in named])
    history.record(work, instance, [{"what": "restricted", "data": {"people": named}}])
    work.session.flush()


def note(work: UnitOfWork, instance: ProcessInstance, what: str, data: dict[str, Any], element: str = "") -> None:
    """Write something that moved no token into the history of a locked case."""
    history.record(work, instance, [{"what": what, "element": element, "data": data}])
    work.session.flush()


# --- private --------------------------------------------------------------------------------------------------


def _operated(work: UnitOfWork, instance_id: int, reason: str) -> ProcessInstance:
    work.require("operate")
    if not reason.strip():
        raise EngineError("请说明理由。", "Give a reason.", code="reason-missing")
    instance = locked(work, instance_id)
    seen = work.session.scalar(
        select(ProcessInstance.id).where(ProcessInstance.id == instance_id, visible_instances(work))
    )
    if seen is None:
        raise NotFound("没有这个投诉件。", "There is no such case.")
    return instance


def _not_running(instance: ProcessInstance) -> Conflict:
    zh, en = {
        "suspended": ("已中止，请管理员先恢复", "is suspended; an administrator resumes it first"),
        "ended": ("已办结", "has ended"),
        "cancelled": ("已取消", "was cancelled"),
    }.get(instance.status, (instance.status, instance.status))
    return Conflict(f"此投诉件{zh}。", f"This case {en}.", code=f"case-{instance.status}")


def _mark_rows(work: UnitOfWork, instance: ProcessInstance, *, is_suspended: bool) -> None:
    work.session.execute(
        update(UserTask)
        .where(UserTask.instance_id == instance.id, UserTask.closed_at.is_(None))
        .values(is_suspended=is_suspended, version=UserTask.version + 1)
        .execution_options(synchronize_session=False)
    )
    old, new = ("waiting", "suspended") if is_suspended else ("suspended", "waiting")
    work.session.execute(
        update(Job).where(Job.instance_id == instance.id, Job.status.in_([old, "taken"])).values(status=new)
    )


def _settle(
    work: UnitOfWork,
    instance: ProcessInstance,
    family: Family,
    machine: Machine,
    before: Iterable[Any],
    entries: Iterable[dict[str, Any]],
    *,
    is_new: bool = False,
) -> None:
    entries = list(entries)
    happened = [_entry(item) for item in machine.happenings if item.what != "entered"]
    completed = frozenset(item.token for item in machine.happenings if item.what == "completed")
    failed = frozenset(item.token for item in machine.happenings if item.what == "incident")
    if machine.is_ended:
        instance.status = "ended"
        instance.ended_at = work.now
        instance.end_element = machine.end_element
    shadow.cast(work, instance, before, machine.waits(), completed, failed)
    extensions = clock_shadow.keep(
        work,
        instance,
        family,
        machine.process_id,
        machine.happenings,
        machine.variables(),
        is_new=is_new,
        is_over=machine.is_ended,
        is_broken_off=machine.failure is not None or any(entry["what"] == "case_cancelled" for entry in entries),
    )
    for thrown in machine.thrown:
        work.session.add(
            Job(
                kind="deliver",
                instance_id=instance.id,
                element_id=thrown.element,
                due_at=work.now,
                status="waiting",
                max_attempts=10,
                payload={"kind": thrown.kind, "name": thrown.name, "key": thrown.key, "payload": thrown.payload},
            )
        )
    history.record(work, instance, [*entries, *happened, *extensions])
    work.session.flush()


def _entry(item: Happening) -> dict[str, Any]:
    entry: dict[str, Any] = {"what": item.what, "element": item.element}
    if item.data:
        entry["data"] = item.data
    return entry
