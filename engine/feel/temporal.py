"""Dates, times and durations: read from ISO text, written back, added and subtracted. It reads no clock."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.values import YearsMonths, zone_name

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.A)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,20}))?(Z|z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][A-Za-z0-9_+\-/]{0,60})?", re.A
)
_YEARS_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.A)
_DAYS_TIME = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{0,20}))?S)?)?",
    re.A,
)
MAX_MONTHS = 12 * 999_999_999 + 11
D = TypeVar("D", date, datetime)


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo | None:
    """Return the zone called `name` (IANA name, Z or an offset such as +08:00), or None when there is none."""
    if name in ("Z", "z"):
        return UTC
    if name[:1] in "+-" and re.fullmatch(r"[+-]\d\d:\d\d(:\d\d)?", name, re.A):
        hours, minutes, *seconds = (int(part) for part in name[1:].split(":"))
        if minutes > 59 or hours > 18 or (hours == 18 and minutes) or (seconds and seconds[0] > 59):
            return None
        length = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
        return timezone(-length if name[0] == "-" else length) if length else UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_date(text: str) -> date | None:
    """Return the date written in `text`, or None. Years from 1 to 9999."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except (ValueError, OverflowError):
        return None


def read_time(text: str) -> time | None:
    """Return the time written in `text`, with its zone if one is written, or None."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    written = found[5]
    where = zone(written.removeprefix("@")) if written else None
    if written and where is None:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3]), _micro(found[4]), where)
    except ValueError:
        return None


def read_date_time(text: str) -> datetime | None:
    """Return the date and time written in `text` (a date alone is its midnight), or None."""
    day, separator, clock = text.partition("T")
    on = read_date(day)
    if on is None:
        return None
    if not separator:
        return datetime.combine(on, time())
    at = read_time(clock)
    return datetime.combine(on, at) if at is not None else None


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """Return the duration written in `text`, of either kind, or None."""
    found = _YEARS_MONTHS.fullmatch(text)
    if found:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return YearsMonths(-months if found[1] else months) if months <= MAX_MONTHS else None
    found = _DAYS_TIME.fullmatch(text)
    if not found:
        return None
    try:
        length = timedelta(
            days=int(found[2] or 0),
            hours=int(found[3] or 0),
            minutes=int(found[4] or 0),
            seconds=int(found[5] or 0),
            microseconds=_micro(found[6]),
        )
        return -length if found[1] else length
    except OverflowError:
        return None


def _micro(digits: str | None) -> int:
    return int((digits or "0")[:6].ljust(6, "0"))


# --- writing --------------------------------------------------------------------------------------------------


def write(value: date | time | datetime | timedelta | YearsMonths) -> str:
    """Return the ISO text of `value`, as the functions above read it."""
    if isinstance(value, timedelta):
        return _write_length(value)
    if isinstance(value, datetime):
        return f"{write(value.date())}T{_write_time(value)}"
    if isinstance(value, date):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    if isinstance(value, time):
        return _write_time(value)
    return str(value)


def _write_time(value: time | datetime) -> str:
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    if value.tzinfo is None:
        return text
    name = zone_name(value.tzinfo)
    if name:
        return f"{text}@{name}"
    offset = value.utcoffset() or timedelta()
    if not offset:
        return f"{text}Z"
    seconds = abs(int(offset.total_seconds()))
    sign = "-" if offset < timedelta() else "+"
    rest = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{text}{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{rest}"


def _write_length(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    days = f"{value.days}D" if value.days else ""
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}{'T' + clock if clock else ''}"


# --- adding ---------------------------------------------------------------------------------------------------


def add_months(value: D, months: int) -> D:
    """Return `value` moved by `months`; a day that the month lacks becomes its last. Raises ValueError out of range."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("year out of range")
    day = min(value.day, calendar.monthrange(year, month + 1)[1])
    return value.replace(year=year, month=month + 1, day=day)


def add_length(value: datetime, length: timedelta) -> datetime:
    """Return the instant `length` after `value`: elapsed time, so a change to summer time in between counts."""
    if value.tzinfo is None or zone_name(value.tzinfo) is None:
        return value + length
    return (value.astimezone(UTC) + length).astimezone(value.tzinfo)


def add_to_time(value: time, length: timedelta) -> time:
    """Return the time of day `length` after `value`, around midnight if need be; its zone stays."""
    moved = datetime.combine(date(2000, 1, 2), value.replace(tzinfo=None)) + length % timedelta(days=1)
    return moved.time().replace(tzinfo=value.tzinfo)


def months_between(start: date | datetime, end: date | datetime) -> YearsMonths:
    """Return the whole months from `start` to `end`, negative when `end` is earlier."""
    if end < start:
        return YearsMonths(-months_between(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    if (end.day, _clock(end)) < (start.day, _clock(start)):
        months -= 1
    return YearsMonths(months)


def _clock(value: date | datetime) -> tuple[int, ...]:
    return (value.hour, value.minute, value.second, value.microsecond) if isinstance(value, datetime) else (0, 0, 0, 0)
