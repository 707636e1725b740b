"""A calendar that never blocks a case: years that are not published are counted by the statutory holidays, and noticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine.calendars import WorkCalendar


class CoveringCalendar(WorkCalendar):
    """The stored calendar, read when it is first needed. `was_provisional` says whether a year had to be assumed.

    A provisional year of the stored calendar counts as assumed too: its deadlines are counted again one day.
    """

    def __init__(self, read: Callable[[], WorkCalendar]) -> None:
        # Not the base's: its fields are those of the stored calendar, which costs a query to read.
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_stored", None)
        object.__setattr__(self, "_assumed", {})
        object.__setattr__(self, "was_provisional", False)

    def __getattribute__(self, name: str) -> Any:
        if name in ("years", "holidays", "make_up_days", "provisional_years", "zone"):
            return getattr(object.__getattribute__(self, "stored"), name)
        return object.__getattribute__(self, name)

    @property
    def stored(self) -> WorkCalendar:
        """The stored calendar."""
        if self._stored is None:
            object.__setattr__(self, "_stored", self._read())
        stored: WorkCalendar = self._stored
        return stored

    def forget(self) -> None:
        """Begin to notice anew."""
        object.__setattr__(self, "was_provisional", False)

    def is_working_day(self, day: date) -> bool:
        """Return whether `day` is worked, as far as that is known."""
        stored = self.stored
        if day.year in stored.years:
            return stored.is_working_day(day)
        object.__setattr__(self, "was_provisional", True)
        if day.year not in self._assumed:
            self._assumed[day.year] = stored.with_provisional([day.year])
        assumed: WorkCalendar = self._assumed[day.year]
        return assumed.is_working_day(day)
