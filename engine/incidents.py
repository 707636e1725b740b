"""Incidents (流程故障): what failed for good and waits for an administrator. Listing and retrying them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from engine import instances
from engine.errors import Conflict, NotFound
from engine.instance_queries import Page, cursor_id
from engine.spiff.machine import Machine
from engine.tables import Incident, Job, ProcessDefinition, ProcessInstance
from engine.visibility import visible_instances
from engine.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class IncidentInfo:
    """One incident with the case it holds up."""

    id: int
    instance_id: int
    business_key: str | None
    plan: str
    element_id: str
    raised_at: datetime
    code: str
    zh: str
    en: str
    resolved_at: datetime | None
    resolved_by: str | None

    def message(self, language: str = "zh") -> str:
        """Return the message in `language`."""
        return self.en if language.startswith("en") else self.zh


def open_incidents(work: UnitOfWork, *, after: str | None = None, limit: int = 50) -> Page[IncidentInfo]:
    """Return a page of unresolved incidents, oldest first. Needs "monitor" or "operate"."""
    if not work.actor.may("operate"):
        work.require("monitor")
    query = _select().where(Incident.resolved_at.is_(None), visible_instances(work))
    if after:
        query = query.where(Incident.id > cursor_id(after))
    rows = work.session.execute(query.order_by(Incident.id).limit(limit + 1)).all()
    items = [IncidentInfo(*row) for row in rows[:limit]]
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


def of_instance(work: UnitOfWork, instance_id: int) -> list[IncidentInfo]:
    """Return every incident of a case, resolved ones too. Raises NotFound when the actor may not see the case."""
    instances.get(work, instance_id)
    rows = work.session.execute(_select().where(Incident.instance_id == instance_id).order_by(Incident.id)).all()
    return [IncidentInfo(*row) for row in rows]


def count(work: UnitOfWork) -> int:
    """Return how many incidents are open in cases that the actor may see."""
    query = (
        select(func.count())
        .select_from(Incident)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.resolved_at.is_(None), visible_instances(work))
    )
    return work.session.scalar(query) or 0


def retry(work: UnitOfWork, incident_id: int, variables: Mapping[str, Any] | None = None) -> int:
    """Try the failed step again, after setting `variables` where the cause was wrong data. Needs "operate".

    Returns the case's id. Raises NotFound, and Conflict when it is resolved already. If the step fails again, there
    is a new incident.
    """
    work.require("operate")
    incident = work.session.scalar(
        select(Incident)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.id == incident_id, visible_instances(work))
    )
    if incident is None:
        raise NotFound("没有这个流程故障。", "There is no such incident.")
    instance = instances.locked(work, incident.instance_id)
    work.session.refresh(incident)
    if incident.resolved_at is not None:
        raise Conflict(
            f"此故障已由 {incident.resolved_by} 处理。",
            f"{incident.resolved_by} has resolved this incident already.",
            by=incident.resolved_by,
        )
    if incident.token < 0:
        _retry_job(work, incident)
        instances.note(work, instance, "retried", {"incident": incident.id}, incident.element_id)
        return instance.id

    def again(machine: Machine) -> None:
        if variables:
            machine.set_variables(dict(variables))
        machine.retry(incident.token)

    entry = {"what": "retried", "element": incident.element_id, "data": {"incident": incident.id, **(variables or {})}}
    incident.resolved_at, incident.resolved_by = work.now, work.actor.id
    work.session.flush()
    instances.move(work, instance, again, entries=[entry])
    return instance.id


def _retry_job(work: UnitOfWork, incident: Incident) -> None:
    work.session.execute(
        update(Job)
        .where(Job.id == -incident.token, Job.status == "failed")
        .values(status="waiting", attempts=0, due_at=work.now)
    )
    incident.resolved_at, incident.resolved_by = work.now, work.actor.id


def _select() -> Any:
    return (
        select(
            Incident.id,
            Incident.instance_id,
            ProcessInstance.business_key,
            ProcessDefinition.name,
            Incident.element_id,
            Incident.raised_at,
            Incident.code,
            Incident.zh,
            Incident.en,
            Incident.resolved_at,
            Incident.resolved_by,
        )
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    )
