"""A rule that limits how long something may take, and what counting by it gives. It reads no file and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.calendars import BEIJING, WorkCalendar

UNITS = ("days", "working days", "hours", "minutes")
#: Units that are counted to the second, and their seconds. Days end with the day.
SECONDS: Mapping[str, int] = {"hours": 3600, "minutes": 60}
#: The number of a limit that is not known.
UNKNOWN = -1
CLOCKS = ("statutory", "internal")
#: How far the article was read: its text, what others report of it, not at all. The last is switched off.
VERIFIED = ("text", "reported", "none")
#: What a clock may be paused for, and its words.
PAUSES: Mapping[str, tuple[str, str]] = {
    "complainant": ("等待投诉人补充材料", "waiting for the complainant"),
    "appraisal": ("鉴定、检测", "appraisal or testing"),
    "hearing": ("听证", "hearing"),
    "mediation": ("调解", "mediation"),
    "litigation": ("诉讼、仲裁未决", "court or arbitration pending"),
    "force_majeure": ("不可抗力", "force majeure"),
}
_UNITS_ZH = {"days": "日", "working days": "个工作日", "hours": "小时", "minutes": "分钟"}
_ONE = {"days": "day", "working days": "working day", "hours": "hour", "minutes": "minute"}


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a plan a rule counts: from one element to whichever of `ends` is completed first.

    `start` "": the moment the case was received. `ends` empty: the end of the case. `is_reached`: counted from when
    `start` is reached and not from when it is done. `since`: a variable that holds the instant counted from, once
    `start` is done. `when`: a FEEL condition over the case's data at that moment; "" is always. `extended_by`: the
    element whose completion extends the limit, as the rule's extension allows.
    """

    plan: str
    start: str = ""
    ends: tuple[str, ...] = ()
    is_reached: bool = False
    since: str = ""
    when: str = ""
    extended_by: str = ""

    @property
    def elements(self) -> tuple[str, ...]:
        """Return every element of the plan that the span names."""
        return tuple(one for one in (self.start, *self.ends, self.extended_by) if one)


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much a limit may be extended, how often, by whom (a role), and whether the complainant is told why."""

    number: int
    unit: str
    times: int = 1
    approver: str = ""
    tells_reason: bool = True

    @property
    def zh(self) -> str:
        """Return the length in Chinese."""
        return length_zh(self.number, self.unit)

    @property
    def en(self) -> str:
        """Return the length in English."""
        return length_en(self.number, self.unit)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count, and why (a key of PAUSES)."""

    begin: datetime
    end: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `number` `unit`, because `article` says so.

    A number of 0 days is the same day. One that is UNKNOWN belongs to a rule that is switched off.
    The day it starts does not count (民法典 第二百零一条). `moves`: a limit that ends on a day off moves to the next
    working day (第二百零三条). `binds` names whose clock it is. `spans`: where it counts, by plan.
    `in_force_until` None: still in force; the day it names is the first on which it is not.
    """

    id: str
    number: int
    unit: str
    article: str
    name: str = ""
    name_en: str = ""
    clock: str = "statutory"
    binds: str = ""
    binds_en: str = ""
    article_en: str = ""
    source: str = ""
    in_force_from: date = date.min
    in_force_until: date | None = None
    verified: str = "text"
    moves: bool = False
    extension: Extension | None = None
    pauses: frozenset[str] = frozenset()
    paused_by: str = ""  #: the role that may let it stand still, beside its approver and whoever may "operate"
    spans: Mapping[str, Span] = field(default_factory=dict, hash=False)
    note: str = ""
    note_en: str = ""
    file: str = ""
    line: int = 0

    @property
    def is_on(self) -> bool:
        """Return whether the rule is counted by: one whose article nobody has read is switched off."""
        return self.verified != "none"

    @property
    def is_exact(self) -> bool:
        """Return whether the limit ends at a second and not with a day."""
        return self.unit in SECONDS

    @property
    def is_statutory(self) -> bool:
        """Return whether the limit is the law's and not the house's own."""
        return self.clock == "statutory"

    @property
    def zh(self) -> str:
        """Return the limit in Chinese."""
        return length_zh(self.number, self.unit)

    @property
    def en(self) -> str:
        """Return the limit in English."""
        return length_en(self.number, self.unit)

    def is_in_force(self, day: date) -> bool:
        """Return whether the rule is in force on `day`."""
        return self.in_force_from <= day and (self.in_force_until is None or day < self.in_force_until)

    def due(
        self,
        start: datetime,
        calendar: WorkCalendar,
        extensions: int = 0,
        *,
        extended: int = 0,
        pauses: Iterable[Pause] = (),
    ) -> datetime:
        """Return the last moment of the limit that began at `start`, pauses left out.

        It is extended in full so many times, or by `extended` in the extension's unit. Hours end at their second,
        days with the day. Raises CalendarNotCovered where working days leave the calendar.
        """
        if start.tzinfo is None or self.number == UNKNOWN:
            raise ValueError("start needs a time zone, and the limit a number")
        extra = self.extension.number * extensions + extended if self.extension is not None else 0
        if self.is_exact:
            length = timedelta(seconds=SECONDS[self.unit] * (self.number + extra))
            return start + length + sum((one.end - one.begin for one in pauses), timedelta())
        day = _count(start.astimezone(calendar.zone).date(), self.number, self.unit, calendar)
        if extra and self.extension is not None:
            day = _count(day, extra, self.extension.unit, calendar)
        for one in pauses:
            day = _count(day, self.paused(one, calendar), self.unit, calendar)
        if self.moves:
            day = calendar.next_working_day(day)
        return datetime.combine(day, time(23, 59, 59), calendar.zone)

    def paused(self, pause: Pause, calendar: WorkCalendar) -> int:
        """Return how many of the rule's days a pause takes."""
        first, last = pause.begin.astimezone(calendar.zone).date(), pause.end.astimezone(calendar.zone).date()
        return calendar.working_days_between(first, last) if self.unit == "working days" else (last - first).days


