"""Reading cases: one, a page of them, a case's diagram, data, timeline. Nothing here changes a case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import undefer

from engine import deployments, history
from engine.diagram import Kind
from engine.errors import NotFound
from engine.spiff.machine import Machine
from engine.spiff.world import Limits, Wait, World
from engine.tables import Incident, ProcessDefinition, ProcessInstance
from engine.visibility import visible_instances
from engine.work import UnitOfWork

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a keyset list. `next` is the cursor of the page after it, None on the last."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True, slots=True)
class InstanceInfo:
    """A case as lists and headings show it."""

    id: int
    definition_id: int
    key: str  #: of the plan
    plan: str  #: its name
    plan_version: int
    business_key: str | None
    status: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    end_element: str | None
    is_drill: bool
    is_confidential: bool
    version: int


@dataclass(frozen=True, slots=True)
class DiagramState:
    """A case on its diagram: how many tokens stand where, how often each element was completed, what failed."""

    xml: bytes
    tokens: dict[str, int]
    done: dict[str, int]
    incidents: dict[str, str]
    deadlines: dict[str, datetime]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, with the name that the diagram gives the element."""

    at: datetime
    actor: str
    element: str
    name: str
    what: str
    data: dict[str, Any]


_COLUMNS = (
    ProcessInstance.id,
    ProcessInstance.definition_id,
    ProcessDefinition.key,
    ProcessDefinition.name.label("plan"),
    ProcessDefinition.version.label("plan_version"),
    ProcessInstance.business_key,
    ProcessInstance.status,
    ProcessInstance.started_at,
    ProcessInstance.started_by,
    ProcessInstance.ended_at,
    ProcessInstance.end_element,
    ProcessInstance.is_drill,
    ProcessInstance.is_confidential,
    ProcessInstance.version,
)


def world(work: UnitOfWork) -> World:
    """Return what a machine may know of the world: the unit of work's moment and calendar."""
    return World(
        now=work.now, calendar=work.calendar, limits=Limits(steps=work.bounds.steps, members=work.bounds.members)
    )


def get(work: UnitOfWork, instance_id: int) -> InstanceInfo:
    """Return one case. Raises NotFound when there is none or the actor may not see it."""
    row = work.session.execute(
        select(*_COLUMNS)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.id == instance_id, visible_instances(work))
    ).one_or_none()
    if row is None:
        raise NotFound("没有这个投诉件，或者您无权查看。", "There is no such case, or you may not see it.")
    return InstanceInfo(*tuple(row))


def find(
    work: UnitOfWork,
    *,
    status: str | None = None,
    key: str | None = None,
    text: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[InstanceInfo]:
    """Return a page of the cases that the actor may see, newest first.

    `key` is a plan's key, `text` the beginning of a case number, `after` the `next` of the page before.
    """
    conditions: list[ColumnElement[bool]] = [visible_instances(work)]
    if status:
        conditions.append(ProcessInstance.status == status)
    if key:
        conditions.append(ProcessDefinition.key == key)
    if text:
        conditions.append(ProcessInstance.business_key.startswith(text.strip(), autoescape=True))
    if after:
        conditions.append(ProcessInstance.id < cursor_id(after))
    rows = work.session.execute(
        select(*_COLUMNS)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(*conditions)
        .order_by(ProcessInstance.id.desc())
        .limit(limit + 1)
    ).all()
    items = [InstanceInfo(*tuple(row)) for row in rows[:limit]]
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


def cursor_id(after: str) -> int:
    """Return the id in a cursor. Raises NotFound for anything that this house did not give out."""
    if not after.isdigit() or len(after) > 18:
        raise NotFound("页码无效，请从第一页重新打开。", "The page cursor is invalid; start again from the first page.")
    return int(after)


def counts(work: UnitOfWork) -> dict[str, int]:
    """Return how many visible cases there are by status."""
    rows = work.session.execute(
        select(ProcessInstance.status, func.count()).where(visible_instances(work)).group_by(ProcessInstance.status)
    ).all()
    return dict(rows)


def diagram_state(work: UnitOfWork, instance_id: int) -> DiagramState:
    """Return the case on its diagram. Raises NotFound as `get`."""
    info = get(work, instance_id)
    family = deployments.open_family(work, info.definition_id)
    waiting = waits(work, instance_id) if info.status in ("running", "suspended") else []
    tokens: Counter[str] = Counter()
    deadlines: dict[str, datetime] = {}
    for wait in waiting:
        if wait.node.kind not in (Kind.BOUNDARY, Kind.START):  # those listen beside a token, they are none
            tokens[wait.element] += 1
        if wait.due_at is not None:
            deadlines[wait.element] = min(wait.due_at, deadlines.get(wait.element, wait.due_at))
    done = Counter(
        entry.element for entry in history.read(work, instance_id) if entry.what == "completed" and entry.element
    )
    failed = work.session.execute(
        select(Incident.element_id, Incident.zh).where(
            Incident.instance_id == instance_id, Incident.resolved_at.is_(None)
        )
    ).all()
    xml = family.files[deployments.definition(work, info.definition_id).main_file]
    return DiagramState(xml, dict(tokens), dict(done), dict(failed), deadlines)


def waits(work: UnitOfWork, instance_id: int) -> list[Wait]:
    """Return everything the case waits for. Raises NotFound as `get`."""
    return _machine(work, instance_id).waits()


def variables(work: UnitOfWork, instance_id: int) -> dict[str, Any]:
    """Return the variables of the case's outermost scope. Raises NotFound as `get`."""
    return _machine(work, instance_id).variables()


def timeline(work: UnitOfWork, instance_id: int) -> list[TimelineEntry]:
    """Return what happened, oldest first, with the elements' names. Raises NotFound as `get`."""
    info = get(work, instance_id)
    family = deployments.open_family(work, info.definition_id)
    names: dict[str, str] = {}
    for process in family.processes.values():
        names[process.id] = process.name
        names.update((node.id, node.name) for _, node in process.body.walk())
    return [
        TimelineEntry(entry.at, entry.actor, entry.element, names.get(entry.element, ""), entry.what, entry.data)
        for entry in history.read(work, instance_id)
    ]


def verify(work: UnitOfWork, instance_id: int) -> bool:
    """Return whether the case's history is whole: nothing changed, removed or reordered. Raises NotFound as `get`."""
    get(work, instance_id)
    instance = work.session.get_one(ProcessInstance, instance_id)
    return history.broken_at(work, instance) is None


def _machine(work: UnitOfWork, instance_id: int) -> Machine:
    info = get(work, instance_id)
    state = work.session.scalars(
        select(ProcessInstance).options(undefer(ProcessInstance.state)).where(ProcessInstance.id == instance_id)
    ).one()
    return Machine.load(state.state, deployments.open_family(work, info.definition_id), world(work))
