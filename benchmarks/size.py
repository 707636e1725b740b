"""What a finished case of two tasks leaves in the database: all its rows, indexes and its history."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text

from benchmarks import houses
from benchmarks.report import Row
from engine import tasks
from engine.tables import UserTask
from engine.work import Actor, Database

CASES = 2_000
_OFFICER = Actor(houses.OFFICER, "经办", frozenset({houses.ROLE}), frozenset({"register"}))


def measure() -> Iterator[Row]:
    """Yield bytes of the file per finished case."""
    with houses.house() as database:
        before = bytes_of(database)
        for _ in range(CASES):
            finish(database, houses.start(database))
        after = bytes_of(database)
    yield Row("finished case of two tasks, history included", (after - before) / CASES, 4096, "bytes")


def finish(database: Database, case: int) -> None:
    """Complete both tasks of the case."""
    for _ in range(2):
        with database.work(_OFFICER) as work:
            task = work.session.scalars(
                select(UserTask.id).where(UserTask.instance_id == case, UserTask.closed_at.is_(None))
            ).one()
            tasks.complete(work, task, {"finding": "属实，已当面致歉", "amount": "100"})


def bytes_of(database: Database) -> int:
    """Return the size of the SQLite file without its free pages."""
    with database.pool.connect() as connection:
        pages, free, size = (
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)