def in_force(versions: Iterable[Rule], day: date) -> Rule | None:
    """Return the version in force on `day`; None when none is."""
    return next((rule for rule in versions if rule.is_in_force(day)), None)


def nearest(versions: Iterable[Rule], day: date) -> Rule | None:
    """Return the version in force on `day`, else the last one before it, else the first: for what must have a limit."""
    known = sorted(versions, key=lambda rule: rule.in_force_from)
    before = [rule for rule in known if rule.in_force_from <= day]
    return in_force(known, day) or (before[-1] if before else next(iter(known), None))


def newest(versions: Iterable[Rule]) -> Rule | None:
    """Return the version that came into force last; None when there is none."""
    return max(versions, key=lambda rule: rule.in_force_from, default=None)


def received_day(received_at: Any, otherwise: datetime) -> date:
    """Return the day whose rules bind a case: that of the text in its `received_at`, else of another moment."""
    if isinstance(received_at, str):
        try:
            moment = datetime.fromisoformat(received_at)
        except ValueError:
            moment = otherwise
        return (moment.astimezone(BEIJING) if moment.tzinfo else moment).date()
    return otherwise.astimezone(BEIJING).date()


def length_zh(number: int, unit: str) -> str:
    """Return a length in Chinese."""
    if number == UNKNOWN:
        return "期限待核实"
    if number == 0:
        return "当日"
    return f"{number} {_UNITS_ZH[unit]}"


def length_en(number: int, unit: str) -> str:
    """Return a length in English."""
    if number == UNKNOWN:
        return "limit to be verified"
    if number == 0:
        return "the same day"
    return f"{number} {_ONE[unit] if number == 1 else unit}"


def _count(day: date, number: int, unit: str, calendar: WorkCalendar) -> date:
    if unit != "working days":
        return day + timedelta(days=number)
    while number > 0:
        day += timedelta(days=1)
        number -= calendar.is_working_day(day)
    return day
