"""The worker: what is due is performed by itself, once, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from procrastinate.exceptions import ProcrastinateException
from sqlalchemy import func, select, text

from engine import deployments, instances, jobs, wake_ups
from engine.services import ServiceRequest
from engine.tables import Job, ProcessInstance
from engine.work import SYSTEM, Database, FixedClock, open_database
from engine.worker import Worker
from tests.conftest import NOW
from tests.engine import plans
from webapp.migrations import schema

PAUSE = plans.diagram(
    "pause",
    plans.start(),
    '<bpmn:intermediateCatchEvent id="wait" name="稍候"><bpmn:timerEventDefinition id="t">'
    '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    "</bpmn:intermediateCatchEvent>",
    '<bpmn:serviceTask id="tell" name="通知"><bpmn:extensionElements><zeebe:taskDefinition type="tell"/>'
    "</bpmn:extensionElements></bpmn:serviceTask>",
    plans.end(),
    plans.flow("begin", "wait"),
    plans.flow("wait", "tell"),
    plans.flow("tell", "done"),
)


class Told:
    """A service that remembers for which case it was called, and says when it was."""

    def __init__(self) -> None:
        self.cases: list[int] = []
        self.called = threading.Event()

    def __call__(self, request: ServiceRequest) -> None:
        """Remember the call."""
        self.cases.append(request.instance_id)
        self.called.set()


@pytest.fixture
def house(empty_database_url: str) -> Iterator[Database]:
    """Give a database made by the schema's steps (with the queue on PostgreSQL), the plan deployed."""
    pool = open_database(empty_database_url)
    schema.upgrade(pool)
    database = Database(pool, FixedClock(NOW))
    with database.work(SYSTEM) as work:
        deployments.deploy(work, {"pause.bpmn": PAUSE})
    yield database
    pool.dispose()


def start(database: Database) -> int:
    """Start a case and return its id."""
    with database.work(SYSTEM) as work:
        return instances.start(work, "pause", {})


def pass_an_hour(database: Database) -> None:
    """Let the timers of the cases come due."""
    assert isinstance(database.clock, FixedClock)
    database.clock.set(database.clock.now() + timedelta(hours=1))


def running(database: Database) -> int:
    """Return how many cases have not ended."""
    with database.work(SYSTEM, read_only=True) as work:
        return work.session.scalar(select(func.count()).where(ProcessInstance.status == "running")) or 0


def test_a_worker_performs_what_is_due_and_stops_when_told(house: Database):
    told, stop = Told(), threading.Event()
    case = start(house)
    pass_an_hour(house)

    thread = Worker(house, {"tell": told}).start(stop)
    assert told.called.wait(20)
    stop.set()
    house.changed.set()
    thread.join(20)

    assert not thread.is_alive()
    assert told.cases == [case]
    assert running(house) == 0


def test_a_worker_leaves_alone_what_is_not_due(house: Database):
    told, stop = Told(), threading.Event()
    start(house)

    thread = Worker(house, {"tell": told}).start(stop)
    was_called = told.called.wait(1.5)
    stop.set()
    house.changed.set()
    thread.join(20)

    assert not was_called
    assert running(house) == 1


def test_what_comes_due_while_a_worker_runs_is_performed(house: Database):
    told, stop = Told(), threading.Event()
    thread = Worker(house, {"tell": told}).start(stop)
    case = start(house)

    pass_an_hour(house)
    assert told.called.wait(20)
    stop.set()
    house.changed.set()
    thread.join(20)

    assert told.cases == [case]


# --- wake-ups: PostgreSQL only ----------------------------------------------------------------------------------


@pytest.fixture
def queue_house(postgres_databases: object) -> Iterator[Database]:
    """Give a house on PostgreSQL."""
    from tests.support.postgres import Databases

    assert isinstance(postgres_databases, Databases)
    url = postgres_databases.create()
    pool = open_database(url)
    schema.upgrade(pool)
    database = Database(pool, FixedClock(NOW))
    with database.work(SYSTEM) as work:
        deployments.deploy(work, {"pause.bpmn": PAUSE})
    yield database
    pool.dispose()
    postgres_databases.drop(url)


