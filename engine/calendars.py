"""Working days: the official Chinese calendar with make-up days, as a pure value. It reads no database and no clock.

A year is *published* (its State Council notice is known), *provisional* (computed from the statutory holidays
only, to be recomputed when the notice is imported) or not covered at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from engine.errors import CalendarNotCovered

BEIJING = ZoneInfo("Asia/Shanghai")

#: Statutory holidays on fixed days of the Gregorian calendar (全国年节及纪念日放假办法, in force from 2025-01-01).
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are working days, and what counting over them gives.

    `holidays`: days off that a Monday-Friday week would work. `make_up_days`: weekend days that are worked.
    `years`: published years. `provisional_years`: years that may be counted with, but not relied on.
    Every instant handed in must know its zone; results are in `zone`.
    """

    years: frozenset[int]
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    provisional_years: frozenset[int] = frozenset()
    zone: ZoneInfo = field(default=BEIJING)

    def is_working_day(self, day: date) -> bool:
        """Return whether `day` is worked. Raises CalendarNotCovered outside every known year."""
        if day.year not in self.years and day.year not in self.provisional_years:
            raise CalendarNotCovered(day.year)
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Return the moment `days` working days after `start`, at the same time of day.

        The day of `start` does not count (民法典 第二百零一条). `days` is 1 or more.
        Raises CalendarNotCovered, and ValueError for a naive `start` or fewer days than 1.
        """
        if start.tzinfo is None or days < 1:
            raise ValueError("start needs a time zone, and days must be 1 or more")
        due = start.astimezone(self.zone)
        while days:
            due += timedelta(days=1)
            days -= self.is_working_day(due.date())
        return due

    def end_of_day(self, moment: datetime) -> datetime:
        """Return the last second of `moment`'s day in the calendar's zone."""
        if moment.tzinfo is None:
            raise ValueError("moment needs a time zone")
        return datetime.combine(moment.astimezone(self.zone).date(), time(23, 59, 59), self.zone)

    def next_working_day(self, day: date) -> date:
        """Return `day` itself if it is worked, else the first working day after it (民法典 第二百零三条)."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first` up to and including `last`; negative when `last` is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def is_provisional(self, first: date, last: date) -> bool:
        """Return whether counting from `first` to `last` touches a year whose notice is not published."""
        return any(year in self.provisional_years for year in range(first.year, last.year + 1))

    def with_provisional(self, years: Iterable[int]) -> WorkCalendar:
        """Return a calendar that also covers `years`, as far as not published, by the fixed statutory holidays."""
        new = frozenset(years) - self.years - self.provisional_years
        fixed = {date(year, month, day) for year in new for month, day in _FIXED_HOLIDAYS}
        return WorkCalendar(
            self.years, self.holidays | fixed, self.make_up_days, self.provisional_years | new, self.zone
        )


@cache
def published_calendar() -> WorkCalendar:
    """Return the calendar of every year that the pinned `chinesecalendar` package publishes (2004-2026 in 1.11)."""
    from chinese_calendar import constants  # 0.2 s to import: only when a calendar is needed

    holidays = frozenset(day for day in constants.holidays if day.weekday() < 5)
    make_up = frozenset(day for day in constants.workdays if day.weekday() >= 5)
    years = frozenset(day.year for day in constants.holidays)
    return WorkCalendar(years, holidays, make_up)
