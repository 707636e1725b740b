"""kill -9 at random moments under load: nothing lost, nothing doubled, nothing stuck, on either database."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import deployments, history
from engine.tables import Incident, Job, ProcessInstance, UserTask
from engine.work import SYSTEM, Database, open_database
from tests.faults import plan
from tests.faults.client import Officer
from tests.faults.processes import Process, free_port, wait_for
from webapp import people
from webapp.commands.schema import bring_up_to_date

KILLS = 30
#: How long the house may take to come to rest after the last kill.
REST_SECONDS = 60


def fill(database: Database) -> None:
    """Deploy the plan and let the officer sign in."""
    plan.create_effect_table(database.pool)
    with database.work(SYSTEM) as work:
        people.save_role(work, plan.ROLE, list(people.PERMISSIONS))
        people.create_person(work, plan.OFFICER, "经办", [plan.ROLE], plan.PASSWORD)
        deployments.deploy(work, {"counted.bpmn": plan.DIAGRAM})


@pytest.fixture
def house(empty_database_url: str) -> Iterator[Database]:
    """Give a house with the plan and the officer."""
    database = Database(open_database(empty_database_url))
    bring_up_to_date(database)
    fill(database)
    yield database
    database.pool.dispose()


@pytest.mark.parametrize("seed", [20300101])
def test_killed_processes_lose_nothing_and_double_nothing(
    house: Database, empty_database_url: str, tmp_path: Path, seed: int
):
    database = house
    chance = random.Random(seed)
    port = free_port()
    is_over = threading.Event()
    web = Process(empty_database_url, tmp_path, "web", str(port))
    workers = [Process(empty_database_url, tmp_path, "worker", str(number)) for number in (1, 2)]
    officers = [Officer(database, port, is_over) for _ in range(3)]
    try:
        wait_for(port)
        for officer in officers:
            officer.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.3, 1.7))
            victim = chance.choice([web, *workers])
            victim.kill(only_a_child=victim is web and chance.random() < 0.5)
        is_over.set()
        for officer in officers:
            officer.join(60)
        finish(database, officers, port)
    finally:
        is_over.set()
        for process in (web, *workers):
            process.stop()

    assert [officer.fault for officer in officers] == [None, None, None], web.log()
    assert sum(process.kills for process in (web, *workers)) == KILLS
    check(database, officers, web.log() + workers[0].log())


def finish(database: Database, officers: list[Officer], port: int) -> None:
    """Complete what is still open until every case has ended, or for `REST_SECONDS`."""
    wait_for(port)
    for officer in officers:
        officer.is_over = threading.Event()
    ends_at = time.monotonic() + REST_SECONDS
    while time.monotonic() < ends_at:
        for officer in officers:
            officer.complete_open_tasks(newest=100_000)
        with database.work(SYSTEM, read_only=True) as work:
            if not work.session.scalar(select(func.count()).where(ProcessInstance.status == "running")):
                return
        time.sleep(0.2)


def check(database: Database, officers: list[Officer], log: str) -> None:
    """Assert that each case happened once and whole."""
    started = [case for officer in officers for case in officer.started]
    with database.work(SYSTEM, read_only=True) as work:
        session = work.session
        status = dict(map(tuple, session.execute(select(ProcessInstance.id, ProcessInstance.status))))
        incidents = session.scalars(select(Incident.zh)).all()
        effects = Counter(map(tuple, session.execute(select(plan.effect.c.instance_id, plan.effect.c.element_id))))
        done = select(UserTask.instance_id, UserTask.element_id).where(UserTask.outcome == "completed")
        tasks = Counter(map(tuple, session.execute(done)))
        closed = set(session.scalars(select(UserTask.id).where(UserTask.closed_at.isnot(None))))
        broken = [case for case in session.scalars(select(ProcessInstance)) if history.broken_at(work, case)]
        told = Counter(
            (case, entry.element)
            for case in status
            for entry in history.read(work, case)
            if entry.what == "completed" and entry.element in (*plan.PEOPLE, *plan.SERVICES)
        )
        jobs_left = session.scalar(select(func.count()).select_from(Job))
    assert set(started) <= set(status)
    assert [case for case, what in status.items() if what != "ended"] == [], (jobs_left, incidents, log)
    assert effects == Counter({(case, element): 1 for case in status for element in plan.SERVICES})
    assert tasks == Counter({(case, element): 1 for case in status for element in plan.PEOPLE})
    assert told == effects + tasks
    assert {task for officer in officers for task in officer.acknowledged} <= closed
    assert (jobs_left, list(incidents), broken) == (0, [], [])
    assert len(status) > KILLS, "there was hardly any load"
