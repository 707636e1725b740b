"""A deadline fires in time however many are parked: the worker's delay among 100,000 timers that are not due."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Event

from benchmarks import houses
from benchmarks.report import Row
from engine import instances
from engine.work import SYSTEM, Database
from engine.worker import Worker

PARKED = 100_000
ROUNDS = 5


def measure() -> Iterator[Row]:
    """Yield the longest delay of a few timers on each kind of database."""
    for kind in ("sqlite", "postgresql"):
        with houses.house(kind) as database:
            until = database.clock.now() + timedelta(days=30)
            houses.park(database, PARKED, "pause", until=until.isoformat())
            stop = Event()
            worker = Worker(database, {}).start(stop)
            try:
                delays = [fire(database) for _ in range(ROUNDS)]
            finally:
                stop.set()
                database.changed.set()
                worker.join(10)
        yield Row(f"delay of a due timer among {PARKED:,} parked, {kind}", max(delays), 1, "s", detail="longest")


def fire(database: Database) -> float:
    """Start a case whose timer is due in a second; return how long after that the case went on."""
    due = database.clock.now() + timedelta(seconds=1)
    case = houses.start(database, "pause", until=due.isoformat())
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with database.work(SYSTEM, read_only=True) as work:
            found = instances.get(work, case)
        if found.ended_at is not None:
            return (found.ended_at - due).total_seconds()
        time.sleep(0.02)
    return 20.0
