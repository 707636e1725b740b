"""Jobs: what is due without a person. Claiming and performing them; who calls this and when is `worker`.

Each job is performed in a unit of work of its own. It locks its case first and looks at its row again, so a job that
is handed out twice takes effect once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from engine import attachments, deployments, history, instances, messages, start_timers
from engine.errors import EngineError
from engine.instance_queries import world
from engine.services import BpmnError, ServiceRequest, Services
from engine.spiff.machine import Machine
from engine.tables import Incident, Job, ProcessInstance
from engine.work import SYSTEM, Database, UnitOfWork, is_lost_race

log = logging.getLogger(__name__)

#: How long a claimed job is left to its worker before another may claim it.
LEASE = timedelta(seconds=60)
_LONGEST_PAUSE = timedelta(hours=1)


def due(work: UnitOfWork, limit: int = 100, *, topics: Collection[str] | None = None) -> list[int]:
    """Return the ids of jobs to perform now, oldest first. `topics`: only calls of these services (None: all)."""
    query = select(Job.id).where(Job.status == "waiting", Job.due_at <= work.now, *_topics(topics))
    return list(work.session.scalars(query.order_by(Job.due_at, Job.id).limit(limit)))


def claim(work: UnitOfWork, limit: int = 100) -> list[int]:
    """Mark due jobs as taken for `LEASE` and return their ids; rows that another worker is claiming are passed over."""
    ids = list(
        work.session.scalars(
            select(Job.id)
            .where(Job.status == "waiting", Job.due_at <= work.now)
            .order_by(Job.due_at, Job.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if ids:
        work.session.execute(update(Job).where(Job.id.in_(ids)).values(status="taken", taken_until=work.now + LEASE))
    return ids


def rescue(work: UnitOfWork) -> int:
    """Put jobs back whose worker went silent; return how many."""
    freed: Any = work.session.execute(
        update(Job).where(Job.status == "taken", Job.taken_until < work.now).values(status="waiting", taken_until=None)
    )
    return int(freed.rowcount)


def next_due(work: UnitOfWork, *, topics: Collection[str] | None = None) -> datetime | None:
    """Return when the next waiting job comes due, or None when none waits."""
    moment: datetime | None = work.session.scalar(
        select(func.min(Job.due_at)).where(Job.status == "waiting", *_topics(topics))
    )
    return moment


def run_due(database: Database, services: Services, *, limit: int = 1000, now: datetime | None = None) -> int:
    """Perform what is due, one unit of work each, until nothing is or `limit` is reached; return how many were tried."""
    performed = 0
    while performed < limit:
        with database.work(SYSTEM, now=now, read_only=True) as work:
            ids = due(work, min(100, limit - performed))
        if not ids:
            break
        for job_id in ids:
            perform(database, job_id, services, now=now)
            performed += 1
    return performed


def perform(database: Database, job_id: int, services: Services, *, now: datetime | None = None) -> bool:
    """Perform one job; return whether it took effect. A failure is counted, tried again later, at last an incident."""
    try:
        return _attempt(database, job_id, services, now)
    except Exception as error:  # whatever a service raises: it must not stop the other jobs
        if is_lost_race(error):
            return False  # still waiting: the next sweep takes it
        log.warning("job %s failed: %s", job_id, error, exc_info=not isinstance(error, EngineError))
        with database.work(SYSTEM, now=now) as work:
            _count_failure(work, job_id, error)
        return False


# --- private --------------------------------------------------------------------------------------------------


def _topics(topics: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if topics is None else [or_(Job.kind != "service", Job.topic.in_(list(topics)))]


def _attempt(database: Database, job_id: int, services: Services, now: datetime | None) -> bool:
    with database.work(SYSTEM, now=now) as work:
        owner = work.session.execute(select(Job.instance_id).where(Job.id == job_id)).one_or_none()
        if owner is None:
            return False
        instance = instances.locked(work, owner.instance_id) if owner.instance_id is not None else None
        job = _still_due(work, job_id)
        if job is None:
            return False
        _effect(work, job, instance, services)
        return True


def _still_due(work: UnitOfWork, job_id: int) -> Job | None:
    job = work.session.scalar(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    )
    if job is None or job.status not in ("waiting", "taken") or job.due_at > work.now:
        return None
    return job


def _effect(work: UnitOfWork, job: Job, instance: ProcessInstance | None, services: Services) -> None:
    payload = job.payload or {}
    if job.kind == "start":
        _begin(work, job)
    elif job.kind == attachments.PURGE:
        _purge(work, job)
    elif instance is None:
        raise EngineError(f"作业 {job.id} 没有所属投诉件。", f"Job {job.id} belongs to no case.")
    elif job.kind == "timer":
        _fire(work, job, instance)
    elif job.kind == "service":
        _serve(work, job, instance, services)
    elif job.kind == "deliver":
        _drop(work, job)
        messages.deliver(work, instance.id, payload)
    elif job.kind == "signal":
        _drop(work, job)
        if instance.status == "running":
            instances.move(work, instance, lambda machine: _hear(machine, payload))


def _fire(work: UnitOfWork, job: Job, instance: ProcessInstance) -> None:
    fired = False
    token = _token(job)

    def fire(machine: Machine) -> None:
        nonlocal fired
        fired = machine.fire(token, work.now)

    instances.move(work, instance, fire)
    if not fired:
        _drop(work, job)


def _begin(work: UnitOfWork, job: Job) -> None:
    """Start a case because a signal came or the calendar says so; a cycle is armed for its next occurrence."""
    payload = job.payload or {}
    definition = deployments.definition(work, payload["definition_id"])
    instances.start(
        work,
        definition.key,
        {},
        start_element=job.element_id,
        payload=payload.get("payload"),
        definition_id=definition.id,
    )
    following = start_timers.following(job, work.now)
    if following is None:
        _drop(work, job)
        return
    job.due_at, left = following
    job.payload = {**payload, "left": left}
    job.status, job.taken_until, job.attempts = "waiting", None, 0
    work.session.flush()


def _purge(work: UnitOfWork, job: Job) -> None:
    """Drop an attachment whose form was never sent; look again later while its task is open."""
    if not attachments.purge(work, (job.payload or {})["attachment"]):
        _drop(work, job)
        return
    job.due_at = work.now + attachments.kept_for(work)
    job.status, job.taken_until, job.attempts = "waiting", None, 0
    work.session.flush()


def _serve(work: UnitOfWork, job: Job, instance: ProcessInstance, services: Services) -> None:
    family = deployments.open_family(work, instance.definition_id)
    asked = Machine.load(instance.state, family, world(work))
    token = _token(job)
    wait = next((wait for wait in asked.waits() if wait.token == token and wait.service is not None), None)
    if wait is None or wait.service is None:
        _drop(work, job)
        return
    service = services.get(wait.service.type)
    if service is None:
        raise EngineError(
            f"没有登记服务“{wait.service.type}”，请管理员登记后重试。",
            f"No service {wait.service.type} is registered; an administrator registers it and retries.",
            code="service-unknown",
        )
    request = ServiceRequest(
        work=work,
        type=wait.service.type,
        headers=wait.service.headers,
        variables=wait.service.variables,
        instance_id=instance.id,
        business_key=instance.business_key,
        element_id=wait.element,
        key=f"{instance.id}-{token}",
    )
    try:
        result = service(request)
    except BpmnError as error:
        raised = error
        instances.move(work, instance, lambda machine: _fail(machine, token, raised))
        return
    instances.move(work, instance, lambda machine: machine.complete_service(token, dict(result) if result else None))


def _fail(machine: Machine, token: int, error: BpmnError) -> None:
    if not machine.fail_service(token, error.error_code, error.zh):
        machine.raise_incident(token, error.error_code, error.zh, error.en)


def _hear(machine: Machine, payload: dict[str, Any]) -> None:
    machine.signal(payload["name"], payload.get("payload") or {})


def _token(job: Job) -> int:
    if job.token is None:
        raise EngineError(f"作业 {job.id} 没有令牌。", f"Job {job.id} has no token.")
    return job.token


def _drop(work: UnitOfWork, job: Job) -> None:
    work.session.delete(job)
    work.session.flush()


def _count_failure(work: UnitOfWork, job_id: int, error: Exception) -> None:
    owner = work.session.execute(select(Job.instance_id).where(Job.id == job_id)).one_or_none()
    instance = instances.locked(work, owner.instance_id) if owner and owner.instance_id is not None else None
    job = _still_due(work, job_id)
    if job is None:
        return
    job.attempts += 1
    zh = error.zh if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    en = error.en if isinstance(error, EngineError) else zh
    job.last_error = zh[:2000]
    job.status, job.taken_until = "waiting", None
    job.due_at = work.now + min(_LONGEST_PAUSE, timedelta(seconds=10 * 2 ** min(job.attempts, 12)))
    if instance is not None and job.attempts >= min(job.max_attempts, 10):
        code = error.code if isinstance(error, EngineError) else "service-failed"
        _give_up(work, job, instance, code, zh, en)
    elif job.attempts == 1 and instance is None:
        history.audit(work, "job-failed", {"job": job.id, "element": job.element_id, "error": zh[:500]})
    work.session.flush()


def _give_up(work: UnitOfWork, job: Job, instance: ProcessInstance, code: str, zh: str, en: str) -> None:
    if job.kind == "service" and job.token is not None and instance.status == "running":
        token = job.token
        instances.move(work, instance, lambda machine: machine.raise_incident(token, code, zh, en))
        return
    job.status = "failed"
    work.session.add(
        Incident(
            instance_id=instance.id,
            token=-job.id,  # no token failed but a job: retry puts the job back
            element_id=job.element_id,
            raised_at=work.now,
            code=code,
            zh=zh,
            en=en,
        )
    )
    instances.note(work, instance, "incident", {"code": code, "message": zh}, job.element_id)
