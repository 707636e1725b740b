"""The years of the official calendar: import one, list them, and recompute what was counted provisionally."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select, union

from engine import clock_shadow, history, instances
from engine.calendars import WorkCalendar, published_calendar
from engine.errors import EngineError
from engine.tables import CalendarDay, CalendarYear, CaseClock, Job, ProcessInstance, UserTask
from engine.work import UnitOfWork

#: Fewer working days off than this no year has had since 2004: such a file is likely cut off.
_FEWEST_HOLIDAYS = 11
#: From this month on the administrator is warned that next year's notice is still missing.
WARN_FROM_MONTH = 11


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A day that differs from the Monday-Friday week."""

    day: date
    is_working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class YearInfo:
    """A year of the calendar. `holidays` and `make_up_days` count the days that differ from the Monday-Friday week."""

    year: int
    is_provisional: bool
    source: str
    imported_at: datetime
    imported_by: str
    holidays: int
    make_up_days: int


def years(work: UnitOfWork) -> list[YearInfo]:
    """Return the known years, newest first."""
    rows = work.session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())).all()
    days = work.session.execute(select(CalendarDay.day, CalendarDay.is_working)).all()
    return [
        YearInfo(
            row.year,
            row.is_provisional,
            row.source,
            row.imported_at,
            row.imported_by,
            sum(day.year == row.year and not is_working for day, is_working in days),
            sum(day.year == row.year and is_working for day, is_working in days),
        )
        for row in rows
    ]


