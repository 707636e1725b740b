"""Every test that plays a case runs four times: in memory, saved and loaded at every step, and on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from engine.work import Database, FixedClock, open_database
from tests.bpmn.build import NOW, Play
from tests.bpmn.stored import StoredPlay, prepare
from tests.support import template


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[Callable[[str], tuple[Database, int]]]:
    """Give a database of each kind, made when it is first asked for, and the definition that its cases belong to."""
    made: dict[str, tuple[Database, int]] = {}
    closing: list[Callable[[], None]] = []

    def store(kind: str) -> tuple[Database, int]:
        if kind not in made:
            if kind == "sqlite":
                path = request.getfixturevalue("sqlite_folder") / "cases.db"
                shutil.copyfile(template.sqlite_file(path.parent), path)
                url = f"sqlite:///{path}"
            else:
                databases = request.getfixturevalue("postgres_databases")
                url = databases.create(databases.template(template.NAME, template.fill))
                closing.append(lambda: databases.drop(url))
            pool = open_database(url)
            closing.insert(0, pool.dispose)
            database = Database(pool, FixedClock(NOW))
            made[kind] = database, prepare(database)
        return made[kind]

    yield store
    for close in closing:
        close()


@pytest.fixture(params=["memory", "saved", "sqlite", "postgresql"])
def play(request: pytest.FixtureRequest, stores: Callable[[str], tuple[Database, int]]) -> Callable[..., Play]:
    """Make a case of a process or plan."""
    kind = request.param
    if kind in ("memory", "saved"):
        return lambda plan, **options: Play(plan, kind == "saved", **options)
    database, definition_id = stores(kind)
    return lambda plan, **options: StoredPlay(plan, database, definition_id, **options)
