"""The demo's clock: an administrator may let time pass, on demo data only. A real house has no such row."""

from __future__ import annotations

from datetime import timedelta

from engine import history
from engine.errors import NotAllowed
from engine.tables import Setting
from engine.work import SYSTEM, Database, UnitOfWork

_KEY = "demo-clock"
#: The farthest that one step may move the clock.
LONGEST_STEP = timedelta(days=366)


def mark_as_demo(work: UnitOfWork) -> None:
    """Declare that this database holds demo data only, so that its clock may be moved."""
    if work.session.get(Setting, _KEY) is None:
        work.session.add(Setting(key=_KEY, value={"offset_seconds": 0}))
        work.session.flush()


def offset(work: UnitOfWork) -> timedelta | None:
    """Return how far the demo's clock is ahead; None when this is no demo."""
    row = work.session.get(Setting, _KEY)
    return None if row is None else timedelta(seconds=row.value["offset_seconds"])


def advance(work: UnitOfWork, step: timedelta) -> timedelta:
    """Let `step` pass and return the new offset. Needs "clock"; raises NotAllowed where this is no demo.

    The clocks of running processes follow when they next `follow`.
    """
    work.require("clock")
    row = work.session.get(Setting, _KEY, with_for_update=True)
    if row is None:
        raise NotAllowed("只有演示数据可以拨动时钟。", "Only a demo's clock can be moved.")
    if not timedelta() < step <= LONGEST_STEP:
        raise NotAllowed("一次只能向前拨 1 秒到 366 天。", "The clock moves forward by 1 second to 366 days at a time.")
    seconds = row.value["offset_seconds"] + step.total_seconds()
    row.value = {"offset_seconds": seconds}
    history.audit(work, "clock-advanced", {"by_seconds": step.total_seconds(), "offset_seconds": seconds})
    work.session.flush()
    return timedelta(seconds=seconds)


def follow(database: Database) -> None:
    """Set this process's clock to the demo's, as stored. Cheap; a real house's clock stays as it is."""
    with database.work(SYSTEM, read_only=True) as work:
        ahead = offset(work)
    if ahead is not None:
        database.clock.offset = ahead
