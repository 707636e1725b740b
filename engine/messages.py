"""Messages and signals between cases, and from outside to them. Delivery to many is a job for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from engine import deployments, instances
from engine.errors import Conflict, NotFound
from engine.spiff.machine import Machine
from engine.tables import Job, ProcessDefinition, ProcessInstance, StartSubscription, Subscription
from engine.visibility import visible_instances
from engine.work import UnitOfWork


def correlate(work: UnitOfWork, name: str, key: str | None, payload: Mapping[str, Any]) -> list[int]:
    """Hand the message to the one case that waits for it, or start the plan that begins with it.

    `key` is compared with the correlation value the case computed, or with its case number where it has none. Needs
    "operate". Raises NotFound when nobody waits for it and Conflict when several do. Returns the cases it reached.
    """
    work.require("operate")
    found = _waiting(work, name, key)
    if len(found) > 1:
        raise Conflict(
            f"有 {len(found)} 个投诉件在等待消息“{name}”，请给出能区分的键。",
            f"{len(found)} cases wait for the message {name}; give a key that tells them apart.",
        )
    if found:
        instances.advance(work, found[0].instance_id, lambda machine: _take(machine, name, found[0].key, payload))
        return [found[0].instance_id]
    starts = _starts(work, "message", name)
    if not starts:
        raise NotFound(f"没有投诉件在等待消息“{name}”。", f"No case waits for the message {name}.")
    started = []
    for definition_id, element in starts:
        plan = deployments.definition(work, definition_id).key
        started.append(
            instances.start(
                work, plan, {}, business_key=key, start_element=element, payload=payload, definition_id=definition_id
            )
        )
    return started


def broadcast(work: UnitOfWork, name: str, payload: Mapping[str, Any]) -> int:
    """Send a signal to every case that listens and every plan that begins with it, a job each; return how many."""
    work.require("operate")
    return _spread(work, name, dict(payload), sender=None)


def deliver(work: UnitOfWork, sender: int, thrown: Mapping[str, Any]) -> None:
    """Bring what a case threw to those who wait: a message to one case (or a start event), a signal to all.

    A message that nobody waits for is lost, as in the standard, and says so in the sender's history.
    """
    name, payload = thrown["name"], thrown.get("payload") or {}
    if thrown["kind"] == "signal":
        _spread(work, name, payload, sender=sender)
        return
    try:
        correlate(work, name, thrown.get("key"), payload)
    except NotFound:
        instance = instances.locked(work, sender)
        instances.note(work, instance, "message_lost", {"name": name, "key": thrown.get("key")})


def _take(machine: Machine, name: str, key: str | None, payload: Mapping[str, Any]) -> None:
    if not machine.correlate(name, key, dict(payload)):
        raise Conflict(f"没有投诉件在等待消息“{name}”。", f"No case waits for the message {name} any more.")


def _waiting(work: UnitOfWork, name: str, key: str | None) -> list[Subscription]:
    query = (
        select(Subscription)
        .join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
        .where(Subscription.kind == "message", Subscription.name == name, ProcessInstance.status == "running")
        .where(visible_instances(work))  # nobody moves a case that is hidden from them; the system sees all
    )
    if key is not None:
        query = query.where(
            or_(Subscription.key == key, Subscription.key.is_(None) & (ProcessInstance.business_key == key))
        )
    by_case: dict[int, Subscription] = {}
    for row in work.session.scalars(query.order_by(Subscription.id)):
        by_case.setdefault(row.instance_id, row)
    return list(by_case.values())


def _starts(work: UnitOfWork, kind: str, name: str) -> list[tuple[int, str]]:
    rows = work.session.execute(
        select(StartSubscription.definition_id, StartSubscription.element_id)
        .join(ProcessDefinition, ProcessDefinition.id == StartSubscription.definition_id)
        .where(StartSubscription.kind == kind, StartSubscription.name == name, ProcessDefinition.is_active)
        .order_by(StartSubscription.id)
    ).all()
    return [(definition_id, element) for definition_id, element in rows]


def _spread(work: UnitOfWork, name: str, payload: dict[str, Any], sender: int | None) -> int:
    listening = work.session.scalars(
        select(Subscription.instance_id)
        .where(Subscription.kind == "signal", Subscription.name == name, Subscription.instance_id != (sender or 0))
        .distinct()
    ).all()
    content = {"name": name, "payload": payload}
    jobs = [_job("signal", instance_id, "", work, content) for instance_id in listening]
    for definition_id, element in _starts(work, "signal", name):
        jobs.append(_job("start", None, element, work, {"definition_id": definition_id, **content}))
    work.session.add_all(jobs)
    work.session.flush()
    return len(jobs)


def _job(kind: str, instance_id: int | None, element: str, work: UnitOfWork, payload: dict[str, Any]) -> Job:
    return Job(
        kind=kind,
        instance_id=instance_id,
        element_id=element,
        due_at=work.now,
        status="waiting",
        max_attempts=10,
        payload=payload,
    )
