"""Legal time: functions that count over the working calendar of the run and by its rules. Not part of DMN; these are banjie's own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from engine.calendars import WorkCalendar
from engine.feel import temporal
from engine.feel.builtins.registry import Fault, builtin
from engine.feel.runtime import Run
from engine.feel.values import as_int

MAX_DAYS = 3_000


def _calendar(run: Run) -> WorkCalendar:
    if run.calendar is None:
        raise Fault("此处没有工作日历。", "there is no working calendar here.")
    return run.calendar


def _instant(value: datetime | str) -> datetime:
    """Return an instant, also from the ISO text that a form or a case's data holds."""
    at = temporal.read_date_time(value) if isinstance(value, str) else value
    if at is None:
        raise Fault(f"“{value}”不是日期时间。", f"{value!r} is not a date and time.")
    if at.tzinfo is None:
        raise Fault("日期时间需要时区。", "the date and time needs a zone.")
    return at


def _day(run: Run, value: date | str) -> date:
    if isinstance(value, str):
        day = temporal.read_date(value)
        value = day if day is not None else _instant(value)
    if isinstance(value, datetime):
        return value.astimezone(_calendar(run).zone).date() if value.tzinfo else value.date()
    return value


def _count(days: Decimal) -> int:
    count = as_int(days)
    if count is None or not 1 <= count <= MAX_DAYS:
        raise Fault(f"天数应为 1 到 {MAX_DAYS} 的整数。", f"the days must be a whole number from 1 to {MAX_DAYS}.")
    return count


@builtin("working days after(from: datetime, days: number) -> datetime")
def _working_days_after(run: Run, start: datetime, days: Decimal) -> datetime:
    count = _count(days)
    run.spend(count)
    return _calendar(run).add_working_days(_instant(start), count)


@builtin("working days after(from: string, days: number) -> datetime")
def _working_days_after_text(run: Run, start: str, days: Decimal) -> datetime:
    return _working_days_after(run, _instant(start), days)


@builtin("end of day(at: datetime) -> datetime")
def _end_of_day(run: Run, at: datetime) -> datetime:
    return _calendar(run).end_of_day(_instant(at))


@builtin("end of day(at: string) -> datetime")
def _end_of_day_text(run: Run, at: str) -> datetime:
    return _calendar(run).end_of_day(_instant(at))


@builtin("business days between(from: day, to: day) -> number")
def _business_days_between(run: Run, first: date, last: date) -> Decimal:
    start, end = _day(run, first), _day(run, last)
    run.spend(abs((end - start).days) // 4)
    return Decimal(_calendar(run).working_days_between(start, end))


@builtin("business days between(from: string, to: string) -> number")
def _business_days_between_text(run: Run, first: str, last: str) -> Decimal:
    return _business_days_between(run, _day(run, first), _day(run, last))


@builtin("is working day(date: day) -> boolean")
def _is_working_day(run: Run, day: date) -> bool:
    return _calendar(run).is_working_day(_day(run, day))


@builtin("limit due(rule: string, from: datetime) -> datetime")
def _limit_due(run: Run, rule: str, start: datetime) -> datetime:
    return _limit(run, rule, _instant(start), 0)


@builtin("limit due(rule: string, from: string) -> datetime")
def _limit_due_text(run: Run, rule: str, start: str) -> datetime:
    return _limit(run, rule, _instant(start), 0)


@builtin("extended limit due(rule: string, from: datetime) -> datetime")
def _extended_limit_due(run: Run, rule: str, start: datetime) -> datetime:
    return _limit(run, rule, _instant(start), 1)


@builtin("extended limit due(rule: string, from: string) -> datetime")
def _extended_limit_due_text(run: Run, rule: str, start: str) -> datetime:
    return _limit(run, rule, _instant(start), 1)


def _limit(run: Run, rule: str, start: datetime, extensions: int) -> datetime:
    """Return when the limit of a rule ends, by the version of it that binds the case."""
    if run.limits is None:
        raise Fault("此处没有时限规则。", "there are no rules of time here.")
    found = run.limits(rule, start)
    if found is None:
        raise Fault(f"没有时限规则“{rule}”。", f"there is no rule of time {rule!r}.")
    run.spend(100)
    return found.due(start, _calendar(run), extensions)
