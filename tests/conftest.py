"""Fixtures that every room's tests use: a database of each kind, units of work at a fixed moment, people by role.

Everything that touches rows runs twice, on SQLite and on PostgreSQL: ask for `database` (or `empty_database_url`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from engine.calendars import BEIJING
from engine.work import SYSTEM, Actor, Database, FixedClock, UnitOfWork, open_database
from tests.support import postgres, template

#: The present moment of every test that does not choose its own: a Monday morning before the national holiday.
NOW = datetime(2026, 9, 21, 9, 0, tzinfo=BEIJING)

# The same examples in every run: a failure is found again. `make fuzz` looks for new ones.
settings.register_profile("test", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile(
    "fuzz", deadline=None, max_examples=5000, print_blob=True, suppress_health_check=list(HealthCheck)
)

_watch: list[postgres.Watch] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our one option."""
    parser.addoption("--pictures", metavar="FOLDER", help="keep pictures of the pages that browser tests look at")


def pytest_configure(config: pytest.Config) -> None:
    """Let the first process of the run own the database server's folder."""
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("test")
    if not hasattr(config, "workerinput"):
        _watch.append(postgres.Watch())


def pytest_unconfigure() -> None:
    """Stop the server at the end of the run."""
    while _watch:
        _watch.pop().close()


@pytest.fixture(scope="session")
def postgres_databases(worker_id: str) -> postgres.Databases:
    """Give the maker of PostgreSQL databases of this worker process."""
    return postgres.Databases(worker_id)


@pytest.fixture(scope="session")
def sqlite_folder() -> Iterator[Path]:
    """Give a folder for SQLite files, in memory where the system has one, as an fsync costs most of a small test."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="banjie-test-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Give the kind of database the test runs on; each test runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a new database without tables."""
    yield from _new_database(database_kind, request, is_filled=False)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a new database with every table, and the official calendar in it."""
    yield from _new_database(database_kind, request, is_filled=True)


def _new_database(kind: str, request: pytest.FixtureRequest, *, is_filled: bool) -> Iterator[str]:
    if kind == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        with tempfile.TemporaryDirectory(dir=folder) as own:
            path = Path(own) / "banjie.db"
            if is_filled:
                shutil.copyfile(template.sqlite_file(folder), path)
            yield f"sqlite:///{path}"
        return
    databases: postgres.Databases = request.getfixturevalue("postgres_databases")
    url = databases.create(databases.template(template.NAME, template.fill) if is_filled else None)
    yield url
    databases.drop(url)


@pytest.fixture
def clock() -> FixedClock:
    """Give the clock of `database`; `clock.set(moment)` moves it."""
    return FixedClock(NOW)


@pytest.fixture
def database(database_url: str, clock: FixedClock) -> Iterator[Database]:
    """Give a database with every table and the official calendar, at `NOW`. Each test runs on both kinds."""
    pool = open_database(database_url)
    yield Database(pool, clock)
    pool.dispose()


@pytest.fixture
def work(database: Database) -> Iterator[UnitOfWork]:
    """Give an open unit of work of the system; it is committed when the test ends well."""
    with database.work(SYSTEM) as work:
        yield work


def person(name: str, *roles: str, permissions: tuple[str, ...] = ()) -> Actor:
    """Return a person with the roles and permissions."""
    return Actor(name, name, frozenset(roles), frozenset(permissions))
