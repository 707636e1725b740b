"""The worker: performs what is due, by itself, until it is told to stop. What a job does is `jobs`.

On SQLite one thread looks at the job table, sleeping until the next job is due or something changed. On PostgreSQL
any number of workers share the work through `wake_ups`. Nothing here looks at cases: the cost depends on what is due.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

from sqlalchemy.exc import DBAPIError

from engine import demo_clock, jobs, wake_ups
from engine.services import Services
from engine.work import SYSTEM, Database

log = logging.getLogger(__name__)

#: The longest sleep: another process may have written a job, or moved the clock of a demo.
_LONGEST_SLEEP_SECONDS = 1.0
#: After a fault of the database the worker waits, twice as long each time.
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0


class Worker:
    """Performs due jobs of `database` with `services`. One runs in each process that should work.

    `threads`: how many jobs it performs at a time on PostgreSQL; SQLite has one writer, so one.
    """

    def __init__(self, database: Database, services: Services, *, threads: int = 4) -> None:
        self.database = database
        self.services = services
        self.threads = threads

    def run(self, stop: Event) -> None:
        """Work until `stop` is set. A fault of the database is logged and waited out."""
        pause = _FIRST_PAUSE_SECONDS
        while not stop.is_set():
            try:
                if self.database.is_postgresql:
                    wake_ups.work(self.database, self.services, stop, threads=self.threads)
                else:
                    self._work_here(stop)
                pause = _FIRST_PAUSE_SECONDS
            except (DBAPIError, wake_ups.QueueFault) as error:
                log.error("the database does not answer, trying again in %.1f s: %s", pause, error)
                stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def start(self, stop: Event) -> Thread:
        """Run in a thread of its own, which ends after `stop` is set (within a second)."""
        thread = Thread(target=self.run, args=(stop,), name="banjie-worker", daemon=True)
        thread.start()
        return thread

    def _work_here(self, stop: Event) -> None:
        while not stop.is_set():
            self.database.changed.clear()
            demo_clock.follow(self.database)
            if jobs.run_due(self.database, self.services):
                continue
            self.database.changed.wait(self._sleep_seconds())

    def _sleep_seconds(self) -> float:
        """Return how long to sleep at most: until the next job is due, and never longer than the longest sleep."""
        with self.database.work(SYSTEM, read_only=True) as work:
            moment = jobs.next_due(work)
            if moment is None:
                return _LONGEST_SLEEP_SECONDS
            return min(max((moment - work.now).total_seconds(), 0.01), _LONGEST_SLEEP_SECONDS)
