"""Conversion functions: date, time, date and time, number, string, duration; and not, is, today, now."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import literals, temporal
from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run
from engine.feel.values import YearsMonths, compare, kind, offset_of, truncated, zone_name

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.A)


def _unreadable(what_zh: str, what_en: str, text: str) -> Fault:
    return Fault(f"“{text[:60]}”不是{what_zh}。", f"{text[:60]!r} is not {what_en}.")


def _whole(value: Decimal, what: str) -> int:
    number = truncated(value)
    if number is None:
        raise Fault(f"{what} 过大。", f"{what} is too large.")
    return number


@builtin("date(from: string) -> date")
def _date_of_text(_run: Run, text: str) -> date:
    value = temporal.read_date(text)
    if value is None:
        raise _unreadable("日期", "a date", text)
    return value


@builtin("date(from: day) -> date")
def _date_of_instant(_run: Run, value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@builtin("date(year: number, month: number, day: number) -> date")
def _date_of_parts(_run: Run, year: Decimal, month: Decimal, day: Decimal) -> date:
    return date(_whole(year, "year"), _whole(month, "month"), _whole(day, "day"))


@builtin("time(from: string) -> time")
def _time_of_text(_run: Run, text: str) -> time:
    value = temporal.read_time(text)
    if value is None:
        raise _unreadable("时间", "a time", text)
    return value


@builtin("time(from: temporal) -> time")
def _time_of_instant(_run: Run, value: Any) -> time:
    if isinstance(value, datetime):
        return value.timetz()
    return value if isinstance(value, time) else time(tzinfo=temporal.zone("Z"))


@builtin("time(hour: number, minute: number, second: number, offset: days duration?) -> time")
def _time_of_parts(_run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time:
    zone = None
    if offset is not None:
        seconds = int(offset.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
        zone = temporal.zone(f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}")
        if zone is None:
            raise Fault("时区偏移超出范围。", "the offset is out of range.")
    whole = int(second)
    micro = int((second - whole) * 1_000_000)
    return time(_whole(hour, "hour"), _whole(minute, "minute"), whole, micro, zone)


@builtin("date and time(from: string) -> datetime")
def _instant_of_text(_run: Run, text: str) -> datetime:
    value = temporal.read_date_time(text)
    if value is None:
        raise _unreadable("日期时间", "a date and time", text)
    return value


@builtin("date and time(from: day) -> datetime")
def _instant_of_day(_run: Run, value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(tzinfo=temporal.zone("Z")))


@builtin("date and time(date: day, time: time) -> datetime")
def _instant_of_parts(_run: Run, day: date, clock: time) -> datetime:
    return datetime.combine(day.date() if isinstance(day, datetime) else day, clock)


@builtin("date and time(date: day, timezone: string) -> datetime")
def _instant_in_zone(_run: Run, day: date, name: str) -> datetime:
    zone = temporal.zone(name)
    if zone is None:
        raise _unreadable("时区", "a time zone", name)
    if not isinstance(day, datetime):
        return datetime.combine(day, time(tzinfo=zone))
    return day.replace(tzinfo=zone) if day.tzinfo is None else day.astimezone(zone)


@builtin("duration(from: string) -> days duration")
def _duration_of_text(_run: Run, text: str) -> timedelta | YearsMonths:
    value = temporal.read_duration(text)
    if value is None:
        raise _unreadable("时长", "a duration", text)
    return value


@builtin("duration(from: duration) -> days duration")
def _duration_of_duration(_run: Run, value: timedelta | YearsMonths) -> timedelta | YearsMonths:
    return value


@builtin("years and months duration(from: day, to: day) -> years and months duration")
def _months_between(_run: Run, start: date, end: date) -> YearsMonths:
    if isinstance(start, datetime) != isinstance(end, datetime):
        start = start if not isinstance(start, datetime) else start.date()
        end = end if not isinstance(end, datetime) else end.date()
    if isinstance(start, datetime) and isinstance(end, datetime):
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    return temporal.months_between(start, end)


@builtin("number(from: string, grouping separator: string?, decimal separator: string?) -> number")
def _number_of_text(_run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    if grouping is not None and grouping not in (" ", ",", "."):
        raise Fault("分组符只能是空格、逗号或点。", "the grouping separator must be a space, comma or period.")
    if point is not None and point not in (",", "."):
        raise Fault("小数点只能是点或逗号。", "the decimal separator must be a period or comma.")
    if grouping is not None and grouping == point:
        raise Fault("分组符与小数点相同。", "both separators are the same.")
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not _NUMBER.fullmatch(plain):
        raise _unreadable("数字", "a number", text)
    return literals.number(plain)


@builtin("number(from: number) -> number")
def _number_of_number(_run: Run, value: Decimal) -> Decimal:
    return value


@builtin("string(from: any) -> string")
def _string(run: Run, value: Any) -> str | None:
    if value is None:
        return None
    text = literals.write(value)
    return run.made(text)


@builtin("not(negand: any) -> boolean")
def _not(_run: Run, value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return None if value is None else not value
    raise Fault("不是布尔值。", "not a boolean.")


@builtin("is(value1: any, value2: any) -> boolean")
def _is(run: Run, left: Any, right: Any) -> bool:
    """Same type, same value, and for temporal values the same written zone."""
    if kind(left) != kind(right):
        return False
    if isinstance(left, (time, datetime)):
        plain = left.replace(tzinfo=None) == right.replace(tzinfo=None)
        zones = (offset_of(left), zone_name(left.tzinfo)) == (offset_of(right), zone_name(right.tzinfo))
        return plain and zones
    if kind(left) == "number":
        return compare(left, right) == 0
    if isinstance(left, list):
        run.spend(len(left))
        return len(left) == len(right) and all(_is(run, a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        run.spend(len(left))
        return left.keys() == right.keys() and all(_is(run, left[key], right[key]) for key in left)
    return bool(left == right)


@builtin("now() -> datetime")
def _now(run: Run) -> datetime:
    if run.now is None:
        raise Fault("此处没有“现在”。", "there is no clock here.")
    return run.now


@builtin("today() -> date")
def _today(run: Run) -> date:
    return _now(run).date()
