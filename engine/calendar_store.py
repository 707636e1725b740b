"""The working calendar as it is stored. Importing a year and what follows from it is `calendar_years`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.calendars import WorkCalendar
from engine.tables import CalendarDay, CalendarYear


def stamp(session: Session) -> tuple[int, datetime | None]:
    """Return a value that changes whenever a year is imported."""
    count, newest = session.execute(select(func.count(), func.max(CalendarYear.imported_at))).one()
    return count, newest


def read(session: Session) -> WorkCalendar:
    """Return the stored calendar. With no year stored, every year is uncovered."""
    years = session.execute(select(CalendarYear.year, CalendarYear.is_provisional)).all()
    days = session.execute(select(CalendarDay.day, CalendarDay.is_working)).all()
    return WorkCalendar(
        years=frozenset(year for year, is_provisional in years if not is_provisional),
        provisional_years=frozenset(year for year, is_provisional in years if is_provisional),
        holidays=frozenset(day for day, is_working in days if not is_working),
        make_up_days=frozenset(day for day, is_working in days if is_working),
    )