def queued(database: Database) -> list[int]:
    """Return the jobs for which a wake-up is queued."""
    with database.work(SYSTEM, read_only=True) as work:
        rows = work.session.execute(text("SELECT args->>'job_id' FROM procrastinate_jobs WHERE status = 'todo'"))
        return [int(row[0]) for row in rows]


def statuses(database: Database) -> list[str]:
    """Return the status of every job."""
    with database.work(SYSTEM, read_only=True) as work:
        return list(work.session.scalars(select(Job.status).order_by(Job.id)))


def test_a_sweep_claims_what_is_due_and_queues_one_wake_up_each(queue_house: Database):
    start(queue_house)
    start(queue_house)
    pass_an_hour(queue_house)

    swept, again = wake_ups.sweep(queue_house), wake_ups.sweep(queue_house)

    assert (swept, again) == (2, 0)
    assert len(queued(queue_house)) == 2
    assert statuses(queue_house) == ["taken", "taken"]


def test_a_sweep_that_fails_claims_nothing(queue_house: Database, monkeypatch: pytest.MonkeyPatch):
    start(queue_house)
    pass_an_hour(queue_house)
    monkeypatch.setattr(wake_ups, "_TASK", "x" * 200)  # longer than the queue's column: the enqueueing fails

    with pytest.raises(ProcrastinateException):
        wake_ups.sweep(queue_house)

    assert statuses(queue_house) == ["waiting"]
    assert queued(queue_house) == []


def test_a_wake_up_delivered_twice_takes_effect_once(queue_house: Database):
    told = Told()
    case = start(queue_house)
    pass_an_hour(queue_house)
    wake_ups.sweep(queue_house)
    (timer,) = queued(queue_house)
    wake_ups.perform(queue_house, {"tell": told}, timer)
    with queue_house.work(SYSTEM, read_only=True) as work:
        service = work.session.scalars(select(Job.id)).one()

    for _ in range(2):
        wake_ups.perform(queue_house, {"tell": told}, timer)
        wake_ups.perform(queue_house, {"tell": told}, service)

    assert told.cases == [case]
    assert running(queue_house) == 0


def test_the_jobs_of_a_silent_worker_are_free_again_after_their_lease(queue_house: Database):
    start(queue_house)
    pass_an_hour(queue_house)
    wake_ups.sweep(queue_house)
    assert isinstance(queue_house.clock, FixedClock)

    with queue_house.work(SYSTEM) as work:
        before = jobs.rescue(work)
    queue_house.clock.set(queue_house.clock.now() + jobs.LEASE + timedelta(seconds=1))
    with queue_house.work(SYSTEM) as work:
        after = jobs.rescue(work)

    assert (before, after) == (0, 1)
    assert wake_ups.sweep(queue_house) == 1


def test_no_more_is_claimed_while_many_wake_ups_wait(queue_house: Database, monkeypatch: pytest.MonkeyPatch):
    for _ in range(3):
        start(queue_house)
    pass_an_hour(queue_house)
    monkeypatch.setattr(wake_ups, "_QUEUED_AT_MOST", 2)

    swept = [wake_ups.sweep(queue_house, limit=2), wake_ups.sweep(queue_house, limit=2)]

    assert swept == [2, 0]


def test_two_sweeps_at_once_share_the_work_and_double_nothing(queue_house: Database):
    for _ in range(40):
        start(queue_house)
    pass_an_hour(queue_house)
    swept: list[int] = []
    threads = [threading.Thread(target=lambda: swept.append(wake_ups.sweep(queue_house, limit=20))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while wake_ups.sweep(queue_house):
        pass

    assert sorted(queued(queue_house)) == sorted(set(queued(queue_house)))
    assert len(queued(queue_house)) == 40
