"""What a test's database holds before the test: every table, and the official calendar. Made once, then copied."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from engine.calendars import published_calendar
from engine.tables import CalendarDay, CalendarYear
from engine.work import open_database
from webapp.migrations.metadata import all_tables

#: Names the template among the databases of a run.
NAME = "filled"
_IMPORTED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def fill(url: str) -> None:
    """Create every table of the product and write the published calendar."""
    pool = open_database(url)
    all_tables().create_all(pool)
    calendar = published_calendar()
    with Session(pool) as session, session.begin():
        for year in sorted(calendar.years):
            session.add(
                CalendarYear(
                    year=year, is_provisional=False, source="test", imported_at=_IMPORTED_AT, imported_by="system"
                )
            )
        session.add_all(CalendarDay(day=day, is_working=False) for day in sorted(calendar.holidays))
        session.add_all(CalendarDay(day=day, is_working=True) for day in sorted(calendar.make_up_days))
    pool.dispose()


def sqlite_file(folder: Path) -> Path:
    """Return the template as a closed SQLite file in `folder`, made on first need."""
    path = folder / "template.db"
    if not path.exists():
        fill(f"sqlite:///{path}")
    return path
