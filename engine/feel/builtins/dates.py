"""Calendar functions of DMN: day and month names, week, last day; plus Camunda 8's small additions."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.runtime import Run

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("day of year(date: day) -> number")
def _day_of_year(_run: Run, value: date) -> Decimal:
    return Decimal(value.timetuple().tm_yday)


@builtin("day of week(date: day) -> string")
def _day_of_week(_run: Run, value: date) -> str:
    return _DAYS[value.weekday()]


@builtin("month of year(date: day) -> string")
def _month_of_year(_run: Run, value: date) -> str:
    return _MONTHS[value.month - 1]


@builtin("week of year(date: day) -> number")
def _week_of_year(_run: Run, value: date) -> Decimal:
    return Decimal(value.isocalendar().week)


@builtin("last day of month(date: day) -> date")
def _last_day_of_month(_run: Run, value: date) -> date:
    day = value.date() if isinstance(value, datetime) else value
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@builtin("is defined(value: any) -> boolean")
def _is_defined(_run: Run, value: Any) -> bool:
    """Whether a variable has a value. A missing variable and null are the same here."""
    return value is not None


@builtin("get or else(value: any, default: any) -> any")
def _get_or_else(_run: Run, value: Any, default: Any) -> Any:
    return default if value is None else value
