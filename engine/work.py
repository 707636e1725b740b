"""The unit of work: the one thing handed through the engine. Opened and committed at the door, never by a verb.

This is the only file of the product that reads the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import StaticPool

from engine import calendar_store
from engine.calendars import WorkCalendar
from engine.errors import Conflict, NotAllowed

Result = TypeVar("Result")
#: PostgreSQL's codes of a lost race: serialization failure, deadlock.
_LOST_RACE = frozenset({"40001", "40P01"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one visit to a case may cost, and what its attachments may. A plan that asks for more gets an incident."""

    steps: int = 20_000  #: automatic steps in one unit of work
    members: int = 10_000  #: members of one multi-instance
    file_bytes: int = 50 * 1024 * 1024  #: of one attachment
    case_bytes: int = 500 * 1024 * 1024  #: of all attachments of a case
    case_files: int = 200  #: attachments of a case
    draft_file_days: int = 7  #: how long an attachment is kept whose form was never sent


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with roles, or the system itself. `permissions` are what the house lets the person do."""

    id: str
    name: str = ""
    groups: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Return whether the actor has the permission ("*" has them all)."""
        return permission in self.permissions or "*" in self.permissions


#: The worker and the command line on the machine itself.
SYSTEM = Actor("system", "系统", permissions=frozenset({"*"}))


class Clock:
    """Gives the present moment. `offset` moves a demo or a drill ahead."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC) + self.offset


class FixedClock(Clock):
    """A clock that stands still until it is set: tests, headless runs."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        if now.tzinfo is None:
            raise ValueError("a clock needs a time zone")
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it was set to, moved by `offset`."""
        return self._now + self.offset

    def set(self, now: datetime) -> None:
        """Move the clock to `now`."""
        self._now = now.astimezone(UTC)


@dataclass(slots=True)
class UnitOfWork:
    """One all-or-nothing change: session, moment, actor and working calendar.

    `session` is open; verbs flush and never commit. `after_commit` runs only when the change is in the database.
    """

    session: Session
    now: datetime
    actor: Actor
    calendar: Callable[[], WorkCalendar]
    bounds: Bounds = field(default_factory=Bounds)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the actor has `permission`."""
        if not self.actor.may(permission):
            raise NotAllowed("您没有进行此操作的权限。", "You are not allowed to do this.", permission=permission)


def open_database(url: str, **options: Any) -> Engine:
    """Return the connection pool for `url` (`sqlite:///file`, `sqlite://` in memory, `postgresql+psycopg://…`).

    SQLite gets WAL, foreign keys, synchronous=FULL and BEGIN IMMEDIATE for every unit of work (dependencies.md).
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **options)
    if url in ("sqlite://", "sqlite:///:memory:"):
        options.setdefault("poolclass", StaticPool)  # one connection is the database
    pool = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, **options)

    @event.listens_for(pool, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(pool, "begin")
    def begin(connection: Any) -> None:
        reads_only = connection.get_execution_options().get("banjie_read_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return pool


class Database:
    """The door to the database: opens units of work on one connection pool.

    `calendar` stands for the stored one where there is none (headless runs).
    """

    def __init__(
        self,
        pool: Engine,
        clock: Clock | None = None,
        calendar: WorkCalendar | None = None,
        *,
        bounds: Bounds | None = None,
    ) -> None:
        self.pool = pool
        self.clock = clock or Clock()
        self.bounds = bounds or Bounds()
        self.changed = Event()  #: set after every commit: a worker in this process looks again
        self.calendars = _CalendarCache(calendar)
        self._sessions = sessionmaker(pool, expire_on_commit=False, autoflush=False)
        self._readers = sessionmaker(
            pool.execution_options(banjie_read_only=True), expire_on_commit=False, autoflush=False
        )

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL (row locks, many workers) and not SQLite."""
        return self.pool.dialect.name == "postgresql"

    @contextmanager
    def work(self, actor: Actor, *, now: datetime | None = None, read_only: bool = False) -> Iterator[UnitOfWork]:
        """Open a unit of work; commit at the end, roll all back on any exception.

        `read_only` takes no write lock on SQLite; nothing it does is kept.
        """
        session = (self._readers if read_only else self._sessions)()
        work = UnitOfWork(session, now or self.clock.now(), actor, lambda: self.calendars.get(session), self.bounds)
        try:
            yield work
            if read_only:
                session.rollback()
            else:
                session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()
        if not read_only:
            self.changed.set()
        for act in work.after_commit:
            act()

    def perform(self, actor: Actor, verb: Callable[[UnitOfWork], Result]) -> Result:
        """Run `verb` in a unit of work of its own; a lost race is tried once more from the start, then Conflict."""
        for is_last in (False, True):
            try:
                with self.work(actor) as work:
                    return verb(work)
            except (StaleDataError, DBAPIError) as error:
                if not is_lost_race(error):
                    raise
                if is_last:
                    raise Conflict(
                        "有人同时修改了此投诉件，请刷新后再试。",
                        "Somebody changed this case meanwhile; reload and try again.",
                    ) from error
        raise AssertionError("unreachable")


def is_lost_race(error: Exception) -> bool:
    """Return whether `error` says that another unit of work was first."""
    if isinstance(error, StaleDataError):
        return True
    original = getattr(error, "orig", None)
    return getattr(original, "sqlstate", None) in _LOST_RACE or "database is locked" in str(original)


class _CalendarCache:
    """The stored calendar, read again only when its years changed."""

    def __init__(self, fixed: WorkCalendar | None) -> None:
        self._stamp: object = None
        self._fixed = fixed
        self._calendar = fixed

    def get(self, session: Session) -> WorkCalendar:
        """Return the stored calendar; one small query when nothing changed."""
        if self._fixed is not None:
            return self._fixed
        stamp = calendar_store.stamp(session)
        if self._calendar is None or stamp != self._stamp:
            self._calendar, self._stamp = calendar_store.read(session), stamp
        return self._calendar
