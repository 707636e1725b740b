"""When timers are due: ISO 8601 durations, dates and cycles, working days, FEEL values. It arms nothing and reads no clock."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from engine import diagram
from engine.calendars import BEIJING, WorkCalendar
from engine.errors import StepFailed
from engine.feel import to_json
from engine.feel.values import YearsMonths
from engine.spiff import expressions

if TYPE_CHECKING:
    from engine.spiff.case import Case

_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<count>-1|\d*)(?P<rest>/.+)")
#: A cycle is not followed further than this many occurrences of months at once.
_FAR = 12_000


@dataclass(frozen=True, slots=True)
class Length:
    """A duration: months by the calendar of months, the rest as a length of time."""

    months: int
    rest: timedelta

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """Return the moment this long after `moment`, `times` over; the day is held back to the month's last."""
        if self.months:
            moment = moment.astimezone(BEIJING)
            month = moment.month - 1 + self.months * times
            year, month = moment.year + month // 12, month % 12 + 1
            moment = moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
            moment = moment.astimezone(UTC)
        return moment + self.rest * times


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that is armed. `left`: occurrences after this one, -1 without end; `interval`: the duration between."""

    at: datetime
    left: int = 0
    interval: str = ""
    is_provisional: bool = False


class NotTemporal(ValueError):
    """The text is no ISO 8601 value of the kind asked for."""


def parse_length(text: str) -> Length:
    """Return an ISO 8601 duration. Raises NotTemporal."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or text.strip().rstrip("T") in ("P", "-P") or text.strip().endswith("T"):
        raise NotTemporal(text)
    part = {name: value or "0" for name, value in found.groupdict().items() if name != "sign"}
    sign = -1 if found["sign"] else 1
    rest = timedelta(
        weeks=int(part["weeks"]),
        days=int(part["days"]),
        hours=int(part["hours"]),
        minutes=int(part["minutes"]),
        seconds=float(part["seconds"].replace(",", ".")),
    )
    return Length(sign * (int(part["years"]) * 12 + int(part["months"])), sign * rest)


def parse_moment(text: str, calendar: WorkCalendar) -> datetime:
    """Return an ISO 8601 date or date and time in UTC; where it names no zone, the calendar's. Raises NotTemporal."""
    try:
        moment = datetime.fromisoformat(text.strip().partition("[")[0])
    except ValueError:
        raise NotTemporal(text) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone)).astimezone(UTC)


def moment_of(value: Any, calendar: WorkCalendar) -> datetime:
    """Return the moment that a FEEL value or a text names, in UTC. Raises NotTemporal."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=calendar.zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), calendar.zone).astimezone(UTC)
    if isinstance(value, str):
        return parse_moment(value, calendar)
    raise NotTemporal(str(value))


def due(case: Case, timer: diagram.Timer, seen: dict[str, Any], element: str) -> Due:
    """Return when a timer that is armed now fires. Raises StepFailed when its value is of the wrong kind."""
    calendar, now = case.world.covering, case.world.now
    calendar.forget()
    value: Any = expressions.raw(case, timer.value, seen, element)
    if isinstance(value, str):
        value = value.strip()
    try:
        if timer.form == "date":
            found = Due(moment_of(value, calendar))
        elif timer.form == "cycle":
            found = _cycle(value, calendar, now)
        else:
            found = Due(_after(value, timer.working_days, calendar, now))
    except (NotTemporal, OverflowError) as fault:
        raise _wrong(element, timer, f"得到 {value!r}", f"it gives {value!r}") from fault
    return replace(found, is_provisional=True) if calendar.was_provisional else found


def again(at: datetime, now: datetime, left: int, interval: str) -> Due | None:
    """Return the next occurrence of a cycle that fired `now`, or None after the last.

    Occurrences that were missed have been one with it: the next one lies after `now`.
    """
    length = parse_length(interval)
    if left == 0 or length.after(at) <= at:
        return None
    skip = 1
    if not length.months and now > at:
        skip = int((now - at) / length.rest) + 1
    while length.after(at, skip) <= now and skip < _FAR:
        skip += 1
    if 0 <= left < skip:
        return None
    return Due(length.after(at, skip), left - skip if left > 0 else left, interval)


def _after(value: Any, working_days: bool, calendar: WorkCalendar, now: datetime) -> datetime:
    length = _length_of(value)
    if not working_days:
        return length.after(now)
    if length.months or length.rest <= timedelta():
        raise NotTemporal(str(value))
    days = length.rest.days
    at = calendar.add_working_days(now, days).astimezone(UTC) if days else now
    return at + (length.rest - timedelta(days=days))


def _cycle(value: Any, calendar: WorkCalendar, now: datetime) -> Due:
    """Read `R[n]/[start/]duration[/end]`, or a bare duration that repeats without end."""
    if not isinstance(value, str):
        return Due(_length_of(value).after(now), -1, to_json(value))
    found = _CYCLE.fullmatch(value)
    if found is None:
        parse_length(value)
        return Due(parse_length(value).after(now), -1, value)
    count = int(found["count"] or -1)
    parts = found["rest"][1:].split("/")
    if len(parts) == 1:
        start, interval = None, parts[0]
    elif len(parts) == 2 and not parts[0].lstrip("-").startswith("P"):
        start, interval = parse_moment(parts[0], calendar), parts[1]
    elif len(parts) == 2 and count >= 0:
        interval = parts[0]
        start = parse_length(interval).after(parse_moment(parts[1], calendar), -count)
    else:
        raise NotTemporal(value)
    length = parse_length(interval)
    if count == 0 or length.after(now) <= now:
        raise NotTemporal(value)
    left = count - 1 if count > 0 else -1
    if start is None:
        return Due(length.after(now), left, interval)
    if start >= now:
        return Due(start, left, interval)
    following = again(start, now, left, interval)
    return following or Due(start, 0, interval)


def _length_of(value: Any) -> Length:
    if isinstance(value, timedelta):
        return Length(0, value)
    if isinstance(value, YearsMonths):
        return Length(value.months, timedelta())
    if isinstance(value, str):
        return parse_length(value)
    raise NotTemporal(str(value))


def _wrong(element: str, timer: diagram.Timer, zh: str, en: str) -> StepFailed:
    forms = {"date": ("日期时间", "a date and time"), "duration": ("时长", "a duration"), "cycle": ("周期", "a cycle")}
    form_zh, form_en = forms[timer.form]
    return StepFailed(
        element,
        f"定时器 {element} 的“{timer.value.text}”不是有效的{form_zh}（{zh}）；例如 PT24H、R3/PT1H、2030-01-01T00:00:00+08:00。",
        f"Timer {element}: {timer.value.text!r} is not {form_en} ({en}); "
        "write PT24H, R3/PT1H or 2030-01-01T00:00:00+08:00.",
    )
