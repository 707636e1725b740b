"""Wake-ups on PostgreSQL: hands due jobs to procrastinate, so that many workers on many machines share them.

The `job` table stays the truth. A sweep claims due rows and enqueues a wake-up each in the same transaction; the wake-up
locks and looks at the row again, so one delivered twice, late or after its worker died takes effect once.
"""

from __future__ import annotations

import asyncio
import logging
from threading import Event

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.types import JSONDict
from sqlalchemy import text, update

from engine import demo_clock, jobs
from engine.services import Services
from engine.tables import Job
from engine.work import SYSTEM, Database

log = logging.getLogger(__name__)

_QUEUE = "cases"
_TASK = "perform"
#: How often due rows are looked for, and rows of silent workers.
_SWEEP_SECONDS = 0.25
_RESCUE_SECONDS = 10.0
#: A worker whose heart has not beaten for so long is dead; its wake-ups are given to others.
_SILENT_SECONDS = 20.0
#: No more is claimed while so many wake-ups are still queued: a lease must not run out in the queue.
_QUEUED_AT_MOST = 200


class QueueFault(Exception):
    """The queue's connection to the database broke; the worker starts anew."""


def work(database: Database, services: Services, stop: Event, *, threads: int) -> None:
    """Sweep and perform until `stop` is set. Raises QueueFault when the database does not answer."""
    try:
        asyncio.run(_work(database, services, stop, threads))
    except (ProcrastinateException, psycopg.Error) as error:
        raise QueueFault(str(error) or repr(error)) from error


def sweep(database: Database, limit: int = 100) -> int:
    """Claim due jobs and enqueue a wake-up for each in the same transaction; return how many."""
    with database.work(SYSTEM) as unit:
        connection = unit.session.connection()
        queued = connection.scalar(
            text(
                "SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs"
                " WHERE queue_name = :queue AND status = 'todo' LIMIT :most) AS queued"
            ),
            {"queue": _QUEUE, "most": _QUEUED_AT_MOST},
        )
        if queued is not None and queued >= _QUEUED_AT_MOST:
            return 0
        ids = jobs.claim(unit, limit)
        if ids:
            deferrer = _door.configure_task(_TASK, queue=_QUEUE, connection=connection.connection.driver_connection)
            wake_ups: list[JSONDict] = [{"job_id": job_id} for job_id in ids]
            deferrer.batch_defer(*wake_ups)
        return len(ids)


def perform(database: Database, services: Services, job_id: int) -> None:
    """Perform one claimed job; one that lost a race waits for the next sweep and not for its lease to end."""
    if jobs.perform(database, job_id, services):
        return
    with database.work(SYSTEM) as unit:
        unit.session.execute(
            update(Job).where(Job.id == job_id, Job.status == "taken").values(status="waiting", taken_until=None)
        )


#: Enqueues on the connection of a unit of work; has no connection of its own.
_door = App(connector=SyncPsycopgConnector())


def _app(database: Database, services: Services, threads: int) -> App:
    url = database.pool.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=threads + 3))

    @app.task(name=_TASK, queue=_QUEUE)
    def wake(job_id: int) -> None:
        perform(database, services, job_id)

    @app.periodic(cron="* * * * *")
    @app.task(name="rescue", queue=_QUEUE, queueing_lock="rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        """Give the wake-ups of dead workers to others: procrastinate does not by itself."""
        for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_SILENT_SECONDS):
            await app.job_manager.retry_job(stalled)

    return app


async def _work(database: Database, services: Services, stop: Event, threads: int) -> None:
    app = _app(database, services, threads)
    async with app.open_async():
        performing = asyncio.create_task(
            app.run_worker_async(
                queues=[_QUEUE],
                concurrency=threads,
                install_signal_handlers=False,
                delete_jobs="always",
                update_heartbeat_interval=_SILENT_SECONDS / 4,
                stalled_worker_timeout=_SILENT_SECONDS,
                shutdown_graceful_timeout=30,
            )
        )
        sweeping = asyncio.create_task(_sweep_on(database, stop))
        try:
            done, _ = await asyncio.wait({performing, sweeping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (performing, sweeping):
                task.cancel()
            await asyncio.gather(performing, sweeping, return_exceptions=True)


async def _sweep_on(database: Database, stop: Event) -> None:
    """Sweep until `stop` is set: at once again while there is much to claim, else after a moment."""
    rescued_for = _RESCUE_SECONDS
    while not stop.is_set():
        if rescued_for >= _RESCUE_SECONDS:
            rescued_for = 0.0
            freed = await asyncio.to_thread(_rescue, database)
            if freed:
                log.warning("%d jobs of silent workers are free again", freed)
        await asyncio.to_thread(demo_clock.follow, database)
        if not await asyncio.to_thread(sweep, database):
            await asyncio.sleep(_SWEEP_SECONDS)
            rescued_for += _SWEEP_SECONDS


def _rescue(database: Database) -> int:
    with database.work(SYSTEM) as unit:
        return jobs.rescue(unit)