def days_of(work: UnitOfWork, year: int) -> list[DayEntry]:
    """Return the days of `year` that differ from the Monday-Friday week, in order."""
    rows = work.session.scalars(
        select(CalendarDay)
        .where(CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
        .order_by(CalendarDay.day)
    )
    return [DayEntry(row.day, row.is_working, row.name) for row in rows]


def doubts(work: UnitOfWork, year: int, days: Iterable[DayEntry]) -> list[tuple[str, str]]:
    """Return (zh, en) of what whoever imports these days of `year` should know; ask before they are stored."""
    entries = sorted(days, key=lambda entry: entry.day)
    found: list[tuple[str, str]] = []
    off = len({entry.day for entry in entries if not entry.is_working and entry.day.weekday() < 5})
    if off < _FEWEST_HOLIDAYS:
        found.append(
            (
                f"{year} 年只有 {off} 个放假的工作日，往年都在 {_FEWEST_HOLIDAYS} 个以上：请核对文件是否完整，不完整的请尽快重新导入。",
                f"{year} has only {off} working days off, other years {_FEWEST_HOLIDAYS} or more: see whether the file is "
                "whole, and import it again soon if it is not.",
            )
        )
    is_known = work.session.scalar(
        select(CalendarYear.year).where(CalendarYear.year == year, CalendarYear.is_provisional.is_(False))
    )
    kept = {(day.day, day.is_working) for day in days_of(work, year)} if is_known else set()
    sent = {(day.day, day.is_working) for day in entries if day.is_working or day.day.weekday() < 5}
    if is_known and kept != sent:
        found.append(
            (
                f"{year} 年此前已导入，现在改了：以前算好的时限不会自动重新计算，请在投诉件页面逐件核对、调整。",
                f"{year} was imported before and is changed now: deadlines counted already stay as they are; look at them "
                "case by case and move those that are wrong.",
            )
        )
    return found


def import_year(work: UnitOfWork, year: int, days: Iterable[DayEntry], source: str) -> int:
    """Store the published notice of `year`, replacing what was known of it, and recompute provisional deadlines.

    `source` names the notice (number and date). Needs "calendar". Returns how many cases had a deadline recomputed.
    Raises EngineError (code "calendar-days-wrong") naming the day that cannot be right; nothing is stored then.
    """
    work.require("calendar")
    entries = sorted(days, key=lambda entry: entry.day)
    _check(year, entries, source)
    _store(work, year, entries, source, is_provisional=False)
    history.audit(work, "calendar-imported", {"year": year, "days": len(entries), "source": source})
    return _recompute(work)


def seed(work: UnitOfWork) -> None:
    """Fill an empty calendar with every year that the pinned package publishes. Years already known stay as they are."""
    known = set(work.session.scalars(select(CalendarYear.year)))
    published = published_calendar()
    for year in sorted(published.years - known):
        _store(work, year, _entries(published, year), "chinesecalendar", is_provisional=False)
    work.session.flush()


def ensure_provisional(work: UnitOfWork, year: int) -> None:
    """Make sure that `year` can be counted with: an unknown one is entered provisionally, marked as such."""
    if work.session.get(CalendarYear, year) is None:
        provisional = WorkCalendar(frozenset()).with_provisional([year])
        _store(work, year, _entries(provisional, year), "法定节假日（暂估）", is_provisional=True)


def warning(work: UnitOfWork) -> tuple[str, str] | None:
    """Return (zh, en) to show an administrator when deadlines rest on a year not published, or soon will; else None."""
    counted = work.session.scalar(
        select(func.count()).select_from(
            union(
                select(Job.instance_id).where(Job.is_provisional, Job.instance_id.isnot(None)),
                select(UserTask.instance_id).where(UserTask.is_provisional, UserTask.closed_at.is_(None)),
                select(CaseClock.instance_id).where(CaseClock.is_provisional, CaseClock.stopped_at.is_(None)),
            ).subquery()
        )
    )
    if counted:
        return (
            f"有 {counted} 个投诉件的时限按暂估的工作日历计算，请尽快导入该年节假日。",
            f"Cases with deadlines counted over a provisional calendar year: {counted}. Import that year's holidays.",
        )
    following = work.now.year + 1
    published = work.session.scalar(
        select(CalendarYear.year).where(CalendarYear.year == following, CalendarYear.is_provisional.is_(False))
    )
    if work.now.month >= WARN_FROM_MONTH and published is None:
        return (
            f"{following} 年的节假日安排尚未导入，请在国务院办公厅通知公布后导入。",
            f"The holidays of {following} are not imported yet; import them once the notice is published.",
        )
    return None


# --- private --------------------------------------------------------------------------------------------------


def _check(year: int, entries: list[DayEntry], source: str) -> None:
    if not source.strip():
        raise _wrong("请写明通知的文号和日期。", "Name the notice: its number and date.")
    if not 1949 < year < 2200:
        raise _wrong(f"年份 {year} 不合理。", f"The year {year} cannot be right.")
    if not any(not entry.is_working for entry in entries):
        raise _wrong("至少要有一个放假日。", "There must be at least one holiday.")
    before: date | None = None
    for entry in entries:
        day = entry.day
        if day.year != year:
            raise _wrong(f"{day} 不在 {year} 年。", f"{day} is not in {year}.")
        if day == before:
            raise _wrong(f"{day} 出现了两次。", f"{day} appears twice.")
        if entry.is_working and day.weekday() < 5:
            raise _wrong(f"{day} 是周一至周五，本来就上班，不能是调休上班日。", f"{day} is worked anyway.")
        before = day


def _wrong(zh: str, en: str) -> EngineError:
    return EngineError(zh, en, code="calendar-days-wrong")


def _entries(calendar: WorkCalendar, year: int) -> list[DayEntry]:
    off = [DayEntry(day, False) for day in calendar.holidays if day.year == year]
    return sorted(off + [DayEntry(day, True) for day in calendar.make_up_days if day.year == year], key=lambda e: e.day)


def _store(work: UnitOfWork, year: int, entries: list[DayEntry], source: str, *, is_provisional: bool) -> None:
    session = work.session
    in_year = (CalendarDay.day >= date(year, 1, 1), CalendarDay.day <= date(year, 12, 31))
    session.execute(delete(CalendarDay).where(*in_year))
    newest = session.scalar(select(func.max(CalendarYear.imported_at)))
    session.execute(delete(CalendarYear).where(CalendarYear.year == year))
    row = {
        "year": year,
        "is_provisional": is_provisional,
        "source": source.strip(),
        # Later than any other year's, even at the same moment: caches of the calendar are keyed by it.
        "imported_at": max(work.now, newest + timedelta(microseconds=1)) if newest else work.now,
        "imported_by": work.actor.id,
    }
    session.execute(insert(CalendarYear), [row])
    # A weekend day off is no news to a Monday-Friday week: notices list it, the table need not.
    rows = [
        {"day": entry.day, "is_working": entry.is_working, "name": entry.name}
        for entry in entries
        if entry.is_working or entry.day.weekday() < 5
    ]
    if rows:
        session.execute(insert(CalendarDay), rows)


def _recompute(work: UnitOfWork) -> int:
    """Count every provisional deadline again, from the instant it was counted from, in this transaction."""
    affected = work.session.scalars(
        select(ProcessInstance.id)
        .where(
            ProcessInstance.status.in_(["running", "suspended"]),
            or_(
                ProcessInstance.id.in_(select(Job.instance_id).where(Job.is_provisional)),
                ProcessInstance.id.in_(
                    select(UserTask.instance_id).where(UserTask.is_provisional, UserTask.closed_at.is_(None))
                ),
            ),
        )
        .order_by(ProcessInstance.id)
    ).all()
    for instance_id in affected:
        entry = {"what": "deadlines_recomputed", "element": ""}
        instances.advance(
            work,
            instance_id,
            lambda machine: machine.recompute_provisional(),
            entries=[entry],
            may_be_suspended=True,
        )
    clocked = clock_shadow.provisional(work)
    for instance_id in clocked:
        instance = instances.locked(work, instance_id)
        moved = clock_shadow.recount(work, instance)
        if moved:
            instances.note(work, instance, "deadlines_recomputed", {"clocks": moved})
    work.session.flush()
    return len({*affected, *clocked})
